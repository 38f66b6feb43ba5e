"""What makes records one: the ID numbers that they tell, and the latest decision. Pure."""

from collections.abc import Sequence

from tongxin.base import id_numbers
from tongxin.base.clock import day_of, from_ms
from tongxin.ledger.facts import Entry
from tongxin.ledger.ties import Ties, tie
from tongxin.registry.identity.facts import Decided, PeopleJoined

_NUMBER = "id:"


def marks(entries: Sequence[Entry]) -> frozenset[str]:
    """The valid ID numbers that somebody's facts tell, as marks.

    Of whatever pillar's fact, the field `id_number` is that of the person it is about. Format, day
    of birth and check character decide; a region that no list knows decides nothing.
    """
    told = ((getattr(entry.body, "id_number", ""), entry) for entry in entries)
    return frozenset(_NUMBER + number for number, entry in told if _is_sound(number, entry))


def number_of(mark: str) -> str:
    """The ID number that a mark is."""
    return mark.removeprefix(_NUMBER)


def decision(entries: Sequence[Entry]) -> Entry | None:
    """The decision that counts of those about two people: the latest to have happened."""
    decided = [entry for entry in entries if isinstance(entry.body, Decided)]
    return max(decided, key=lambda entry: entry.when, default=None)


def decided(entries: Sequence[Entry]) -> Ties:
    """What was decided about two people."""
    latest = decision(entries)
    if latest is None or not isinstance(latest.body, Decided):
        return Ties()
    together = isinstance(latest.body, PeopleJoined)
    return Ties(said=frozenset({tie(latest.body.one, latest.body.other, together)}))


def _is_sound(number: str, entry: Entry) -> bool:
    """Whether a number is valid and of somebody who was born when it was recorded."""
    if not number or not id_numbers.is_valid(number):
        return False
    born = id_numbers.born_on(number)
    return born is not None and born <= day_of(from_ms(entry.header.recorded_at))
