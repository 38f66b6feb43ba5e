"""Findings for programs: who was met at a door, who was not there, who did not answer."""

from typing import Any

from litestar import post
from litestar.params import JSONBody
from msgspec import Struct

from tongxin.arrivals.findings import facts
from tongxin.arrivals.instants import ensure_happened
from tongxin.arrivals.whence import by_todays_codes
from tongxin.base.areas import area_code
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import EPISODE, Outcome


class NewFinding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding; `person` and `episode` name somebody who is known already."""

    area: str
    finding: facts.FindingMade
    id: str | None = None
    person: str | None = None
    episode: str | None = None


class Found(Struct, frozen=True):
    """Where the finding is now: durable, and visible under these ids."""

    id: str
    outcome: Outcome
    person: str
    episode: str


@post("/api/v1/findings", opt={"may": "arrivals.record"}, sync_to_thread=True)
def record_finding(desk: AtDesk, data: JSONBody[NewFinding]) -> Found:
    """Record what was found at a door; somebody met has arrived, told ahead or not."""
    return made(desk, data)


def made(desk: Desk, new: NewFinding) -> Found:
    """Record a finding; returns once it is durable and visible."""
    ensure_happened(new.finding, desk.now)
    area = area_code(new.area, "area")
    fact = fact_id(new.id, "id") if new.id else new_id()
    episode = fact_id(new.episode, "episode") if new.episode else fact
    person = subject_id(new.person, "person") if new.person else f"person-{fact}"
    verdict = desk.record(
        facts.FINDING_MADE, by_todays_codes(new.finding), subject=person,
        purpose=f"{EPISODE}:{episode}", area=area, id=fact,
    )  # fmt: skip
    return Found(verdict.id, verdict.outcome, person, episode)


HANDLERS: list[Any] = [record_finding]
