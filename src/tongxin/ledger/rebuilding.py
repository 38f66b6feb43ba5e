"""Derived rows made again from ledger and keys, and compared with what stands in the tables.

Stratum by stratum: first the subjects that make the context (accounts, places, proposals), then
the surroundings of people, then people, each judged by rows of the strata below.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection, Table

from tongxin.base.ids import new_id
from tongxin.ledger import opening, totals
from tongxin.ledger.chains import areas_of, lock_heads, store_heads
from tongxin.ledger.clusters import Clusters, gathered
from tongxin.ledger.facts import Row, Stream
from tongxin.ledger.inserting import insert
from tongxin.ledger.judging import Judged, Judging, judge, ties_told
from tongxin.ledger.keys import Keys
from tongxin.ledger.rulebook import Context, Rulebook, Stratum
from tongxin.ledger.shaping import context_of
from tongxin.ledger.tables import chain, departure, fact, rejudge, state, subject
from tongxin.ledger.totals import Total

_CHUNK: Final = 300
_AFTER_ALL: Final = "~"
_OWED: Final = "rebuild-"


class Difference(Struct, frozen=True):
    """A derived row that is not what the facts say. `expected` or `found` is None if absent."""

    township: str
    subject: str
    table: str
    expected: Row | None
    found: Row | None


def differences(
    connection: Connection, keys: Keys, rulebook: Rulebook, township: str
) -> Iterator[Difference]:
    """Every derived row of a township that differs from what its facts say, context first.

    People are judged by rows of their surroundings: where those differ, people are not compared.
    """
    context = context_of(connection, keys, rulebook, township)
    clean = True
    sums: totals.Changes = {}
    for stratum in Stratum:
        if stratum is Stratum.PEOPLE and not clean:
            return
        for difference in _compare(connection, keys, rulebook, township, context, sums, stratum):
            clean = clean and stratum is not Stratum.SURROUNDINGS
            yield difference
        if stratum is Stratum.CONTEXT:
            yield from _strangers(connection, rulebook, township)
    for total in rulebook.totals:
        yield from _totalled(connection, total, township, sums.get(total.sums.name, {}))


def rebuild(connection: Connection, keys: Keys, rulebook: Rulebook, township: str) -> int:
    """Make every derived row of a township again; how many subjects there were.

    Rows go whatever they say. With them goes the word of who left an area, so the feed begins
    anew: a device drops what it holds and asks from the start.
    """
    head = lock_heads(connection, {township})[township]
    sums = [total.sums for total in rulebook.totals]
    for table in (*rulebook.tables, *sums, subject, departure, rejudge):
        connection.execute(sa.delete(table).where(table.c.township == township))
    context = context_of(connection, keys, rulebook, township)
    total = 0
    for stratum in Stratum:
        judging = Judging(connection, keys, rulebook, township, context, head)
        for names in _subjects(connection, rulebook, township, stratum):
            streams = opening.streams(connection, keys, rulebook.kinds, township, names)
            # Some were judged before their turn, with somebody who is one with them.
            judging.replace(list(streams.values()), areas_of(connection, township, names))
            total += len(names)
    head.context += 1
    store_heads(connection, {township: head})
    connection.execute(sa.delete(state).where(state.c.name == _OWED + township))
    connection.execute(sa.update(chain).where(chain.c.township == township).values(epoch=new_id()))
    return total


def owe(connection: Connection) -> None:
    """Note that the rows of every township here are to be made again, until they have been."""
    found = connection.scalars(sa.select(chain.c.township)).all()
    connection.execute(sa.delete(state).where(state.c.name.startswith(_OWED)))
    insert(connection, state, [(_OWED + township, "") for township in found])


def owed(connection: Connection) -> set[str]:
    """The townships whose rows are still to be made again."""
    names = connection.scalars(sa.select(state.c.name).where(state.c.name.startswith(_OWED)))
    return {name.removeprefix(_OWED) for name in names}


def _compare(
    connection: Connection,
    keys: Keys,
    rulebook: Rulebook,
    township: str,
    context: Context,
    sums: totals.Changes,
    stratum: Stratum,
) -> Iterator[Difference]:
    """Rows that differ; `sums` gathers what all rows should come to."""
    for names in _subjects(connection, rulebook, township, stratum):
        streams = opening.streams(connection, keys, rulebook.kinds, township, names)
        told = ties_told(rulebook, streams.values())
        clusters = _led_by(connection, keys, rulebook, township, streams, told)
        judged = judge(connection, rulebook, context, township, clusters, told)
        derived = {stream.subject: found for stream, found in judged}
        totals.gather(sums, rulebook.totals, derived.values())
        yield from _placed(connection, township, judged)
        for table in rulebook.tables:
            expected = {
                _key(table, full): full
                for name, found in derived.items()
                for row in found.rows.get(table.name, [])
                for full in ({"township": township, "subject": name, **row},)
            }
            yield from _diff(table, expected, _stored(connection, table, township, list(derived)))


def _led_by(
    connection: Connection,
    keys: Keys,
    rulebook: Rulebook,
    township: str,
    streams: Mapping[str, Stream],
    tied: Collection[str],
) -> list[list[Stream]]:
    """The clusters whose lead is among these; each cluster of a township has one.

    Marks and ties are taken as they stand, for each of them is compared with its subject.
    """
    alone = [[streams[name]] for name in streams.keys() - set(tied)]
    components = Clusters(connection, township).told(tied)
    others = set().union(*components) - streams.keys()
    found = {**streams, **opening.streams(connection, keys, rulebook.kinds, township, others)}
    return alone + [c for c in gathered(components, found) if c[0].subject in streams]


def _totalled(
    connection: Connection, total: Total, township: str, sums: totals.Sums
) -> Iterator[Difference]:
    """Sums that are not what the rows should come to."""
    want = {place: amounts for place, amounts in sums.items() if any(amounts)}
    have = totals.stored(connection, total, township)
    names = [column.name for column in total.sums.c][1:]
    for place in sorted({*want, *have}):
        if want.get(place) != have.get(place):
            expected, found = (
                dict(zip(names, (*place, *each[place]), strict=True)) if place in each else None
                for each in (want, have)
            )
            yield Difference(township, str(place[0]), total.sums.name, expected, found)


def _placed(
    connection: Connection,
    township: str,
    judged: Judged,
) -> Iterator[Difference]:
    expected = {
        (township, stream.subject): {
            "township": township, "subject": stream.subject, "area": derived.area,
            "first_seq": stream.first_seq, "last_seq": stream.last_seq,
        }
        for stream, derived in judged
    }  # fmt: skip
    found = _stored(connection, subject, township, [stream.subject for stream, _ in judged])
    for row in found.values():
        del row["change"]
    yield from _diff(subject, expected, found)


def _diff(
    table: Table,
    expected: Mapping[tuple[Any, ...], Row],
    found: Mapping[tuple[Any, ...], Row],
) -> Iterator[Difference]:
    for key in sorted({*expected, *found}, key=repr):
        want, have = expected.get(key), found.get(key)
        if want != have:
            row = want or have or {}
            yield Difference(row["township"], row["subject"], table.name, want, have)


def _stored(
    connection: Connection, table: Table, township: str, names: Sequence[str]
) -> dict[tuple[Any, ...], Row]:
    rows = connection.execute(
        sa.select(table).where(table.c.township == township, table.c.subject.in_(list(names)))
    )
    found = (dict(row._mapping) for row in rows)
    return {_key(table, row): row for row in found}


def _key(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _key_names(table))


@lru_cache  # asked for each row
def _key_names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def _strangers(connection: Connection, rulebook: Rulebook, township: str) -> Iterator[Difference]:
    """Derived rows of subjects that the ledger has never heard of."""
    for table in (*rulebook.tables, subject):
        known = sa.select(fact.c.subject).where(
            fact.c.township == township, fact.c.subject == table.c.subject
        )
        rows = connection.execute(
            sa.select(table).where(table.c.township == township, ~known.exists())
        )
        for row in rows:
            found = dict(row._mapping)
            yield Difference(township, found["subject"], table.name, None, found)


def _subjects(
    connection: Connection, rulebook: Rulebook, township: str, stratum: Stratum
) -> Iterator[list[str]]:
    """All subjects of one stratum of a township; in chunks, by name."""
    after = ""
    while True:
        names = list(
            connection.scalars(
                sa.select(fact.c.subject)
                .distinct()
                .where(
                    fact.c.township == township,
                    fact.c.subject > after,
                    fact.c.subject < _AFTER_ALL,
                )
                .order_by(fact.c.subject)
                .limit(_CHUNK)
            )
        )
        if not names:
            return
        after = names[-1]
        wanted = [name for name in names if rulebook.stratum(name) is stratum]
        if wanted:
            yield wanted
