"""Passages for programs: who is in one vehicle, and what becomes of each; and handing over."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from tongxin.arrivals.comings import queries as comings
from tongxin.arrivals.declarations.api import found, judged_of
from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.arrivals.instants import ensure_happened
from tongxin.arrivals.passages import facts, rules
from tongxin.arrivals.whence import by_todays_codes, understood
from tongxin.base import masking
from tongxin.base.areas import area_code
from tongxin.base.clock import to_ms
from tongxin.base.ids import beside, fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk, drafted, taken
from tongxin.ledger.facts import EPISODE, Draft, Outcome, Verdict

MOST_TOGETHER = 12
NOBODY_NAMED = ProblemKind(
    "arrivals.nobody_named",
    422,
    zh="请填写姓名。紧急就医的可以先不填。",
    en="Fill in the name. In an emergency it may be left empty.",
)
MAY: Final = "arrivals.record"
# What a passage takes from the declaration where it was not told again: nobody types it twice.
_TAKEN_OVER: Final = (
    "name", "id_number", "other_document", "phone", "address", "from_area", "from_name", "stays",
    "certificate",
)  # fmt: skip


class OnePassage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person at the post; `person` and `episode` name somebody who is expected."""

    passage: facts.PassageRecorded
    person: str | None = None
    episode: str | None = None


class NewPassages(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everybody in one vehicle. `id` (UUIDv7) makes sending twice safe; `area` is the village.

    Who is bound for another township is recorded of this township itself, or of the village where
    whoever records may record only there.
    """

    area: str
    passages: Annotated[list[OnePassage], Meta(min_length=1, max_length=MOST_TOGETHER)]
    id: str | None = None


class Passed(Struct, frozen=True):
    """Where one passage is now, and what becomes of the person."""

    id: str
    outcome: Outcome
    person: str
    episode: str
    name: str
    told: rules.Told


class Handing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes somebody over, at once or at an instant."""

    episode: str
    receiver: facts.Receiver
    to: Annotated[str, Meta(max_length=120)] = ""
    handed_at: datetime | None = None


class Returning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose passage ended in going back."""

    episode: str


@post("/api/v1/passages", opt={"may": MAY}, sync_to_thread=True)
def record_passages(desk: AtDesk, data: JSONBody[NewPassages]) -> list[Passed]:
    """Record everybody in one vehicle; tells what becomes of each, and why."""
    return passed(desk, data)


@get("/api/v1/passages/{person:str}/{episode:str}", opt={"may": "arrivals.read"},
     sync_to_thread=True)  # fmt: skip
def show_passage(desk: AtDesk, person: FromPath[str], episode: FromPath[str]) -> rules.Told:
    """What becomes of somebody at the post, and why, by his latest passage."""
    return told(desk, found(desk, person, episode))


@post("/api/v1/passages/{person:str}/handed-over", opt={"may": MAY},
      sync_to_thread=True)  # fmt: skip
def hand_over(desk: AtDesk, person: FromPath[str], data: JSONBody[Handing]) -> Verdict:
    """Record that somebody held, or bound for elsewhere, was handed over, and to whom."""
    return handed(desk, person, data)


@post("/api/v1/passages/{person:str}/went-back", opt={"may": MAY},
      sync_to_thread=True)  # fmt: skip
def go_back(desk: AtDesk, person: FromPath[str], data: JSONBody[Returning]) -> Verdict:
    """Record that somebody went back from the post: he is not in the township."""
    return returned(desk, person, data.episode)


def passed(desk: Desk, new: NewPassages) -> list[Passed]:
    """Record a vehicle; returns once all in it are durable, judged and visible."""
    area, first = area_code(new.area, "area"), fact_id(new.id, "id") if new.id else new_id()
    for one in new.passages:
        ensure_happened(one.passage, desk.now)
    filled = [_filled(desk, one) for one in new.passages]
    drafts = [_drafted(desk, first, n, area, one) for n, one in enumerate(filled)]
    verdicts = [taken(v) for v in desk.store.record(drafts, desk.now)]
    desk.look_again()
    return [_passed(desk, draft, verdict) for draft, verdict in zip(drafts, verdicts, strict=True)]


def handed(desk: Desk, person: str, new: Handing) -> Verdict:
    """Record a handing over of somebody in the remit."""
    row = found(desk, person, new.episode)
    body = facts.HandedOver(handed_at=new.handed_at or desk.now, receiver=new.receiver, to=new.to)
    return desk.record(
        facts.HANDED_OVER, body, subject=person, purpose=f"{EPISODE}:{new.episode}",
        area=row["area"],
    )  # fmt: skip


def returned(desk: Desk, person: str, episode: str) -> Verdict:
    """Record that somebody in the remit went back where he came from."""
    row = found(desk, person, episode)
    return desk.record(
        facts.WENT_BACK, facts.WentBack(went_at=desk.now), subject=person,
        purpose=f"{EPISODE}:{episode}", area=row["area"],
    )  # fmt: skip


def told(desk: Desk, row: comings.Row) -> rules.Told:
    """What the rules of the post say of the latest passage of a journey."""
    judged = judged_of(desk, row)
    latest = rules.latest_passage(judged.entries)
    if latest is None:
        raise NOT_FOUND()
    passed_at, declared_at = latest[1].passed_at, row["declared_at"]
    situation = desk.context().situation
    said = rules.told_at_post(
        understood(judged.entries, situation), judged.pack, situation,
        declared=declared_at is not None and declared_at <= to_ms(passed_at),
        beside_ill=_beside_ill(desk, row, passed_at),
    )  # fmt: skip
    if said is None:
        raise NOT_FOUND()
    return said


def _beside_ill(desk: Desk, row: comings.Row, passed_at: datetime) -> bool:
    """Whether one of those who came with somebody was ill at the post."""
    beside = comings.together(desk.remit, desk.connection, desk.township, row["party"])
    others = (judged_of(desk, one) for one in beside if one["subject"] != row["subject"])
    return any(rules.was_ill_beside(each.entries, passed_at, each.pack) for each in others)


def _filled(desk: Desk, one: OnePassage) -> OnePassage:
    """The passage with what the declaration tells already."""
    body = one.passage
    if one.person and one.episode:
        row = found(desk, one.person, one.episode)
        declared = next(
            (e.body for e in reversed(judged_of(desk, row).entries)
             if isinstance(e.body, ReturnDeclared)), None,
        )  # fmt: skip
        if declared is not None:
            known = asdict(declared)
            mine = {name: known[name] for name in _TAKEN_OVER if not getattr(body, name)}
            if body.id_number or body.other_document:
                mine = {k: v for k, v in mine.items() if k not in ("id_number", "other_document")}
            body = replace(body, **mine, party=body.party or declared.party)
    if not body.name and not body.emergency:
        raise NOBODY_NAMED(field="name")
    return replace(one, passage=by_todays_codes(body))


def _drafted(desk: Desk, first: str, n: int, area: str, one: OnePassage) -> Draft:
    fact = first if n == 0 else beside(first, str(n))
    person = subject_id(one.person, "person") if one.person else f"person-{fact}"
    episode = fact_id(one.episode, "episode") if one.episode else fact
    # Who goes on elsewhere is of no village, but a village's own worker tells of his own alone.
    goes_on = one.passage.bound_for not in ("", desk.township)
    where = desk.township if goes_on and desk.remit.allows(MAY, desk.township) else area
    body = replace(one.passage, party=one.passage.party or first)
    return drafted(
        desk.who, desk.store, desk.now, facts.PASSAGE_RECORDED, body, subject=person,
        purpose=f"{EPISODE}:{episode}", area=where, id=fact,
        happened_at=min(one.passage.passed_at, desk.now),
    )  # fmt: skip


def _passed(desk: Desk, draft: Draft, verdict: Verdict) -> Passed:
    episode = draft.purpose.partition(":")[2]
    row = found(desk, draft.subject, episode)
    return Passed(
        verdict.id, verdict.outcome, draft.subject, episode, masking.name(row["name"]),
        told(desk, row),
    )  # fmt: skip


HANDLERS: list[Any] = [record_passages, show_passage, hand_over, go_back]
