"""What happened, in words: one line a fact, newest first."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tongxin.access.queries import names
from tongxin.arrivals import facts
from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.ledger.facts import CLOCK, INIT, Entry, Fact, Stream
from tongxin.work.facts import TaskDone, TaskOverdue

_MACHINES: Final[Mapping[str, Text]] = {
    CLOCK: Text("系统时钟", "the clock"),
    INIT: Text("初始设置", "set-up"),
}
_NEGATIVE, _POSITIVE = Text("阴性", "negative"), Text("阳性", "positive")


class Event(Struct, frozen=True):
    """One fact in the timeline; `late` says so where it was recorded long after it happened."""

    id: str
    at: int
    what: Text
    who: Text
    late: Text | None
    state: str


def events(desk: Desk, stream: Stream, titles: Mapping[str, Text]) -> list[Event]:
    """All facts of a person that can still be read; `titles` names tasks by their keys."""
    known = names(desk.connection, desk.township)
    found = []
    for entry in stream.entries:
        head = entry.header
        name = known.get(head.author, "?")
        who = _MACHINES.get(head.author, Text(name, name))
        late = None if head.author == CLOCK else _late(head.recorded_at - head.happened_at)
        what = _what(desk.store.rulebook.kinds[head.kind].title, entry, titles)
        found.append(Event(entry.id, head.happened_at, what, who, late, _shape(entry.body)))
    return sorted(found, key=lambda event: (event.at, event.id), reverse=True)


def _late(late_ms: int) -> Text | None:
    """How much later it was recorded than it happened, where that is worth saying."""
    minutes = late_ms // 60_000
    if minutes < 15:
        return None
    if minutes < 120:
        return Text(f"{minutes} 分钟后记录", f"recorded {minutes} minutes later")
    hours = minutes // 60
    if hours < 48:
        return Text(f"{hours} 小时后记录", f"recorded {hours} hours later")
    return Text(f"{hours // 24} 天后记录", f"recorded {hours // 24} days later")


def _what(title: Text, entry: Entry, titles: Mapping[str, Text]) -> Text:
    said = _said(entry.body, titles)
    if said is None:
        return title
    return Text(f"{title.zh}：{said.zh}", f"{title.en}: {said.en}")


def _said(body: Fact, titles: Mapping[str, Text]) -> Text | None:
    """What a fact says beyond its kind."""
    said: Text | None = None
    match body:
        case facts.ArrivalRecorded(from_name=name, from_area=code):
            origin = name or code or "?"
            said = Text(f"来自{origin}", f"from {origin}")
        case facts.TemperatureTaken(celsius=value):
            said = Text(f"{value:.1f} ℃", f"{value:.1f} °C")
        case facts.SwabResulted(positive=positive):
            said = _POSITIVE if positive else _NEGATIVE
        case facts.PlaceAnswered(place=place, inside=inside):
            name = place.partition("#")[2] or place
            was = Text(f"到过{name}", f"was in {name}")
            said = was if inside else Text(f"没到过{name}", f"was not in {name}")
        case TaskOverdue(task=task):
            said = titles.get(task, Text(task, task))
        case TaskDone(task=task, note=note):
            done = titles.get(task, Text(task, task))
            said = Text(f"{done.zh}。{note}", f"{done.en}. {note}") if note else done
    return said


def _shape(body: Fact) -> str:
    match body:
        case facts.SymptomSeen() | facts.SwabResulted(positive=True) | TaskOverdue():
            return "alarm"
        case facts.ArrivalRecorded():
            return "note"
    return "done"
