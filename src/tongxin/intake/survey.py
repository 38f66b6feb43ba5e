"""What is to become of a list: part by part, without recording anything."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from tongxin.base import masking
from tongxin.base.clock import day_of
from tongxin.base.remit import Remit
from tongxin.base.texts import Text
from tongxin.intake import queries
from tongxin.intake.kinds import (
    DIFFERS,
    UNDECIDED,
    Alike,
    Ground,
    Outcome,
    Planned,
    Planner,
    SheetKind,
)
from tongxin.intake.staging import Counts, Head, Part, Shown
from tongxin.ledger.store import Store
from tongxin.sheets import apart, values
from tongxin.sheets.faults import Fault
from tongxin.sheets.returning import Returned
from tongxin.sheets.rows import Mapped, Passed, Reading, Row, reading
from tongxin.sheets.values import Setting

# Of each outcome, a part shows so many rows; of doubtful ones all.
SHOWN: Final = 5
SHOWN_DIFFERING: Final = 50
_DIFFERS: Final = "differs"
_KEY: Final = "intake of lists"
_DIGITS: Final = re.compile(r"\d{7,17}[\dXx]?", re.ASCII)


class Asking(Struct, frozen=True):
    """Who imports, with which remit, and when."""

    township: str
    account: str
    remit: Remit
    now: datetime


class Survey:
    """Reads and plans the lines of one list, in their order."""

    def __init__(
        self, store: Store, kind: SheetKind, head: Head, asking: Asking, *, final: bool
    ) -> None:
        """`final`: for recording. Doubtful rows that can be decided nowhere else then come back."""
        if head.mapped is None:
            raise AssertionError("a list is mapped before it is planned")
        self._kind, self._mapped, self._asking = kind, head.mapped, asking
        with store.database.reading() as connection:
            named = kind.places(connection, asking.township)
        setting = Setting(
            head.year or day_of(asking.now).year, head.book.from_1904, values.places(named)
        )
        self._returns = final and not kind.doubts
        self._said: set[str] = set()
        self._reading: Reading = reading(head.mapped, kind.columns, setting)
        self._planner: Planner = kind.planner(
            Ground(
                asking.township, asking.remit, asking.now, store.keys.derived(_KEY), setting,
                head.area, head.same, _places_of(head.mapped),
            )
        )  # fmt: skip

    def planned(self, connection: Connection, frame: bytes) -> tuple[list[Planned], list[Passed]]:
        """What the rows of one part are to become, and those that are none of the list's."""
        part = apart.part_of(frame)
        if part.sheet != self._mapped.sheet:
            return [], []
        read = list(self._reading.rows(part.lines))
        rows = [row for row in read if isinstance(row, Row)]
        found = self._planner.plan(connection, rows)
        ids = {told.id for each in found for told in each.facts}
        known = queries.recorded(connection, self._asking.township, ids).keys() | self._said
        for each in found:
            _leave_out(each, known)
            known |= {told.id for told in each.facts}
            if self._returns and each.outcome is Outcome.DOUBTFUL and each.alike is not None:
                _give_back(each, each.alike)
        self._said |= ids
        return found, [row for row in read if isinstance(row, Passed)]


def _places_of(mapped: Mapped) -> dict[str, int]:
    return {key: n for n, key in reversed(list(enumerate(mapped.keys)))}


def _leave_out(planned: Planned, known: Set[str]) -> None:
    """Leave out what is in the ledger, or was told by an earlier row.

    A row of which nothing is left was known; one of whose main fact nothing is left adds to it.
    """
    left = tuple(told for told in planned.facts if told.id not in known)
    if planned.facts and not left:
        planned.outcome = Outcome.KNOWN
    elif planned.facts and planned.facts[planned.main].id in known:
        planned.outcome = Outcome.ADDED
    planned.facts = left


def _give_back(planned: Planned, alike: Alike) -> None:
    """A doubtful row comes back, since nobody decided."""
    name = masking.name(alike.name)
    planned.row.faults.append(UNDECIDED(None, name=name, told=alike.told))
    planned.outcome, planned.facts = Outcome.RETURNED, ()


def part_of(planned: Sequence[Planned], passed: Sequence[Passed]) -> Part:
    """What is kept of one part: counts, rows to show, and those that come back."""
    counts = Counts(passed=len(passed))
    shown: list[Shown] = []
    returned: list[Returned] = []
    differing: list[Returned] = []
    few = Few()
    for each in planned:
        name = str(each.outcome)
        setattr(counts, name, getattr(counts, name) + 1)
        said = each.outcome is not Outcome.RETURNED and bool(each.row.faults)
        counts.remarked += said
        differs = _differs(each)
        counts.differs += differs
        if few.takes(name, differs=differs):
            shown.append(_shown(each))
        if each.outcome is Outcome.RETURNED:
            returned.append(Returned(each.row.line, each.row.faults))
        elif differs:
            differing.append(Returned(each.row.line, each.row.faults))
    return Part(counts, shown, returned, differing)


class Few:
    """Which rows are shown: of each outcome the first, of those that differ some, all doubtful."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, int] = defaultdict(int)

    def takes(self, outcome: str, *, differs: bool) -> bool:
        """Whether this one is shown too."""
        sort, most = (_DIFFERS, SHOWN_DIFFERING) if differs else (outcome, SHOWN)
        self._taken[sort] += 1
        return outcome == Outcome.DOUBTFUL or self._taken[sort] <= most


def _differs(planned: Planned) -> bool:
    """Whether a row that does not come back says otherwise than is registered."""
    if planned.outcome is Outcome.RETURNED or not planned.row.faults:
        return False
    return any(fault.code == DIFFERS.code for fault in planned.row.faults)


def _shown(planned: Planned) -> Shown:
    row, alike = planned.row, planned.alike
    name = row.values.get("name") or ""
    return Shown(
        number=row.number, outcome=str(planned.outcome), name=masking.name(name),
        told=planned.brief, area=planned.area, why=_said_of(row.faults),
        subject=planned.about or (planned.facts[0].subject if planned.facts else ""),
        alike=None if alike is None else replace(alike, name=masking.name(alike.name)),
        differs=_differs(planned),
    )  # fmt: skip


def _said_of(faults: Sequence[Fault]) -> list[Fault]:
    """What is grave, else all that is said; numbers in it masked, as on every page."""
    grave = [fault for fault in faults if fault.grave]
    return [
        replace(
            fault, text=Text(numbers_masked(fault.text.zh), numbers_masked(fault.text.en))
        )
        for fault in grave or faults
    ]  # fmt: skip


def numbers_masked(text: str) -> str:
    """A text in which nothing is left of ID and telephone numbers but their last four digits."""
    return _DIGITS.sub(lambda found: "*" * (len(found[0]) - 4) + found[0][-4:], text)


def together(parts: Iterable[Part]) -> Part:
    """All parts as one: sums, and of each outcome the first rows."""
    whole, few = Part(Counts(), [], []), Few()
    for part in parts:
        whole.counts = whole.counts.plus(part.counts)
        whole.returned += part.returned
        whole.differing += part.differing
        whole.shown += [
            row for row in part.shown if few.takes(row.outcome, differs=row.differs)
        ]  # fmt: skip
    return whole
