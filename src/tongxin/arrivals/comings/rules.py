"""Declaration, passage and finding of one journey put side by side. Pure.

Each fact has an anchor instant: when somebody is expected, passed or was met. Planned and actual
stay apart. Where several of a kind speak, the one told last (`happened_at`) counts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from tongxin.arrivals.calls.facts import AwayCalled
from tongxin.arrivals.declarations.facts import ReturnCalledOff, ReturnDeclared
from tongxin.arrivals.facts import ArrivalRecorded
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.passages.facts import HandedOver, PassageRecorded, WentBack
from tongxin.base.clock import day_of, from_ms, to_ms
from tongxin.base.masking import NOT_TOLD
from tongxin.ledger.facts import Entry, Fact

T = TypeVar("T", bound=Fact)


class Word(StrEnum):
    """How far a coming has come. What depends on the time (a no-show) is compared when read."""

    EXPECTED = "expected"
    CALLED_OFF = "called_off"
    CAME = "came"  # as declared
    UNANNOUNCED = "unannounced"  # came, and nobody had told
    ELSEWHERE = "elsewhere"  # bound for another township
    WENT_BACK = "went_back"  # stood at a post and went back
    SOUGHT = "sought"  # looked for at a door, and neither declared nor come


class Coming(Struct, frozen=True):
    """One journey: what was planned, what came of it, and the fact that tells most of the person.

    `about` is the entry whose personal fields are shown: the latest passage, arrival or finding
    met, else the declaration. `declared_at` is when it was first told; `in_time` whether that was
    early enough (None: the pack does not say, or it was never declared). `came_by` is the entry
    of the arrival. `passage` is the latest at a checkpoint, `taken_over` the handing over after it.
    """

    word: Word
    about: Entry
    declared: Entry | None
    declared_at: datetime | None
    planned_at: datetime | None
    in_time: bool | None
    came_by: Entry | None
    came_at: datetime | None
    passage: Entry | None
    taken_over: Entry | None

    @property
    def at(self) -> datetime:
        """The instant by which lists are sorted: of the coming, else of the plan."""
        found = self.came_at or self.planned_at
        return found if found is not None else from_ms(self.about.header.happened_at)


def elsewhere(entry: Entry) -> str:
    """The other township that somebody at the post was bound for; empty where it is this one."""
    body = entry.body
    if not isinstance(body, PassageRecorded) or body.bound_for == entry.header.township:
        return ""
    return body.bound_for


def arrived(entry: Entry) -> ArrivalRecorded | None:
    """What a fact says as an arrival in this township, or None where it tells of none.

    Somebody bound for another township has not arrived in this one; whoever is met at a door has.
    """
    match entry.body:
        case ArrivalRecorded() as body:
            return body
        case PassageRecorded() as body if not elsewhere(entry):
            return ArrivalRecorded(
                name=body.name or NOT_TOLD, arrived_at=body.passed_at, from_area=body.from_area,
                from_name=body.from_name, id_number=body.id_number, phone=body.phone,
                address=body.address, stays=body.stays, transport=body.plate,
                celsius=body.celsius, emergency=body.emergency,
            )  # fmt: skip
        case FindingMade(result="met") as body:
            return ArrivalRecorded(
                name=body.name, arrived_at=min(body.came_at or body.visited_at, body.visited_at),
                from_area=body.from_area, from_name=body.from_name, id_number=body.id_number,
                phone=body.phone, address=body.address, stays=body.stays,
            )  # fmt: skip
    return None


def anchor_of(entry: Entry) -> datetime | None:
    """The instant that places a fact in a journey; None for what belongs to one already there."""
    match entry.body:
        case ReturnDeclared(planned_at=at) | FindingMade(visited_at=at):
            return at
        case ArrivalRecorded(arrived_at=at) | PassageRecorded(passed_at=at):
            return at
        case AwayCalled(returns_on=at):
            return at
    return None


def counting(entries: Iterable[Entry]) -> list[Entry]:
    """The facts that still speak: not a declaration that was changed or called off, and not a
    passage after which somebody went back.
    """
    entries = list(entries)
    last = _latest_of(entries, (ReturnDeclared, ReturnCalledOff))
    back = [e.body.went_at for e in entries if isinstance(e.body, WentBack)]
    return [
        entry
        for entry in entries
        if not (isinstance(entry.body, ReturnDeclared) and entry is not last)
        and not (isinstance(entry.body, PassageRecorded) and _undone(entry, back))
    ]


def _undone(passage: Entry, went_back: Sequence[datetime]) -> bool:
    at = _body(passage, PassageRecorded).passed_at
    return any(at <= went for went in went_back)


def coming_of(entries: Sequence[Entry], days_ahead: int | None) -> Coming | None:
    """The coming that the facts of one journey tell of, or None where they tell of none."""
    declared = _latest(entries, ReturnDeclared)
    off = _latest(entries, ReturnCalledOff)
    passage = _latest(entries, PassageRecorded)
    came = min(_arrivals(entries), key=lambda pair: (pair[1], pair[0].id), default=None)
    about = _about(entries, declared)
    if about is None:
        return None
    declared_at = _first_told(entries)
    planned_at = _body(declared, ReturnDeclared).planned_at if declared else None
    return Coming(
        word=_word(came, declared, declared_at, off, passage),
        about=about,
        declared=declared,
        declared_at=declared_at,
        planned_at=planned_at,
        in_time=_in_time(declared_at, planned_at, days_ahead),
        came_by=came[0] if came else None,
        came_at=came[1] if came else None,
        passage=passage,
        taken_over=_taken_over(entries, passage),
    )


def _word(
    came: tuple[Entry, datetime] | None,
    declared: Entry | None,
    declared_at: datetime | None,
    off: Entry | None,
    passage: Entry | None,
) -> Word:
    if came is not None:
        told = declared_at is not None and declared_at <= came[1]
        return Word.CAME if told else Word.UNANNOUNCED
    if passage is not None:
        return Word.ELSEWHERE if elsewhere(passage) else Word.WENT_BACK
    if declared is None:
        return Word.SOUGHT
    if off is not None and _told_last(off) > _told_last(declared):
        return Word.CALLED_OFF
    return Word.EXPECTED


def _arrivals(entries: Iterable[Entry]) -> list[tuple[Entry, datetime]]:
    told = ((entry, arrived(entry)) for entry in counting(entries))
    return [(entry, body.arrived_at) for entry, body in told if body is not None]


def _about(entries: Sequence[Entry], declared: Entry | None) -> Entry | None:
    """Whose personal fields are shown: of who was seen last; else as declared; else as sought."""
    seen = [e for e in entries if isinstance(e.body, PassageRecorded) or arrived(e) is not None]
    if seen:
        return max(seen, key=_told_last)
    return declared or _latest(entries, FindingMade)


def _in_time(
    declared_at: datetime | None, planned_at: datetime | None, days_ahead: int | None
) -> bool | None:
    """Whether it was told so many civil days before: late is said, never punished."""
    if declared_at is None or planned_at is None or days_ahead is None:
        return None
    return day_of(planned_at) - day_of(declared_at) >= timedelta(days=days_ahead)


def _first_told(entries: Iterable[Entry]) -> datetime | None:
    told = [e.header.happened_at for e in entries if isinstance(e.body, ReturnDeclared)]
    return from_ms(min(told)) if told else None


def _taken_over(entries: Iterable[Entry], passage: Entry | None) -> Entry | None:
    """Who took over after the latest passage."""
    found = _latest(entries, HandedOver)
    if found is None or passage is None:
        return None
    at = _body(found, HandedOver).handed_at
    return found if at >= _body(passage, PassageRecorded).passed_at else None


def _latest(entries: Iterable[Entry], kind: type[Fact]) -> Entry | None:
    return _latest_of(entries, (kind,))


def _latest_of(entries: Iterable[Entry], kind: tuple[type[Fact], ...]) -> Entry | None:
    return max((e for e in entries if isinstance(e.body, kind)), key=_told_last, default=None)


def _told_last(entry: Entry) -> tuple[int, str]:
    return entry.header.happened_at, entry.id


def _body(entry: Entry, kind: type[T]) -> T:
    if not isinstance(entry.body, kind):
        raise AssertionError(f"{entry.header.kind} is no {kind.__name__}")
    return entry.body


def ms(moment: datetime | None) -> int | None:
    """An instant as a row holds it."""
    return None if moment is None else to_ms(moment)
