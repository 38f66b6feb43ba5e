"""The facts that the ledger records of itself: approvals, heads, forgetting, taking back, inbox."""

from typing import Annotated, Any, Final

from msgspec import Meta

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
    keep deleted rows. `joined` are the records that were one with this one: what tied them is
    forgotten, and the counts stay with all of them.
    """

    purposes: tuple[str, ...]
    reason: Words
    facts: int
    parts: list[dict[str, Any]]
    head_seq: int
    head_hash: str
    backups_until: str | None
    rows_until: str | None = None
    joined: tuple[str, ...] = ()


FactName = Annotated[str, Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class TakenBack(Fact, frozen=True, kw_only=True):
    """The author of a fact says that it was a mistake. Counts while the fact is fresh."""

    fact: FactName
    reason: Words


class TakingBackProposed(Fact, frozen=True, kw_only=True):
    """Somebody asks that a mistaken fact stop counting, and says why. Name nobody in it.

    It does once an independent second person has approved. This stays readable when the fact has
    been forgotten: who had what taken back, and why, is never lost.
    """

    fact: FactName
    reason: Words


class FactHeld(Fact, frozen=True, kw_only=True):
    """A fact was held in the inbox: the chain's own note of it, which names nobody.

    `held` is what it goes by there, `fact` its id, `about` its subject. `code` says why it could
    not be recorded, `waits_for` what it is tried again for. `row` is the SHA-256 of its row.
    """

    held: str
    fact: str
    kind: str
    about: str
    purpose: str
    code: str
    waits_for: str | None
    row: str


class MarkSetAside(Fact, frozen=True, kw_only=True):
    """What these facts of a subject tell does not tie it to anybody by itself.

    Their author had no say where another record with the same mark is. Somebody who has a say over
    both decides (`registry.people_joined`, `registry.people_parted`). Names nobody: ids alone.
    """

    facts: tuple[FactName, ...]


class HeldResolved(Fact, frozen=True, kw_only=True):
    """A person decided what becomes of a held fact: `accepted` or `dismissed`, and why."""

    held: str
    accepted: bool
    reason: Words


_ANY: Final = frozenset(
    {"person", "household", "staff", "account", "proposal", "place", "township", "venue"}
    | {"checkpoint"}
)

# Whose facts can be taken back. Accounts, places and proposals have facts that undo others.
_CORRECTED: Final = frozenset({"person", "household", "staff", "venue", "checkpoint"})

APPROVED: Final = Kind(
    name="ledger.approved",
    body=Approved,
    about=_CORRECTED | {"proposal", "account"},
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
    about=frozenset({"person", "account", "household", "staff"}),
    purpose=Purpose.OFFICE,
    may="forget",
    title=Text("申请销毁资料", "Forgetting proposed"),
    doors=DESK,
    shapes_context=True,
    proposes=True,
)
FORGOTTEN: Final = Kind(
    name="ledger.forgotten",
    body=Forgotten,
    about=_ANY,
    purpose=Purpose.OFFICE,
    may=None,
    title=Text("资料已销毁", "Forgotten"),
    doors=ITSELF,
    introduces=True,  # where something about somebody was only ever held
    shapes_context=True,  # an account that is forgotten may record nothing any more
)
TAKEN_BACK: Final = Kind(
    name="ledger.taken_back",
    body=TakenBack,
    about=frozenset({"person"}),
    purpose=Purpose.EPISODE,
    may="facts.take_back",
    title=Text("撤回记录", "Fact taken back"),
)
REGISTRATION_TAKEN_BACK: Final = Kind(
    name="ledger.registration_taken_back",
    body=TakenBack,
    about=_CORRECTED,
    purpose=Purpose.REGISTRATION,
    may="facts.take_back",
    title=Text("撤回登记", "Registration taken back"),
)
TAKING_BACK_PROPOSED: Final = Kind(
    name="ledger.taking_back_proposed",
    body=TakingBackProposed,
    about=_CORRECTED,
    purpose=Purpose.OFFICE,
    may="facts.propose_taking_back",
    title=Text("申请撤回记录", "Taking back proposed"),
    shapes_context=True,  # whoever approves it must not be in one hand with who proposed it
    proposes=True,
)
HELD: Final = Kind(
    name="ledger.held",
    body=FactHeld,
    about=frozenset({"held"}),
    purpose=Purpose.OFFICE,
    may=None,
    title=Text("记录收存待处理", "Fact held"),
    doors=ITSELF,
    introduces=True,
)
HELD_RESOLVED: Final = Kind(
    name="ledger.held_resolved",
    body=HeldResolved,
    about=frozenset({"held"}),
    purpose=Purpose.OFFICE,
    may="held.resolve",
    title=Text("待办记录已处理", "Held fact resolved"),
    doors=frozenset({Door.FORM}),
)

MARK_SET_ASIDE: Final = Kind(
    name="ledger.mark_set_aside",
    body=MarkSetAside,
    about=frozenset({"person"}),
    purpose=Purpose.OFFICE,
    may=None,
    title=Text("同号待核对", "Same number, waits for a look"),
    doors=ITSELF,
)

KINDS: Final = (
    APPROVED, HEAD_SIGNED, FORGET_PROPOSED, FORGOTTEN, TAKEN_BACK, REGISTRATION_TAKEN_BACK,
    TAKING_BACK_PROPOSED, HELD, HELD_RESOLVED, MARK_SET_ASIDE,
)  # fmt: skip
