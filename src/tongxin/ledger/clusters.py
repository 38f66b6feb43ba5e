"""Who is judged together: records that are one human being, found by index around those touched.

The tables `mark` and `tie` hold what each subject's own facts say; `member` holds what follows.
Only what changed is followed: a record whose marks and ties are what they were is one with whom it
was one with before.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy import Column, Connection, Select, Table

from tongxin.ledger import opening, ties
from tongxin.ledger.facts import Kind, Stream
from tongxin.ledger.keys import Keys
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.rulebook import Rulebook
from tongxin.ledger.tables import mark, member, tie
from tongxin.ledger.ties import Tie, Ties, Web

Component = frozenset[str]


def ties_of(rulebook: Rulebook, stream: Stream) -> Ties | None:
    """What a stream says of who is one with whom; None for what is never one with another."""
    told = rulebook.ties(stream)
    if told is None:
        return None
    certified = ties.certified(stream)
    return replace(told, said=told.said | certified) if certified else told


def cluster_of(
    connection: Connection, keys: Keys, kinds: Mapping[str, Kind], township: str, subject: str
) -> list[Stream]:
    """The streams of all that are one with a subject, the lead first; none where it is unknown."""
    found = clusters_of(connection, keys, kinds, township, [subject])
    return found[0] if found else []


def clusters_of(
    connection: Connection,
    keys: Keys,
    kinds: Mapping[str, Kind],
    township: str,
    subjects: Collection[str],
) -> list[list[Stream]]:
    """For each cluster that one of these subjects is in, its streams, the lead first."""
    components = Clusters(connection, township).stored(subjects)
    names = set().union(*components)
    return gathered(components, opening.streams(connection, keys, kinds, township, names))


def gathered(components: Iterable[Component], streams: Mapping[str, Stream]) -> list[list[Stream]]:
    """The streams of each cluster, its lead first; of whom nothing is known, nothing is."""
    found = ([streams[n] for n in sorted(names) if n in streams] for names in components)
    return [cluster for cluster in found if cluster]


def keeper(records: Sequence[Stream], purpose: str) -> str:
    """Which of these records, that are one, is to be told what is kept for this purpose.

    That which already has facts of it, so that they stay together where the records are parted.
    """
    for stream in records:
        if any(entry.header.purpose == purpose for entry in stream.readable):
            return stream.subject
    return records[0].subject


def lead_of(connection: Connection, township: str, subject: str) -> str:
    """The first of the records that are one with this one: whose rows all of them have.

    It says nothing about anybody, so it takes no remit.
    """
    known: str | None = connection.scalar(
        sa.select(member.c.lead).where(member.c.township == township, member.c.subject == subject)
    )
    return known or subject


def _in(table: Table, column: Column[Any], *wanted: Column[Any]) -> Select[Any]:
    """Built once, for every group needs it: building a statement costs more than running it."""
    return sa.select(*wanted).where(
        table.c.township == sa.bindparam("of"), column.in_(sa.bindparam("names", expanding=True))
    )


_MARKS: Final = _in(mark, mark.c.subject, mark.c.subject, mark.c.mark)
_BEARERS: Final = _in(mark, mark.c.mark, mark.c.mark, mark.c.subject)
_SAID: Final = (tie.c.subject, tie.c.one, tie.c.other, tie.c.together)
_SAID_BY: Final = _in(tie, tie.c.subject, *_SAID)
_NAMES: Final[sa.BindParameter[Any]] = sa.bindparam("names", expanding=True)
_SAID_OF: Final = sa.select(*_SAID).where(
    tie.c.township == sa.bindparam("of"), sa.or_(tie.c.one.in_(_NAMES), tie.c.other.in_(_NAMES))
)
_LEADS: Final = _in(member, member.c.subject, member.c.subject, member.c.lead)
_MEMBERS: Final = _in(member, member.c.lead, member.c.lead, member.c.subject)


class Clusters:
    """Clusters of one township, as its tables tell them and as some subjects' facts change them."""

    def __init__(self, connection: Connection, township: str) -> None:
        self._connection, self._township = connection, township

    def stored(self, names: Collection[str]) -> list[Component]:
        """The clusters that these were in when last judged; whoever is one with nobody is alone."""
        leads = dict(self._ask(_LEADS, names))
        mates: dict[str, set[str]] = {}
        for lead, name in self._ask(_MEMBERS, set(leads.values())):
            mates.setdefault(lead, set()).add(name)
        alone = [frozenset({name}) for name in sorted(set(names) - leads.keys())]
        return [frozenset(found) for _, found in sorted(mates.items())] + alone

    def told(self, names: Collection[str]) -> list[Component]:
        """The clusters of these by the marks and ties that stand in the tables."""
        return _Walk(self, {}).around(names)

    def changed(self, now: Mapping[str, Ties], known: Collection[str]) -> list[Component]:
        """The clusters of all who are touched by these subjects' ties as they are now.

        `known` are those of them that had rows before. Whoever was one with anybody touched is in
        a cluster too, also where they are one no longer.
        """
        before = self.ties_of([name for name in now if name in known])
        now = {name: Ties(each.marks, each.said) for name, each in now.items()}
        new = {name: each for name, each in now.items() if each != before.get(name)}
        kept = self.stored([name for name in now if name not in new])
        if not new:
            return kept
        walk = _Walk(self, new)
        start = set(new) | walk.crowded(before)
        for each in (*new.values(), *(before[name] for name in new if name in before)):
            start |= each.named()
        # What were they one with before? Of those just come nobody was.
        mates = self.stored(start - {name for name in new if name not in before})
        found = walk.around(start.union(*mates))
        reached = set().union(*found)
        return found + [each for each in kept if not each & reached]

    def ties_of(self, names: Collection[str]) -> dict[str, Ties]:
        """What each of these bears and says, by its rows."""
        marks, said = self.marks_of(names), dict[str, set[Tie]]()
        for name, *told in self._ask(_SAID_BY, names):
            said.setdefault(name, set()).add(Tie(*told))
        return {name: Ties(marks[name], frozenset(said.get(name, ()))) for name in names}

    def marks_of(self, names: Collection[str]) -> dict[str, frozenset[str]]:
        """The marks that each of these bears."""
        found: dict[str, set[str]] = {name: set() for name in names}
        for name, borne in self._ask(_MARKS, names):
            found[name].add(borne)
        return {name: frozenset(marks) for name, marks in found.items()}

    def bearers_of(self, marks: Collection[str]) -> dict[str, set[str]]:
        """Who bears each of these marks."""
        found: dict[str, set[str]] = {borne: set() for borne in marks}
        for borne, name in self._ask(_BEARERS, marks):
            found[borne].add(name)
        return found

    def said_of(self, names: Collection[str]) -> Iterator[tuple[str, Tie]]:
        """By whom, and what, was said of each of these and another."""
        for name, *told in self._ask(_SAID_OF, names):
            yield name, Tie(*told)

    def _ask(self, query: Select[Any], names: Collection[str]) -> Iterator[Any]:
        for chunk in in_chunks(names):
            yield from self._connection.execute(query, {"of": self._township, "names": chunk})


class _Walk:
    """A walk along marks and ties, where those of `new` are not what the tables tell."""

    def __init__(self, clusters: Clusters, new: Mapping[str, Ties]) -> None:
        self._clusters, self._new = clusters, new
        self._web = Web({name: each.marks for name, each in new.items()}, {}, {})
        self._bearing: dict[str, set[str]] = {}
        for name, each in new.items():
            self._web.say(each.said)
            for borne in each.marks:
                self._bearing.setdefault(borne, set()).add(name)

    def crowded(self, before: Mapping[str, Ties]) -> set[str]:
        """All who bear a mark that so many bear only now, or no longer, that it marks nobody."""
        moved: set[str] = set()
        for name, now in self._new.items():
            moved |= now.marks ^ before.get(name, ties.NONE).marks
        stored = self._clusters.bearers_of(moved)
        found: set[str] = set()
        for borne, old in stored.items():
            self._web.bearers[borne] = self._as_new(borne, old)
            both = (old, self._web.bearers[borne])
            if len({len(bearers) > ties.MOST_ALIKE for bearers in both}) > 1:
                found = found.union(*both)
        return found

    def around(self, start: Collection[str]) -> list[Component]:
        """The clusters of these, one step after the other for all of them at once."""
        neighbours: dict[str, set[str]] = {}
        waiting = set(start)
        while waiting:
            self._learn(waiting)
            found = {name: self._web.next_to(name) for name in waiting}
            neighbours |= found
            waiting = set().union(*found.values()) - neighbours.keys()
        return ties.components(neighbours)

    def _learn(self, names: Collection[str]) -> None:
        """Find out all that says who is next to these."""
        web, clusters = self._web, self._clusters
        web.marks |= clusters.marks_of([name for name in names if name not in web.marks])
        wanted = {borne for name in names for borne in web.marks[name]} - web.bearers.keys()
        for borne, old in clusters.bearers_of(wanted).items():
            web.bearers[borne] = self._as_new(borne, old)
        web.say(told for by, told in clusters.said_of(names) if by not in self._new)

    def _as_new(self, borne: str, old: Collection[str]) -> set[str]:
        """Who bears a mark, where those of `new` bear what they bear now."""
        kept = {name for name in old if name not in self._new}
        return kept | self._bearing.get(borne, set())
