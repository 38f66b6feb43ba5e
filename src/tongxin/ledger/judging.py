"""Derived rows: replaced cluster by cluster, in the transaction that recorded the facts.

Every derived row belongs to one subject and follows from its facts and those of whoever is one
with it, the context and its surroundings, so one way serves recording, judging again, `rebuild`
and `verify`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy import Connection, Delete, Table

from tongxin.ledger import opening, rejudging, ties, totals
from tongxin.ledger.chains import Head, areas_of
from tongxin.ledger.clusters import Clusters, Component, gathered, ties_of
from tongxin.ledger.facts import Derived, Row, Stream
from tongxin.ledger.inserting import Gathered, names_of
from tongxin.ledger.keys import Keys
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.rulebook import Context, Rulebook, Stratum
from tongxin.ledger.tables import departure, subject
from tongxin.ledger.ties import Ties

Judged = list[tuple[Stream, Derived]]


class Judging:
    """Judges subjects of one township and replaces their rows, inside the caller's transaction.

    The head's change counter goes on by one for each subject. `listed` tells whether anybody was
    put on the list of those to be judged again. Rows are left `gathered` where that is given, and
    then a township is judged by it once before it is flushed.
    """

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        rulebook: Rulebook,
        township: str,
        context: Context,
        head: Head,
        gathered: Gathered | None = None,
    ) -> None:
        self.connection, self.keys, self.rulebook = connection, keys, rulebook
        self._gathered, self._goes_in = gathered or Gathered(connection), gathered is None
        self.township, self.context, self.head = township, context, head
        self.listed = False

    def replace(self, streams: Collection[Stream], areas_before: Mapping[str, str]) -> None:
        """Judge these and whoever is or was one with them, those first by whom others are judged.

        `areas_before` holds the area of each of them that had rows before.
        """
        for n, (_, level) in enumerate(by_stratum(self.rulebook, streams)):
            if n:
                self._gathered.flush()  # those of a level are judged by the rows of the one below
            self._replace(level, areas_before, {stream.subject for stream in streams})
        if self._goes_in:
            self._gathered.flush()

    def _replace(
        self, streams: list[Stream], areas_before: Mapping[str, str], here: Collection[str]
    ) -> None:
        known = {stream.subject: stream for stream in streams}
        told = ties_told(self.rulebook, streams)
        components = Clusters(self.connection, self.township).changed(told, areas_before)
        clusters = self._clusters(known, told, components)
        others = {s.subject for cluster in clusters for s in cluster} - known.keys()
        if others:
            self._gathered.flush()
            areas_before = {**areas_before, **areas_of(self.connection, self.township, others)}
        judged = judge(self.connection, self.rulebook, self.context, self.township, clusters, told)
        old = [stream.subject for stream, _ in judged if stream.subject in areas_before]
        moved = self._seen_otherwise(judged, areas_before)
        self._list_dependents(moved, here)
        kept = self.rulebook.totals
        gone = totals.of_subjects(self.connection, kept, self.township, old)
        _delete(self.connection, self.rulebook.tables, self.township, old)
        _insert(self._gathered, self.rulebook, judged)
        come: totals.Changes = {}
        totals.gather(come, kept, [derived for _, derived in judged])
        totals.add(self._gathered, kept, self.township, gone, come)
        self.head.change = _place(
            self._gathered, self.township, judged, areas_before, self.head.change
        )
        self._list_dependents(moved, here)

    def _clusters(
        self, known: Mapping[str, Stream], told: Mapping[str, Ties], found: Collection[Component]
    ) -> list[list[Stream]]:
        """Streams by cluster; those that are never one with another are alone."""
        alone = [[stream] for name, stream in known.items() if name not in told]
        wanted = {name for names in found for name in names} - known.keys()
        if wanted:
            self._gathered.flush()
        others = opening.streams(
            self.connection, self.keys, self.rulebook.kinds, self.township, wanted
        )
        return alone + gathered(found, {**known, **others})

    def _seen_otherwise(self, judged: Judged, areas_before: Mapping[str, str]) -> list[Stream]:
        """Those of whom others see something else from now on: where they are, or shared rows."""
        lower = [pair for pair in judged if self.rulebook.stratum(pair[0].subject) < max(Stratum)]
        before = _shared(self.connection, self.rulebook, self.township, lower) if lower else {}
        return [
            stream
            for stream, derived in lower
            if derived.area != areas_before.get(stream.subject)
            or _seen(self.rulebook, derived) != before.get(stream.subject, set())
        ]

    def _list_dependents(self, moved: list[Stream], here: Collection[str]) -> None:
        """List who is judged by these; whoever is judged in the same breath need not be.

        Asked before the rows go and after they have come: both those whom they left and those
        whom they reach have to be judged again.
        """
        if not moved:
            return
        self._gathered.flush()
        names = [stream.subject for stream in moved]
        touched = self.rulebook.dependents(self.township, names)
        if touched is not None:
            cause = max(stream.last_seq for stream in moved)
            rejudging.put(self.connection, self.township, touched, cause, here)
            self.listed = True


def by_stratum(
    rulebook: Rulebook, streams: Collection[Stream]
) -> Iterator[tuple[Stratum, list[Stream]]]:
    """The streams by stratum, the lowest first; strata without any are left out."""
    levels: dict[Stratum, list[Stream]] = {}
    for stream in streams:
        levels.setdefault(rulebook.stratum(stream.subject), []).append(stream)
    yield from sorted(levels.items())


def judge(
    connection: Connection,
    rulebook: Rulebook,
    context: Context,
    township: str,
    clusters: Collection[Sequence[Stream]],
    told: Mapping[str, Ties],
) -> Judged:
    """What follows for each of these, of one stratum; the strata below have their rows.

    `told` holds the ties of those whose ties are known already.
    """
    streams = [stream for cluster in clusters for stream in cluster]
    around = rulebook.surroundings(connection, township, streams)
    bonds = {**told, **ties_told(rulebook, (s for s in streams if s.subject not in told))}
    judged: Judged = []
    for cluster in clusters:
        derived = rulebook.derive(cluster, context, around)
        lead = [{"lead": cluster[0].subject}] if len(cluster) > 1 else []
        judged += [(s, _with_ties(derived[s.subject], bonds.get(s.subject), lead)) for s in cluster]
    return judged


def _with_ties(derived: Derived, told: Ties | None, lead: list[Row]) -> Derived:
    """What follows, with whom the subject is one, and why; `told` is None if never with any."""
    if told is None:
        return derived
    return replace(derived, rows={**derived.rows, **ties.rows(told), "member": lead})


def ties_told(rulebook: Rulebook, streams: Iterable[Stream]) -> dict[str, Ties]:
    """What those say of who is one with whom that can be one with another."""
    told = ((stream.subject, ties_of(rulebook, stream)) for stream in streams)
    return {name: each for name, each in told if each is not None}


def _shared(
    connection: Connection, rulebook: Rulebook, township: str, judged: Judged
) -> dict[str, set[tuple[Any, ...]]]:
    """The rows of these subjects that others are judged by, as they stand."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    names = [stream.subject for stream, _ in judged]
    for table in rulebook.shared:
        for chunk in in_chunks(names):
            rows = connection.execute(
                sa.select(table).where(table.c.township == township, table.c.subject.in_(chunk))
            )
            for row in rows:
                found.setdefault(row.subject, set()).add((table.name, *row[2:]))
    return found


def _seen(rulebook: Rulebook, derived: Derived) -> set[tuple[Any, ...]]:
    """The rows of one subject that others are judged by, as they are about to be."""
    return {
        (table.name, *[row[name] for name in names_of(table)[2:]])
        for table in rulebook.shared
        for row in derived.rows.get(table.name, ())
    }


def _delete(
    connection: Connection, tables: Collection[Table], township: str, subjects: list[str]
) -> None:
    for chunk in in_chunks(subjects):
        for table in tables:
            connection.execute(deleting(table), {"of": township, "subjects": chunk})


# Built once for each table: building a statement costs more than running it.
@lru_cache
def deleting(table: Table) -> Delete:
    """The statement that deletes the rows of `subjects` in the township `of`."""
    return sa.delete(table).where(
        table.c.township == sa.bindparam("of"),
        table.c.subject.in_(sa.bindparam("subjects", expanding=True)),
    )


def _insert(into: Gathered, rulebook: Rulebook, judged: Judged) -> None:
    gathered: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in rulebook.tables}
    values = {table.name: _values_of(table) for table in rulebook.tables}
    for stream, derived in judged:
        whose = stream.township, stream.subject
        for name, rows in derived.rows.items():
            if rows and name not in gathered:
                raise AssertionError(f"rows for a table that nobody declared: {name}")
            for row in rows:
                gathered[name].append(whose + values[name](row))
    for table in rulebook.tables:
        into.insert(table, gathered[table.name])


@lru_cache
def _values_of(table: Table) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes the values of a row, but for the township and the subject, in their order."""
    names = names_of(table)[2:]
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


def _place(
    gathered: Gathered,
    township: str,
    judged: Judged,
    areas_before: Mapping[str, str],
    change: int,
) -> int:
    """Note where each subject is now and that it changed; where it left, leave word."""
    connection = gathered.connection
    placed: list[tuple[Any, ...]] = []
    left: list[tuple[str, str, str, int]] = []
    for stream, derived in judged:
        change += 1
        before = areas_before.get(stream.subject)
        if before is not None and before != derived.area:
            left.append((township, stream.subject, before, change))
        placed.append(
            (township, stream.subject, derived.area, stream.first_seq, stream.last_seq, change)
        )
    old = [stream.subject for stream, _ in judged if stream.subject in areas_before]
    for chunk in in_chunks(old):
        connection.execute(deleting(subject), {"of": township, "subjects": chunk})
    gathered.insert(subject, placed)
    for _, name, area, _ in left:
        connection.execute(
            sa.delete(departure).where(
                departure.c.township == township,
                departure.c.subject == name,
                departure.c.area == area,
            )
        )
    gathered.insert(departure, left)
    return change
