"""Which sheet of a file is the list, where its header is, and what each column is: proposals."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from tongxin.intake import queries
from tongxin.intake.kinds import SheetKind
from tongxin.sheets import dates, values
from tongxin.sheets.book import Book, Sheet
from tongxin.sheets.columns import KEPT, LEFT
from tongxin.sheets.header import Header, header
from tongxin.sheets.values import Setting, plain

# So much more a hidden sheet has to fit than one that is seen.
_HIDDEN = 500


class Chosen(Struct, frozen=True):
    """The sheet that is looked at (counted from 0), and what its header proposes."""

    n: int
    sheet: Sheet
    header: Header


class Looking(Struct, frozen=True):
    """What proposals rest on: the kind of list, how cells are read, what was remembered."""

    kind: SheetKind
    setting: Setting
    known: Mapping[str, str]

    def chosen(self, book: Book, sheet: int = -1, row: int = 0) -> Chosen:
        """The sheet asked for, else that which fits best; its header in `row`, else where found."""
        wanted = [sheet] if 0 <= sheet < len(book.sheets) else range(len(book.sheets))
        columns = self.kind.columns
        looked_at = [
            Chosen(n, each, header(each, columns, self.setting, self.known, row))
            for n, each in ((n, book.sheets[n]) for n in wanted)
        ]
        return max(looked_at, key=lambda each: (_fit(each), -each.n))


def looking(
    connection: Connection, township: str, kind: SheetKind, book: Book, today: date
) -> Looking:
    """What proposals rest on in a township."""
    named = kind.places(connection, township)
    setting = Setting(today.year, book.from_1904, values.places(named))
    return Looking(kind, setting, queries.remembered(connection, township, kind.id))


def year_of(sheet: Sheet, today: date) -> int:
    """The year that a sheet's title tells, else this one: that of dates which tell none."""
    above = [plain(cell) for line in sheet.lines[:3] for cell in line.cells[:2]]
    return dates.year_in([sheet.name, *above], today)


def _fit(chosen: Chosen) -> int:
    ours = [p for p in chosen.header.proposals if p.key not in (KEPT, LEFT)]
    return sum(proposal.sure for proposal in ours) - _HIDDEN * chosen.sheet.hidden
