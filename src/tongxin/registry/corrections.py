"""Taking a recorded fact back at a desk: by its author alone while it is fresh, else by two people.

What was taken back stays in the ledger and in the timeline, with who did it, when and why.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import Desk
from tongxin.ledger.corrections import can_be_taken_back, is_alone, waiting
from tongxin.ledger.facts import EPISODE, OFFICE, Entry, Stream, Verdict
from tongxin.ledger.kinds import (
    APPROVED,
    REGISTRATION_TAKEN_BACK,
    TAKEN_BACK,
    TAKING_BACK_PROPOSED,
    Approved,
    TakenBack,
    TakingBackProposed,
)
from tongxin.registry.queries import area_of

TAKEN_BACK_ALREADY = ProblemKind(
    "registry.taken_back_already",
    409,
    zh="这条记录已经撤回，不再计算。",
    en="This record has been taken back already; it no longer counts.",
)
NOT_TAKEN_BACK = ProblemKind(
    "registry.not_taken_back",
    409,
    zh="这类记录不能撤回。撤回错了，请把原来的事实重新记录一次。",
    en="A record of this kind cannot be taken back. If a taking back was wrong, record the fact "
    "again.",
)
NOT_ALONE = ProblemKind(
    "registry.not_alone",
    403,
    zh="只有记录人本人在 24 小时内能自己撤回。请网格长或镇指挥部申请，另一人批准。",
    en="Only its author takes a record back alone, within 24 hours. Ask a grid leader or the "
    "command post to propose it; a second person approves.",
)
NO_SUCH_WISH = ProblemKind(
    "registry.no_such_wish",
    404,
    zh="没有这项待批准的撤回申请。",
    en="No such proposal to take a record back waits for approval.",
)
OWN_WISH = ProblemKind(
    "registry.own_wish",
    409,
    zh="不能批准自己的撤回申请，请另一人批准。",
    en="Nobody approves his own proposal to take a record back; ask somebody else.",
)
# Who may read about somebody sees his timeline, reasons included.
SEES: Final = "arrivals.read"


class Way(StrEnum):
    """How somebody may have a fact taken back."""

    ALONE = "alone"
    PROPOSE = "propose"
    NOT = "not"


class Wish(Struct, frozen=True):
    """Where the proposal is that a second person has to approve."""

    fact: str
    proposal: str


def way(desk: Desk, area: str, fact: Entry) -> Way:
    """How the asker may have this fact about somebody in `area` taken back now."""
    may = desk.remit.allows
    if is_alone(fact, desk.who.account, to_ms(desk.now)) and may(str(TAKEN_BACK.may), area):
        return Way.ALONE
    if can_be_taken_back(fact) and may(str(TAKING_BACK_PROPOSED.may), area):
        return Way.PROPOSE
    return Way.NOT


def take_back(desk: Desk, subject: str, fact: str, reason: str) -> Verdict:
    """Take the asker's own fresh fact back; whoever it is about is judged again at once."""
    area, entry = _counting(desk, str(TAKEN_BACK.may), subject, fact)
    if not is_alone(entry, desk.who.account, to_ms(desk.now)):
        raise NOT_ALONE()
    purpose = entry.header.purpose
    kind = TAKEN_BACK if purpose.startswith(EPISODE) else REGISTRATION_TAKEN_BACK
    body = TakenBack(fact=fact, reason=reason)
    return desk.record(kind, body, subject=subject, purpose=purpose, area=area)


def propose(desk: Desk, subject: str, fact: str, reason: str) -> Wish:
    """Propose that a fact be taken back; it counts on until a second person approves."""
    area, _ = _counting(desk, str(TAKING_BACK_PROPOSED.may), subject, fact)
    proposal = new_id()
    body = TakingBackProposed(fact=fact, reason=reason)
    desk.record(TAKING_BACK_PROPOSED, body, subject=subject, purpose=OFFICE, area=area, id=proposal)
    return Wish(fact, proposal)


def approve(desk: Desk, subject: str, proposal: str) -> Verdict:
    """Approve somebody else's proposal to take a fact back; the standing follows at once."""
    area, stream = _found(desk, str(APPROVED.may), subject)
    wishes = waiting(stream.entries, stream.struck).values()
    wish = next((e for each in wishes for e in each if e.id == proposal), None)
    if wish is None:
        raise NO_SUCH_WISH()
    if wish.header.author == desk.who.account:
        raise OWN_WISH()
    body = Approved(proposal=proposal)
    return desk.record(APPROVED, body, subject=subject, purpose=OFFICE, area=area)


def _counting(desk: Desk, capability: str, subject: str, fact: str) -> tuple[str, Entry]:
    """Where somebody in the remit is, and one fact of his that counts; or the problem with it."""
    area, stream = _found(desk, capability, subject)
    entry = next((e for e in stream.readable if e.id == fact), None)
    if entry is None:
        raise NOT_FOUND()
    if any(each.entry.id == fact for each in stream.struck):
        raise TAKEN_BACK_ALREADY()
    if not can_be_taken_back(entry):
        raise NOT_TAKEN_BACK()
    return area, entry


def _found(desk: Desk, capability: str, subject: str) -> tuple[str, Stream]:
    """Where somebody in the remit is, and all that is known, or `base.not_found`."""
    area = area_of(desk.remit, capability, desk.connection, desk.township, subject)
    stream = desk.stream(subject) if area is not None else None
    if area is None or stream is None:
        raise NOT_FOUND()
    return area, stream
