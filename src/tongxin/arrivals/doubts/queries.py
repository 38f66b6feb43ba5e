"""How doubts are found: by keys of an index, among recent comings, in bounded steps.

Both sides lie in the remit; a mate outside of it is not told of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.arrivals.comings.rules import Word
from tongxin.arrivals.comings.tables import TOLD, coming
from tongxin.arrivals.doubts.derive import told_by
from tongxin.arrivals.doubts.rules import ENOUGH, Likeness, keys, likeness
from tongxin.base.remit import Remit
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.remits import in_order, within
from tongxin.ledger.tables import tie

Row = Mapping[str, Any]
READ: Final = "arrivals.read"
# So many comings are looked at for one page, however many people there are.
STEP: Final = 1_000
# A key that more people share than this says nothing: a telephone of a company, say.
_CROWD: Final = 12
_COMPARED: Final = tuple(
    coming.c[name] for name in ("subject", "name", "id_number", "phone", "village", "address")
)


class Doubt(Struct, frozen=True):
    """Two records that may be one person: the newest coming of each, and in what they are alike."""

    one: Row
    other: Row
    likeness: Likeness


def doubts(
    remit: Remit, connection: Connection, township: str, since_ms: int, step: int = 0
) -> list[Doubt]:
    """Doubts about the newest comings since an instant, the likeliest first.

    `step` 0 looks at the newest thousand, 1 at those before them, and so on.
    """
    places = tuple(p for p in remit.inside(READ, township) if p.startswith(township))
    most, rows = (step + 1) * STEP, []
    for word in Word:  # each is read in the order of an index; together they would be sorted
        wanted = (coming.c.word == word.value, coming.c.at >= since_ms)
        newest = in_order(coming, township, places, wanted, ("-at", "-subject"), most, 0)
        rows += [dict(row._mapping) for row in connection.execute(newest)]
    rows.sort(key=lambda row: (row["at"], row["subject"]), reverse=True)
    found: dict[str, Row] = {}
    for row in rows[step * STEP : most]:
        found.setdefault(row["subject"], row)
    return _among(remit, connection, township, since_ms, found)


def reaches(remit: Remit, connection: Connection, township: str, since_ms: int, step: int) -> bool:
    """Whether there is anybody in this step."""
    beyond = sa.select(coming.c.subject).where(
        coming.c.township == township,
        within(remit, READ, coming.c.area),
        coming.c.at >= since_ms,
    )
    return connection.execute(beyond.limit(1).offset(step * STEP)).first() is not None


def doubts_about(
    remit: Remit, connection: Connection, township: str, since_ms: int, subject: str
) -> list[Doubt]:
    """Doubts about one person."""
    mine = _comings(remit, connection, township, [subject])
    return _among(remit, connection, township, since_ms, mine)


def _among(
    remit: Remit, connection: Connection, township: str, since_ms: int, mine: dict[str, Row]
) -> list[Doubt]:
    pairs = _pairs(connection, township, since_ms, mine)
    open_ = sorted(pairs - _settled(connection, township, {one for one, _ in pairs}))
    others = {name for pair in open_ for name in pair} - set(mine)
    known = mine | _comings(remit, connection, township, sorted(others))
    found = [
        Doubt(known[one], known[other], alike)
        for one, other in open_
        if one in known and other in known and (alike := _alike(known[one], known[other]))
    ]
    return sorted(found, key=lambda d: (-d.likeness.score, d.one["subject"], d.other["subject"]))


def _alike(one: Row, other: Row) -> Likeness | None:
    found = likeness(told_by(one), told_by(other))
    return found if found is not None and found.score >= ENOUGH else None


def _pairs(
    connection: Connection, township: str, since_ms: int, mine: Mapping[str, Row]
) -> set[tuple[str, str]]:
    """Pairs of people who share a key, one of them of `mine`; each in the order of their ids."""
    sharing: dict[str, set[str]] = {}
    for row in _mates(connection, township, since_ms, list(mine.values())):
        for key in keys(told_by(row)):
            sharing.setdefault(key, set()).add(row["subject"])
    return {
        pair
        for people in sharing.values()
        if 1 < len(people) <= _CROWD
        for pair in combinations(sorted(people), 2)
        if pair[0] in mine or pair[1] in mine
    }


def _mates(
    connection: Connection, township: str, since_ms: int, mine: Sequence[Row]
) -> Iterator[Row]:
    """These, and recent comings with a telephone, a sound or an ID number's end of one: context.

    Two valid ID numbers leave no doubt, so whoever has one is held only against those without.
    """
    yield from mine
    recent = (coming.c.township == township, coming.c.at >= since_ms)
    for sure, name in product((True, False), ("phone", "sound", "tail")):
        column = coming.c[name]
        asked = {row[name] for row in mine if row[name] and row["sure"] is sure}
        more = [TOLD[name]] if name in TOLD else []
        more += [coming.c.sure == sa.false()] if sure else []
        for chunk in in_chunks(sorted(asked)):
            rows = connection.execute(
                sa.select(*_COMPARED).where(*recent, column.in_(chunk), *more)
            )
            yield from (dict(row._mapping) for row in rows)


def _settled(connection: Connection, township: str, firsts: Iterable[str]) -> set[tuple[str, str]]:
    """The pairs about which somebody has decided."""
    found: set[tuple[str, str]] = set()
    for chunk in in_chunks(sorted(firsts)):
        rows = connection.execute(
            sa.select(tie.c.one, tie.c.other).where(
                tie.c.township == township, tie.c.one.in_(chunk)
            )
        )
        found |= {(row.one, row.other) for row in rows}
    return found


def _comings(
    remit: Remit, connection: Connection, township: str, subjects: Sequence[str]
) -> dict[str, Row]:
    """The newest coming of each of these people who is in the remit."""
    found: dict[str, Row] = {}
    for chunk in in_chunks(subjects):
        rows = connection.execute(
            sa.select(coming)
            .where(
                coming.c.township == township,
                coming.c.subject.in_(chunk),
                within(remit, READ, coming.c.area),
            )
            .order_by(coming.c.at.desc())
        )
        for row in rows:
            found.setdefault(row.subject, dict(row._mapping))
    return found
