"""What makes records one: the ID numbers that they tell, and the latest decision. Pure."""

from collections.abc import Sequence

from tongxin.base import id_numbers
from tongxin.base.clock import day_of, from_ms
from tongxin.ledger.facts import REGISTRATION, Entry, Fact
from tongxin.ledger.kinds import Approved, MarkSetAside, TakenBack
from tongxin.ledger.ties import Ties, tie
from tongxin.registry.identity.facts import Decided, PeopleJoined

_NUMBER = "id:"


def ties_of(entries: Sequence[Entry]) -> Ties:
    """The marks that somebody bears, and those that were set aside. Pure."""
    tellers = _tellers(entries)
    if not tellers:
        return Ties()
    aside = _set_aside(entries)
    borne = frozenset(mark for mark, facts in tellers.items() if facts - aside)
    return Ties(borne, aside=frozenset(tellers) - borne)


def marks(entries: Sequence[Entry]) -> frozenset[str]:
    """The valid ID numbers that somebody's facts tell, as marks: for each purpose the latest.

    Of whatever pillar's fact, the field `id_number` is that of the person it is about. Told again
    in the same episode, another number corrects the first; registered again without one, somebody
    has none. Format, day of birth and check character decide; a region that no list knows decides
    nothing. What was set aside (`ledger.mark_set_aside`) is not among them.
    """
    return ties_of(entries).marks


def tellers(entries: Sequence[Entry], mark: str) -> list[str]:
    """The facts by which somebody bears this mark, by their ids."""
    return sorted(_tellers(entries).get(mark, set()) - _set_aside(entries))


def _tellers(entries: Sequence[Entry]) -> dict[str, set[str]]:
    """Each mark that counts as told, and the facts that tell it; set aside or not."""
    latest: dict[str, tuple[tuple[int, str], str]] = {}
    for entry in entries:
        number = _number(entry)
        if number is not None:
            said = (entry.when, number)
            latest[entry.header.purpose] = max(latest.get(entry.header.purpose, said), said)
    found: dict[str, set[str]] = {}
    for (_, fact), number in latest.values():
        if number:
            found.setdefault(_NUMBER + number, set()).add(fact)
    return found


def _set_aside(entries: Sequence[Entry]) -> set[str]:
    """The facts whose numbers tie nobody by themselves."""
    return {
        fact for entry in entries if isinstance(entry.body, MarkSetAside)
        for fact in entry.body.facts
    }  # fmt: skip


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


def may_mark(body: Fact) -> bool:
    """Whether recording this may give a person a mark: by a number, or by what no longer counts."""
    return bool(getattr(body, "id_number", None)) or isinstance(body, TakenBack | Approved)
