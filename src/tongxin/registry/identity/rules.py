"""What makes records one: the ID numbers that they tell, and the latest decision. Pure."""

from collections.abc import Sequence

from tongxin.base import id_numbers
from tongxin.base.clock import day_of, from_ms
from tongxin.ledger.facts import REGISTRATION, Entry
from tongxin.ledger.ties import Ties, tie
from tongxin.registry.identity.facts import Decided, PeopleJoined

_NUMBER = "id:"


def marks(entries: Sequence[Entry]) -> frozenset[str]:
    """The valid ID numbers that somebody's facts tell, as marks: for each purpose the latest.

    Of whatever pillar's fact, the field `id_number` is that of the person it is about. Told again
    in the same episode, another number corrects the first; registered again without one, somebody
    has none. Format, day of birth and check character decide; a region that no list knows decides
    nothing.
    """
    latest: dict[str, tuple[tuple[int, str], str]] = {}
    for entry in entries:
        number = _number(entry)
        if number is not None:
            said = (entry.when, number)
            latest[entry.header.purpose] = max(latest.get(entry.header.purpose, said), said)
    return frozenset(_NUMBER + number for _, number in latest.values() if number)


def _number(entry: Entry) -> str | None:
    """The valid number that a fact tells; "" where it says that there is none, None if nothing."""
    told = getattr(entry.body, "id_number", None)
    if told and _is_sound(told, entry):
        return str(told)
    return None if told is None or entry.header.purpose != REGISTRATION else ""


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
    if not id_numbers.is_valid(number):
        return False
    born = id_numbers.born_on(number)
    return born is not None and born <= day_of(from_ms(entry.header.recorded_at))
