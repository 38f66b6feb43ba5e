"""The facts that the ledger records of itself: approvals, daily heads, forgetting, the inbox."""

from typing import Any, Final

from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, ITSELF, Door, Fact, Kind, Purpose, Words


class Approved(Fact, frozen=True, kw_only=True):
    """Somebody says yes to a proposal recorded about the same subject.

    Whether that brings it into force is for a rule to say: the proposer's own yes does not.
    """

    proposal: str


class HeadSigned(Fact, frozen=True, kw_only=True):
    """The head of the chain at the end of a civil day, signed by the township's own key.

    `day` is an ISO date, `hash` and `signature` are hexadecimal.
    """

    day: str
    seq: int
    hash: str
    signature: str


class ForgetProposed(Fact, frozen=True, kw_only=True):
    """Somebody asks that a subject be forgotten before its day, and says why."""

    purposes: tuple[str, ...]
    reason: Words


class Forgotten(Fact, frozen=True, kw_only=True):
    """A subject's facts for these purposes can no longer be read: the certificate of it.

    `parts` are what the subject counted for in each figure, so that counts remain. `facts` counts
    what became unreadable; `head_seq` and `head_hash` are the chain's head before this.
    `backups_until` is the ISO day by which the last key backup that could still open them has
    expired, or None where there is none. `rows_until` says how long a PostgreSQL server may
    keep deleted rows.
    """

    purposes: tuple[str, ...]
    reason: Words
    facts: int
    parts: list[dict[str, Any]]
    head_seq: int
    head_hash: str
    backups_until: str | None
    rows_until: str | None = None


class HeldResolved(Fact, frozen=True, kw_only=True):
    """A person decided what becomes of a held fact: `accepted` or `dismissed`, and why."""

    held: str
    accepted: bool
    reason: Words


_ANY: Final = frozenset(
    {"person", "household", "account", "proposal", "place", "township", "venue", "checkpoint"}
)

APPROVED: Final = Kind(
    name="ledger.approved",
    body=Approved,
    about=frozenset({"proposal", "person", "account"}),
    purpose=Purpose.OFFICE,
    may="approve",
    title=Text("批准", "Approved"),
    doors=DESK,
    shapes_context=True,
)
HEAD_SIGNED: Final = Kind(
    name="ledger.head_signed",
    body=HeadSigned,
    about=frozenset({"township"}),
    purpose=Purpose.OFFICE,
    may=None,
    title=Text("日终账本签章", "Daily head signed"),
    doors=ITSELF,
    introduces=True,
)
FORGET_PROPOSED: Final = Kind(
    name="ledger.forget_proposed",
    body=ForgetProposed,
    about=frozenset({"person", "account", "household"}),
    purpose=Purpose.OFFICE,
    may="forget",
    title=Text("申请销毁资料", "Forgetting proposed"),
    doors=DESK,
    shapes_context=True,
)
FORGOTTEN: Final = Kind(
    name="ledger.forgotten",
    body=Forgotten,
    about=_ANY,
    purpose=Purpose.OFFICE,
    may=None,
    title=Text("资料已销毁", "Forgotten"),
    doors=ITSELF,
    shapes_context=True,  # an account that is forgotten may record nothing any more
)
HELD_RESOLVED: Final = Kind(
    name="ledger.held_resolved",
    body=HeldResolved,
    about=frozenset({"township"}),
    purpose=Purpose.OFFICE,
    may="held.resolve",
    title=Text("待办记录已处理", "Held fact resolved"),
    doors=frozenset({Door.FORM}),
    introduces=True,
)

KINDS: Final = (APPROVED, HEAD_SIGNED, FORGET_PROPOSED, FORGOTTEN, HELD_RESOLVED)
