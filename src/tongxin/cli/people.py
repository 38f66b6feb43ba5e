"""`tongxin explain`: one subject, from the ledger itself, without personal fields."""

from collections.abc import Mapping
from datetime import datetime

import click
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.access.queries import names
from tongxin.arrivals.retention import forget_at
from tongxin.base.clock import from_ms, system_clock
from tongxin.base.ids import kind_of, subject_id
from tongxin.base.texts import Text
from tongxin.catalogue import KINDS, plans
from tongxin.cli.frame import (
    Looking,
    Where,
    answer,
    as_json,
    home_of,
    language,
    located,
    looking,
    one_township,
    say,
    tell,
)
from tongxin.ledger import opening
from tongxin.ledger.clusters import cluster_of
from tongxin.ledger.facts import CLOCK, INIT, Stream, Struck
from tongxin.ledger.shaping import context_of
from tongxin.ledger.tables import HEADER_COLUMNS, fact
from tongxin.policy.engine import standing_at
from tongxin.policy.explain import Topic, spoken_instant
from tongxin.policy.explain import explain as in_lines
from tongxin.policy.judgement import Judgement
from tongxin.registry.identity.bonds import Bond, bonds_of
from tongxin.registry.rules import Judged

_HEADINGS = {
    Topic.BRING: Text("要带的", "To bring"),
    Topic.STANDING: Text("状态", "Standing"),
    Topic.WHY: Text("理由", "Why"),
    Topic.UNTIL: Text("期限", "Until"),
    Topic.ASKED: Text("要做的", "Asked"),
    Topic.MISSED: Text("漏做或迟做", "Missed or late"),
    Topic.OWED: Text("应得的", "Owed"),
    Topic.OBJECT: Text("异议", "To object"),
    Topic.DOUBT: Text("疑点", "In doubt"),
    Topic.PACK: Text("政策包", "Pack"),
}


class Said(Struct, frozen=True):
    """One sentence, the facts behind it, the clause, and where the clause is found."""

    topic: str
    text: Text
    facts: tuple[str, ...]
    clause: Text | None
    source: Text | None
    place: str = ""
    places: tuple[str, ...] = ()


class Duty(Struct, frozen=True):
    """One task of the plan, done or owed."""

    task: str
    label: Text
    due_at: datetime
    done_at: datetime | None
    overdue: bool


class Episode(Struct, frozen=True):
    """Where one episode stands. From `forget_at` on nobody need approve that it is forgotten."""

    episode: str
    standing: str
    until: datetime | None
    forget_at: datetime | None
    lines: tuple[Said, ...]
    tasks: tuple[Duty, ...]


class Happened(Struct, frozen=True):
    """One fact of the timeline. What was said in it is not shown; `readable`: its key lives.

    `taken_back`: it no longer counts, by whom and why.
    """

    seq: int
    id: str
    kind: str
    title: Text
    happened_at: datetime
    recorded_at: datetime
    author: str
    readable: bool
    taken_back: "Back | None" = None


class Back(Struct, frozen=True):
    """Who took a fact back, when and why; `approved_by` is the second person where one decided."""

    by: str
    at: datetime
    reason: str
    approved_by: str | None


class Explained(Struct, frozen=True):
    """All that the ledger says of a subject, besides personal fields.

    `records` are all that are one with it, the lead first, and `bonds` why; `episodes` are the
    journeys of all of them together, the timeline is that of the one asked for.
    """

    township: str
    subject: str
    area: str
    forgotten: tuple[str, ...]
    records: tuple[str, ...]
    bonds: tuple[Bond, ...]
    episodes: tuple[Episode, ...]
    timeline: tuple[Happened, ...]


@click.command(
    "explain", short_help=say("说明一个人为什么是现在的状态", "why somebody stands as he does"),
    help=say(
        "从账本说明一个对象：状态、理由（记录、条款、出处）、期限、应得、异议、任务、经过。"
        "不显示姓名等个人信息。",
        "Explain a subject from the ledger: standing, why (facts, clause, source), until when, "
        "what is owed, how to object, tasks, timeline. Personal fields are not shown.",
    ),
)  # fmt: skip
@click.argument("subject")
@one_township
@as_json
@located
def explain(where: Where, subject: str, township: str | None, as_json: bool) -> None:
    """Explain one subject."""
    wanted = subject_id(subject, "subject")
    with looking(where, township) as seen, seen.database.reading() as connection:
        home = home_of(connection, seen.townships, wanted)
        found = _explained(seen, connection, home, wanted, system_clock())
    if as_json:
        answer(found)
    else:
        _show(found)


def _explained(
    seen: Looking, connection: Connection, township: str, subject: str, now: datetime
) -> Explained:
    records = cluster_of(connection, seen.keys, KINDS, township, subject)
    stream = next(each for each in records if each.subject == subject)
    context = context_of(connection, seen.keys, seen.rulebook, township)
    judged: Mapping[str, Judged] = plans(records, context) if kind_of(subject) == "person" else {}
    return Explained(
        township, subject, stream.last_area, tuple(sorted(stream.forgotten)),
        tuple(each.subject for each in records),
        tuple(bonds_of(connection, seen.keys, KINDS, township, records)),
        tuple(_episode(name, each, now) for name, each in judged.items()),
        _timeline(connection, township, subject, stream),
    )  # fmt: skip


def _episode(name: str, judged: Judged, now: datetime) -> Episode:
    standing = standing_at(judged.plan, now)
    lines = in_lines(Judgement(judged.plan, standing), judged.pack)
    return Episode(
        name, standing.word, standing.until, forget_at(judged),
        tuple(
            Said(
                line.topic, line.text, line.facts, line.clause, line.source, line.place,
                line.places,
            )
            for line in lines
        ),
        tuple(
            Duty(task.key, task.label, task.due_at, task.done_at, task.overdue_at(now))
            for task in judged.plan.tasks
        ),
    )  # fmt: skip


def _timeline(
    connection: Connection, township: str, subject: str, stream: Stream
) -> tuple[Happened, ...]:
    readable = {entry.id for entry in stream.readable}
    struck = {each.entry.id: each for each in stream.struck}
    called = {CLOCK: say("时钟", "the clock"), INIT: say("初始化", "init")}
    called |= names(connection, township)
    rows = connection.execute(
        sa.select(*HEADER_COLUMNS)
        .where(fact.c.township == township, fact.c.subject == subject)
        .order_by(fact.c.seq)
    )
    headers = [opening.header_of(tuple(row)) for row in rows]
    return tuple(
        Happened(
            header.seq, header.id, header.kind, KINDS[header.kind].title,
            from_ms(header.happened_at), from_ms(header.recorded_at),
            called.get(header.author, header.author), header.id in readable,
            _back(struck[header.id], called) if header.id in struck else None,
        )
        for header in headers
    )  # fmt: skip


def _back(struck: Struck, names: Mapping[str, str]) -> Back:
    by, second = struck.by.header, struck.approved
    approver = second.header.author if second else None
    return Back(
        names.get(by.author, by.author), from_ms((second or struck.by).header.happened_at),
        getattr(struck.by.body, "reason", ""), approver and names.get(approver, approver),
    )  # fmt: skip


def _show(found: Explained) -> None:
    click.echo(f"{found.subject}  ({found.area})")
    if len(found.records) > 1:
        tell("合并判断的记录：{which}", "Records judged as one: {which}",
             which=" ".join(found.records))  # fmt: skip
    for bond in found.bonds:
        _show_bond(bond)
    for episode in found.episodes:
        _show_episode(episode)
    if found.forgotten:
        tell("已销毁：{what}", "Forgotten: {what}", what="、".join(found.forgotten))
    tell("经过：", "Timeline:")
    for each in found.timeline:
        title = each.title.spoken(language())
        gone = "" if each.readable else say("（已销毁）", " (forgotten)")
        at = _at(each.happened_at)
        click.echo(f"  {each.seq:>6}  {at}  {title}{gone}  {each.author}  {each.id}")
        if each.taken_back:
            _show_back(each.taken_back)


def _show_bond(bond: Bond) -> None:
    click.echo(f"  {bond.one} = {bond.other}" if bond.holds else f"  {bond.one} ≠ {bond.other}")
    if bond.number:
        tell("      身份证号相同", "      the same ID number")
    if (told := bond.decision) is not None:
        found = say("同一人", "one person") if told.together else say("不同的人", "two people")
        tell("      {name} {at} 认定为{found}。理由：{why}",
             "      {name} found them to be {found}, {at}. Why: {why}", name=told.name,
             at=_at(told.at), found=found, why=told.reason)  # fmt: skip


def _show_back(back: Back) -> None:
    second = say("，{name}批准", ", approved by {name}", name=back.approved_by)
    tell("          已撤回，不再计算：{by}{second}，{at}。理由：{why}",
         "          Taken back, counts no more: {by}{second}, {at}. Why: {why}", by=back.by,
         second=second if back.approved_by else "", at=_at(back.at), why=back.reason)  # fmt: skip


def _show_episode(episode: Episode) -> None:
    tell("行程 {it}", "Episode {it}", it=episode.episode)
    for line in episode.lines:
        heading = _HEADINGS[Topic(line.topic)].spoken(language())
        named = "、".join((line.place, *line.places) if line.place else line.places)
        place = f" [{named}]" if named else ""
        click.echo(f"  {heading}: {line.text.spoken(language())}{place}")
        if line.clause and line.source:
            clause, source = line.clause.spoken(language()), line.source.spoken(language())
            click.echo(f"      {clause} — {source}")
        if line.facts:
            tell("      依据记录 {facts}", "      by facts {facts}", facts=" ".join(line.facts))
    for task in episode.tasks:
        if task.done_at is not None:
            tell("  已做: {label}，{at}", "  Done: {label}, {at}",
                 label=task.label.spoken(language()), at=_at(task.done_at))  # fmt: skip
    if episode.forget_at is None:
        tell("  保存: 行程尚未结束，还没有销毁日。",
             "  Kept: it has not ended, so there is no day of forgetting.")  # fmt: skip
    else:
        tell("  保存: 到 {at} 为止，此后可不经审批销毁。",
             "  Kept: until {at}; from then on it may be forgotten without approval.",
             at=_at(episode.forget_at))  # fmt: skip


def _at(moment: datetime) -> str:
    return spoken_instant(moment).spoken(language())


COMMANDS = (explain,)
