"""What happened, in words: one line a fact, newest first."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from tongxin.access.queries import names
from tongxin.arrivals import facts
from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.arrivals.exceptions.facts import ExceptionProposed
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.passages.facts import HandedOver
from tongxin.base.clock import from_ms
from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.ledger.corrections import waiting
from tongxin.ledger.facts import CLOCK, EPISODE, INIT, Entry, Fact, Stream, Struck
from tongxin.ledger.kinds import Approved, TakenBack, TakingBackProposed
from tongxin.policy.explain import spoken_instant
from tongxin.registry.corrections import Way, way
from tongxin.work.facts import TaskDone, TaskOverdue

_MACHINES: Final[Mapping[str, Text]] = {
    CLOCK: Text("系统时钟", "the clock"),
    INIT: Text("初始设置", "set-up"),
}
# Of so many places each is named; of more only the number.
_FEW: Final = 3
_RESULTS: Final[Mapping[str, Text]] = {
    "met": Text("见到本人", "met"),
    "absent": Text("敲门没人在", "nobody at home"),
    "refused": Text("有人，不开门或不肯答", "somebody there refused to open or answer"),
}
_NEGATIVE, _POSITIVE = Text("阴性", "negative"), Text("阳性", "positive")


_STRUCK: Final = Text(
    "已撤回：{who}，{when}。理由：{why}", "Taken back by {who}, {when}. Why: {why}"
)
_STRUCK_BY_TWO: Final = Text(
    "已撤回：{who}申请，{second}批准，{when}。理由：{why}",
    "Taken back: proposed by {who}, approved by {second}, {when}. Why: {why}",
)


class Event(Struct, frozen=True):
    """One fact in the timeline; `late` says so where it was recorded long after it happened.

    `struck` says who took it back, when and why; such a fact no longer counts. `waits`: somebody
    proposed to take it back. `way` is how whoever asks may have it taken back. `episode` is told
    of an arrival, so that one that was taken back can be recorded anew. `record` is the one among
    those that are one in which it stands.
    """

    id: str
    record: str
    at: int
    what: Text
    who: Text
    late: Text | None
    state: str
    struck: Text | None = None
    waits: bool = False
    way: str = Way.NOT.value
    episode: str = ""


def events(
    desk: Desk, records: Sequence[Stream], titles: Mapping[str, Text], area: str
) -> list[Event]:
    """All facts of a person in `area` that can still be read; `titles` names tasks by keys."""
    found = [
        told.event(entry)
        for stream in records
        for told in (_Telling(desk, stream, titles, area),)
        for entry in stream.readable
    ]
    return sorted(found, key=lambda event: (event.at, event.id), reverse=True)


class _Telling:
    """What is needed to tell of each fact: names, what was taken back, what is proposed."""

    def __init__(self, desk: Desk, stream: Stream, titles: Mapping[str, Text], area: str) -> None:
        self.desk, self.titles, self.area = desk, titles, area
        self.known = names(desk.connection, desk.township)
        self.struck = {each.entry.id: each for each in stream.struck}
        self.waiting = waiting(stream.entries, stream.struck)
        self.entries = {entry.id: entry for entry in stream.readable}

    def event(self, entry: Entry) -> Event:
        head, struck = entry.header, self.struck.get(entry.id)
        late = None if head.author == CLOCK else _late(head.recorded_at - head.happened_at)
        _, _, episode = head.purpose.partition(f"{EPISODE}:")
        return Event(
            entry.id, head.subject, head.happened_at, self._what(entry),
            self._name(head.author), late, _shape(entry.body),
            struck=self._struck(struck) if struck else None,
            waits=entry.id in self.waiting,
            way=(Way.NOT if struck else way(self.desk, self.area, entry)).value,
            episode=episode if isinstance(entry.body, facts.ArrivalRecorded) else "",
        )  # fmt: skip

    def _name(self, author: str) -> Text:
        name = self.known.get(author, "?")
        return _MACHINES.get(author, Text(name, name))

    def _what(self, entry: Entry) -> Text:
        title = self.desk.store.rulebook.kinds[entry.header.kind].title
        said = _said(entry.body, self.titles)
        if isinstance(entry.body, TakenBack | TakingBackProposed):
            said = self._wish(entry.body)
        if isinstance(entry.body, Approved) and entry.body.proposal in self.entries:
            said = self._what(self.entries[entry.body.proposal])
        if said is None:
            return title
        return Text(f"{title.zh}：{said.zh}", f"{title.en}: {said.en}")

    def _wish(self, body: TakenBack | TakingBackProposed) -> Text:
        """Which fact is to be taken back; one that is not here yet has only its id."""
        fact = self.entries.get(body.fact)
        what = self._what(fact) if fact else Text(body.fact, body.fact)
        return Text(f"“{what.zh}”。{body.reason}", f"“{what.en}”. {body.reason}")

    def _struck(self, struck: Struck) -> Text:
        by, second = struck.by, struck.approved
        at = spoken_instant(from_ms((second or by).header.happened_at))
        who = self._name(by.header.author)
        approver = self._name(second.header.author) if second else Text("", "")
        form = _STRUCK_BY_TWO if second else _STRUCK
        why = getattr(by.body, "reason", "")
        return Text(
            form.zh.format(who=who.zh, second=approver.zh, when=at.zh, why=why),
            form.en.format(who=who.en, second=approver.en, when=at.en, why=why),
        )


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


def _named(place: str) -> str:
    return place.partition("#")[2] or place


def _answered(asked: Sequence[str], inside: Sequence[str]) -> Text:
    """In which of the places the person was; of many, only how many there were."""
    count = len(asked)
    if inside:
        zh, en = "、".join(inside), ", ".join(inside)
        return Text(f"{count} 个地方中到过{zh}", f"of {count} places was in {en}")
    if count > _FEW:
        return Text(f"{count} 个地方都没到过", f"was in none of {count} places")
    return Text(f"没到过{'、'.join(asked)}", f"was not in {', '.join(asked)}")


def _said(body: Fact, titles: Mapping[str, Text]) -> Text | None:
    """What a fact says beyond its kind."""
    said: Text | None = None
    match body:
        case facts.ArrivalRecorded(from_name=name, from_area=code):
            origin = name or code or "?"
            said = Text(f"来自{origin}", f"from {origin}")
        case ReturnDeclared(planned_at=at):
            when = spoken_instant(at)
            said = Text(f"打算 {when.zh} 到", f"means to arrive {when.en}")
        case FindingMade(result=result, note=note):
            found = _RESULTS[result]
            said = Text(f"{found.zh}。{note}", f"{found.en}. {note}") if note else found
        case HandedOver(to=to) if to:
            said = Text(to, to)
        case facts.TemperatureTaken(celsius=value):
            said = Text(f"{value:.1f} ℃", f"{value:.1f} °C")
        case facts.SwabResulted(positive=positive):
            said = _POSITIVE if positive else _NEGATIVE
        case facts.PlaceAnswered(place=place, inside=inside):
            name = _named(place)
            was = Text(f"到过{name}", f"was in {name}")
            said = was if inside else Text(f"没到过{name}", f"was not in {name}")
        case facts.PlacesAnswered(asked=asked, inside=inside):
            said = _answered([_named(p) for p in asked], [_named(p) for p in inside])
        case ExceptionProposed(reason=reason, from_=since, until=until):
            span = Text("{since} 至 {until}", "{since} to {until}").filled(
                since=spoken_instant(since), until=spoken_instant(until)
            )
            said = Text(f"{reason}（{span.zh}）", f"{reason} ({span.en})")
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
