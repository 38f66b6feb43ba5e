"""What makes two records one human being: equal marks, and what was decided. Pure.

A *mark* is something that only one human being has, as a valid ID number. A *tie* is a word about
two records: that they are one, or that they are not. Records are one if they share a mark or were
joined, and nobody parted the two; and whoever is one with one of them is one with both.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from msgspec import Struct

from tongxin.ledger.facts import Row, Stream
from tongxin.ledger.kinds import Forgotten

MOST_ALIKE: Final = 300
"""A mark that more records bear than this marks nobody.

Lists are filled with one number for everybody whose own is not at hand. A thousand people are not
one, and to judge them together at each new one would stop the writer. This is a choice of the
program's design; somebody who comes by a checkpoint every day for months stays below it.
"""


class Tie(Struct, frozen=True):
    """A word about two records, `one` before `other`: that they are one human being, or not."""

    one: str
    other: str
    together: bool


class Ties(Struct, frozen=True):
    """The marks that a subject bears, and what its facts say about two records.

    `aside` are marks that were told of it by somebody without a say over all who bear them: they
    make it one with nobody, and somebody with that say is asked.
    """

    marks: frozenset[str] = frozenset()
    said: frozenset[Tie] = frozenset()
    aside: frozenset[str] = frozenset()

    def named(self) -> set[str]:
        """All whom these ties speak of by id."""
        return {name for each in self.said for name in (each.one, each.other)}


NONE: Final = Ties()


def tie(one: str, other: str, together: bool) -> Tie:
    """A word about two, whichever is named first."""
    return Tie(min(one, other), max(one, other), together)


def certified(stream: Stream) -> frozenset[Tie]:
    """With whom a forgotten record was one: its marks are gone, and its counts stay with theirs."""
    return frozenset(
        tie(stream.subject, other, True)
        for entry in stream.entries
        if isinstance(entry.body, Forgotten)
        for other in entry.body.joined
    )


def rows(ties: Ties) -> dict[str, list[Row]]:
    """Rows of `mark`, `mark_aside` and `tie`."""
    marks: list[Row] = [{"mark": mark} for mark in sorted(ties.marks)]
    aside: list[Row] = [{"mark": mark} for mark in sorted(ties.aside)]
    said: list[Row] = [
        {"one": each.one, "other": each.other, "together": each.together}
        for each in sorted(ties.said, key=lambda each: (each.one, each.other))
    ]
    return {"mark": marks, "mark_aside": aside, "tie": said}


class Web(Struct):
    """Marks and ties around some records: enough to say who is next to each of them."""

    marks: dict[str, frozenset[str]]
    bearers: dict[str, set[str]]
    said: dict[str, set[Tie]]

    def next_to(self, name: str) -> set[str]:
        """Those whom one step leads to; all about `name` has to be here."""
        near = {
            other
            for mark in self.marks.get(name, ())
            if len(self.bearers[mark]) <= MOST_ALIKE
            for other in self.bearers[mark]
        }
        apart: set[str] = set()
        for each in self.said.get(name, ()):
            other = each.other if each.one == name else each.one
            (near if each.together else apart).add(other)
        return near - apart - {name}

    def say(self, ties: Iterable[Tie]) -> None:
        """Take these words up, for both of whom they speak."""
        for each in ties:
            self.said.setdefault(each.one, set()).add(each)
            self.said.setdefault(each.other, set()).add(each)


def components(neighbours: Mapping[str, Collection[str]]) -> list[frozenset[str]]:
    """Those who are one, by the first of their names; every neighbour has neighbours too."""
    left = set(neighbours)
    found = []
    for name in sorted(neighbours):
        if name not in left:
            continue
        reached, waiting = {name}, [name]
        while waiting:
            more = set(neighbours[waiting.pop()]) - reached
            reached |= more
            waiting += more
        left -= reached
        found.append(frozenset(reached))
    return found
