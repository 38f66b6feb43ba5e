"""What a pillar declares to have a kind of list imported: its columns, and what rows become."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct, field
from sqlalchemy import Connection

from tongxin.base import masking
from tongxin.base.ids import keyed_id
from tongxin.base.remit import Remit
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Kind
from tongxin.sheets.columns import Column
from tongxin.sheets.faults import FaultKind
from tongxin.sheets.rows import Row
from tongxin.sheets.values import Setting, plain

OUTSIDE = FaultKind(
    "outside_remit",
    "“{place}”不在您的管辖范围，请由该村或镇里导入。",
    "“{place}” is outside your remit; that village or the township must import it.",
)
NO_PLACE = FaultKind(
    "place_missing",
    "没有写是哪个村。请填写村名，或在对照列时选一个“没写村的算作”。",
    "It does not say which village. Fill it in, or choose one for rows that say none.",
)
UNDECIDED = FaultKind(
    "undecided",
    "像已登记的“{name}”（{told}），没有身份证号可以断定。请在预览页选“同一人”或“另一人”，"
    "或补上身份证号。",
    "Like “{name}” ({told}), who is known, and no ID number tells. Choose “same person” or "
    "“somebody else” in the preview, or add the ID number.",
)
DIFFERS = FaultKind(
    "differs",
    "和已登记的“{known}”不同。名单不改登记：请核对，确有变化的，在系统里更正。",
    "Not what is registered (“{known}”). A list corrects nothing: check it, and correct it in the "
    "program if it has changed.",
    grave=False,
)
NOT_TAKEN = FaultKind(
    "not_taken",
    "没有登记：{why}",
    "This was not recorded: {why}",
)


class Outcome(StrEnum):
    """What becomes of one row."""

    NEW = "new"  # somebody, or something, that was not known
    ADDED = "added"  # known, and the row tells more
    KNOWN = "known"  # known already, all of it
    DOUBTFUL = "doubtful"  # like somebody who is known; recorded apart until a person decides
    RETURNED = "returned"  # it cannot go in, and comes back with the reasons


class Told(Struct, frozen=True):
    """A fact that a row becomes. `id` follows from what it says, so it is recorded at most once."""

    kind: Kind
    body: Fact
    id: str
    subject: str
    purpose: str
    area: str


class Alike(Struct, frozen=True, array_like=True):
    """Whom a doubtful row is like: a subject, or an earlier row of the same list.

    `name`, `told` and `area` are what is shown of that one; `name` unmasked.
    """

    subject: str
    row: int
    name: str
    told: str
    area: str


class Planned(Struct):
    """What one row is to become. `brief` and `area` are what a preview says of it.

    Of the facts, `main` is the place of the one without which the others say nothing. `about` is
    whom the row is about, where that is known.
    """

    row: Row
    outcome: Outcome
    facts: tuple[Told, ...] = ()
    alike: Alike | None = None
    brief: str = ""
    area: str = ""
    main: int = 0
    about: str = ""


class Ground(Struct):
    """What rows are planned on. `area` is that of rows which tell none.

    `same` says of doubtful rows, by number, whether they are whom they are like; a row that is not
    in it was not decided. `at` is the column that each key is read from. `key` is the township's,
    for ids.
    """

    township: str
    remit: Remit
    now: datetime
    key: bytes
    setting: Setting
    area: str = ""
    same: Mapping[int, bool] = field(default_factory=dict)
    at: Mapping[str, int] = field(default_factory=dict)

    def id_of(self, *seed: str) -> str:
        """The id that belongs to this content in this township."""
        return keyed_id(self.key, self.township, *seed)

    def told(
        self, kind: Kind, body: Fact, *, subject: str, purpose: str, area: str, beside: str = ""
    ) -> Told:
        """A fact under the id of what it says, `beside` what sets it apart from its equals."""
        content = msgspec.json.encode(body).decode()
        return Told(
            kind, body, self.id_of(kind.name, beside, content), subject, purpose, area
        )  # fmt: skip

    def place(self, row: Row, capability: str, code: str) -> str:
        """The area of a row that says `code`; empty, with a fault, where it cannot be recorded."""
        area = code or self.area
        if not area:
            self.fault(row, NO_PLACE, "village")
            return ""
        if not self.remit.allows(capability, area):
            self.fault(row, OUTSIDE, "village", place=area)
            return ""
        return area

    def fault(self, row: Row, kind: FaultKind, key: str = "", **values: object) -> None:
        """Note a fault of a row, at the column that `key` was read from where there is one."""
        row.faults.append(kind(self.at.get(key), **values))

    def differs(
        self, row: Row, known: Mapping[str, Any], called: Mapping[str, Text] | None = None
    ) -> dict[str, str]:
        """What a row says otherwise than is known, by key; each is remarked beside its cell.

        `known` holds what is registered under the keys of columns; nothing where it is not told.
        `called`: what a value is called on screen, where it is a code.
        """
        found: dict[str, str] = {}
        for key, registered in known.items():
            told = row.values.get(key)
            if not told or not registered or _bare(told) == _bare(registered):
                continue
            found[key] = self.words(row, key) or str(told)
            name = (called or {}).get(registered)
            shown = f"{name.zh} · {name.en}" if name else _masked(key, str(registered))
            self.fault(row, DIFFERS, key, known=shown)
        return found

    def words(self, row: Row, key: str) -> str:
        """The words in the cell of `key`, as they stand."""
        column = self.at.get(key)
        return "" if column is None else plain(row.line.at(column))


# What is shown of a registered value beside a cell that says otherwise.
_MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": masking.name, "id_number": masking.id_number, "phone": masking.phone,
    "address": masking.beginning,
}  # fmt: skip


def _bare(told: object) -> str:
    """Without blanks and dashes, as telephones are written now so, now otherwise."""
    return "".join(c for c in str(told) if c not in " -")


def _masked(key: str, registered: str) -> str:
    return _MASKS.get(key, str)(registered)


class Planner(Protocol):
    """Plans rows, some at a time, in their order; it may remember those before."""

    def plan(self, connection: Connection, rows: Sequence[Row]) -> list[Planned]:
        """What each of these rows is to become."""


class SheetKind(Struct, frozen=True):
    """A kind of list.

    `may` is the capability that its facts need. `keeps`: words of columns that are none of ours
    are kept. `places` names the areas of the township. `after` is the page where what was recorded
    is seen; `page`, before an id, that of one record, where it is corrected; `doubts` that on which
    likenesses are decided later: without one, doubtful rows that nobody decides come back.
    """

    id: str
    title: Text
    lead: Text
    may: str
    columns: tuple[Column, ...]
    places: Callable[[Connection, str], Mapping[str, str]]
    planner: Callable[[Ground], Planner]
    keeps: bool = False
    after: str = ""
    page: str = ""
    doubts: str = ""


def returned(row: Row) -> Planned:
    """A row that comes back."""
    return Planned(row, Outcome.RETURNED)
