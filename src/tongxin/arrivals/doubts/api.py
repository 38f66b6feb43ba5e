"""Doubts for programs: two records that may be one person, and what somebody decides."""

from datetime import timedelta
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.arrivals.comings import api as comings
from tongxin.arrivals.doubts import queries
from tongxin.base.clock import to_ms
from tongxin.base.ids import subject_id
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import Verdict
from tongxin.registry.identity import deciding

# Only people with a journey not older than this are compared.
RECENT: Final = timedelta(days=30)


class Doubt(Struct, frozen=True):
    """Both sides, masked, in what they are alike and in what they differ."""

    one: comings.Coming
    other: comings.Coming
    score: float
    alike: list[Text]
    unlike: list[Text]


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether two people are one, and why. Name nobody in the reason."""

    one: str
    other: str
    is_same: bool
    reason: Annotated[str, Meta(min_length=2, max_length=400)]


@get("/api/v1/doubts", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_doubts(
    desk: AtDesk,
    person: FromQuery[str] = "",
    step: Annotated[int, QueryParameter(ge=0, le=10_000)] = 0,
) -> list[Doubt]:
    """Records in the asker's remit that may be one person, the likeliest first.

    `step` 0 looks at the newest thousand comings, 1 at those before; `person` at one only.
    """
    return found(desk, person, step)


@post("/api/v1/doubts", opt={"may": "people.join"}, sync_to_thread=True)
def decide(desk: AtDesk, data: JSONBody[Decision]) -> Verdict:
    """Decide that two records are one person, judged together from now on, or two; and why."""
    return decided(desk, data)


def found(desk: Desk, person: str = "", step: int = 0) -> list[Doubt]:
    """Doubts about one person, or among the newest comings."""
    since, where = to_ms(desk.now - RECENT), (desk.remit, desk.connection, desk.township)
    if person:
        rows = queries.doubts_about(*where, since, subject_id(person, "person"))
    else:
        rows = queries.doubts(*where, since, step)
    return [
        Doubt(
            comings.shown(each.one, desk.now), comings.shown(each.other, desk.now),
            each.likeness.score, list(each.likeness.alike), list(each.likeness.unlike),
        )
        for each in rows
    ]  # fmt: skip


def reaches(desk: Desk, step: int) -> bool:
    """Whether the newest comings go on into this step."""
    since = to_ms(desk.now - RECENT)
    return queries.reaches(desk.remit, desk.connection, desk.township, since, step)


def decided(desk: Desk, new: Decision) -> Verdict:
    """Record a decision about two people who are both in the asker's remit."""
    one, other = subject_id(new.one, "one"), subject_id(new.other, "other")
    decide = deciding.join if new.is_same else deciding.keep_apart
    return decide(desk, one, other, new.reason)


HANDLERS: list[Any] = [list_doubts, decide]
