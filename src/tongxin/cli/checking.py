"""`tongxin verify`, `head` and `rebuild`: whether the record is what was recorded."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from msgspec import Struct

from tongxin.base.clock import system_clock
from tongxin.base.texts import Text
from tongxin.cli.frame import (
    FAILED,
    Looking,
    Where,
    answer,
    as_json,
    language,
    located,
    looking,
    one_township,
    refuse_old_shape,
    say,
    tell,
    working,
)
from tongxin.ledger import heads, rebuilding, verifying
from tongxin.ledger.rebuilding import Difference
from tongxin.ledger.tables import daily_head

_MOST_FINDINGS = 20


class Found(Struct, frozen=True):
    """Something that is not as it was recorded, in both languages; `seq` names the entry."""

    seq: int | None
    text: Text


class Verified(Struct, frozen=True):
    """What was looked at in one township, and what is wrong there, the first first."""

    township: str
    facts: int
    forgotten: int
    ok: bool
    findings: tuple[Found, ...]


class Heads(Struct, frozen=True):
    """A township's head now and at the end of the last signed day, as they are printed."""

    township: str
    seq: int
    head: str
    day: str | None
    daily_head: str | None


class Differs(Struct, frozen=True):
    """A derived row that the facts do not say; for a journey, how its label would change."""

    township: str
    subject: str
    table: str
    columns: tuple[str, ...]
    found: str | None
    expected: str | None


class Rebuilt(Struct, frozen=True):
    """How many subjects were judged anew."""

    township: str
    subjects: int


@click.command(
    "verify", short_help=say("核对账本、签名和派生表", "check chain, signatures, derived rows"),
    help=say(
        "核对账本链、签名、日终账本头和派生表；发现第一处不符即指出，退出码 1。"
        " --head 与打印的账本头比较，整体改写也能发现。",
        "Check chain, signatures, daily heads and derived rows; names the first wrong entry and "
        "exits 1. --head compares with a printed head, so that a rewritten chain is found too.",
    ),
)  # fmt: skip
@click.option("--head", "printed", metavar="TEXT|@FILE",
              help=say("打印的账本头", "a printed head"))  # fmt: skip
@one_township
@as_json
@located
def verify(where: Where, printed: str | None, township: str | None, as_json: bool) -> None:
    """Verify all townships, or one."""
    wanted = _heads_in(printed) if printed else []
    with looking(where, township) as seen:
        refuse_old_shape(seen)
        results = [_verified(seen, each, wanted) for each in seen.townships]
        known = {result.township for result in results}
        strangers = [head for head in wanted if head.township not in known]
    sound = all(result.ok for result in results) and not strangers
    if as_json:
        answer({"ok": sound, "townships": results, "unknown": [h.printed for h in strangers]})
    else:
        for result in results:
            _show_verified(result)
        for head in strangers:
            tell("{t}：这里没有它的账本", "{t}: its ledger is not here", t=head.township)
    if not sound:
        raise click.exceptions.Exit(FAILED)


def _verified(seen: Looking, township: str, wanted: list[heads.Head]) -> Verified:
    count = verifying.Count()
    with seen.database.reading() as connection:
        found: Iterator[verifying.Finding] = verifying.verified(
            connection, seen.keys, seen.rulebook, township, count
        )
        findings = [finding for finding, _ in zip(found, range(_MOST_FINDINGS), strict=False)]
        for head in wanted:
            if head.township == township:
                findings += verifying.compared(connection, seen.keys, head)
    return Verified(
        township, count.facts, count.forgotten, not findings,
        tuple(Found(finding.seq, finding.text) for finding in findings),
    )  # fmt: skip


def _show_verified(result: Verified) -> None:
    if result.ok:
        tell("{t}：{n} 条记录，其中 {f} 条已销毁，全部相符",
             "{t}: {n} facts, {f} of them forgotten, all as recorded",
             t=result.township, n=result.facts, f=result.forgotten)  # fmt: skip
    for finding in result.findings:
        what = finding.text.spoken(language())
        if finding.seq is None:
            click.echo(f"{result.township}: {what}")
        else:
            tell("{t}：第 {n} 条：{what}", "{t}: entry {n}: {what}",
                 t=result.township, n=finding.seq, what=what)  # fmt: skip


def _heads_in(printed: str) -> list[heads.Head]:
    """The heads in a text or, after `@`, in a file, such as one that `tongxin head` wrote."""
    text = Path(printed[1:]).read_text(encoding="utf-8") if printed[:1] == "@" else printed
    found = re.findall(r"[1-9]\d{8}:\d+:[0-9a-fA-F]{64}:[0-9a-fA-F]{128}", text)
    return [heads.read(each) for each in found] or [heads.read(text)]


@click.command(
    "head", short_help=say("打印签名的账本头", "print the signed head"),
    help=say(
        "打印当前账本头和最近的日终账本头，供抄录、打印，以后用 verify --head 比较。",
        "Print the head now and the last daily head, to keep on paper and compare later.",
    ),
)  # fmt: skip
@one_township
@as_json
@located
def head(where: Where, township: str | None, as_json: bool) -> None:
    """Print the heads of all townships, or one."""
    with looking(where, township) as seen:
        found = [each for name in seen.townships if (each := _heads_of(seen, name))]
    if as_json:
        answer(found)
        return
    for each in found:
        tell("{t}，第 {n} 条之后：", "{t}, after entry {n}:", t=each.township, n=each.seq)
        click.echo(each.head)
        if each.daily_head:
            tell("{t}，{day} 日终：", "{t}, end of {day}:", t=each.township, day=each.day)
            click.echo(each.daily_head)


def _heads_of(seen: Looking, township: str) -> Heads | None:
    with seen.database.reading() as connection:
        now = heads.current(connection, seen.keys, township, system_clock())
        last = connection.execute(
            sa.select(daily_head)
            .where(daily_head.c.township == township)
            .order_by(daily_head.c.day.desc())
            .limit(1)
        ).first()
    if now is None:
        return None
    daily = heads.Head(township, last.seq, last.hash, last.signature).printed if last else None
    return Heads(township, now.seq, now.printed, last.day if last else None, daily)


@click.command(
    "rebuild", short_help=say("从账本重建派生表", "make the derived tables anew"),
    help=say(
        "从账本和密钥重建全部派生表。--dry-run 只列出会变的行（谁的状态会变），有则退出码 1。",
        "Make all derived tables anew from ledger and keys. --dry-run lists the rows that would "
        "differ (whose standing would change) and exits 1 if there are any.",
    ),
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help=say("只比较，不改动", "compare, change nothing"))
@one_township
@as_json
@located
def rebuild(where: Where, dry_run: bool, township: str | None, as_json: bool) -> None:
    """Rebuild all townships, or one."""
    if dry_run:
        _compare(where, township, as_json=as_json)
        return
    with working(where, township) as (installation, named):
        done = [Rebuilt(each, installation.rebuild(each)) for each in named]
    if as_json:
        answer(done)
    for each in () if as_json else done:
        tell("{t}：重建了 {n} 个对象", "{t}: {n} subjects made anew",
             t=each.township, n=each.subjects)  # fmt: skip


def _compare(where: Where, township: str | None, *, as_json: bool) -> None:
    with looking(where, township) as seen:
        refuse_old_shape(seen)
        found: list[Differs] = []
        for each in seen.townships:
            with seen.database.reading() as connection:
                different = rebuilding.differences(connection, seen.keys, seen.rulebook, each)
                found += [_differs(difference) for difference in different]
    if as_json:
        answer(found)
    else:
        _show_differences(found)
    if found:
        raise click.exceptions.Exit(FAILED)


def _differs(difference: Difference) -> Differs:
    want, have = difference.expected or {}, difference.found or {}
    # Names of tables and columns are SQLAlchemy's own kind of string.
    columns = [str(name) for name in {**want, **have} if want.get(name) != have.get(name)]
    return Differs(
        difference.township, difference.subject, str(difference.table), tuple(columns),
        found=_label(have), expected=_label(want),
    )  # fmt: skip


def _label(row: dict[str, Any]) -> str | None:
    """The judgement that a journey shows; of other rows nothing is shown but where they differ."""
    name = f"label_{language().value}"
    return row.get(name)


def _show_differences(found: list[Differs]) -> None:
    if not found:
        tell("全部相符，重建不会改变任何一行。", "All as the facts say: a rebuild changes no row.")
        return
    for each in found:
        line = f"{each.township}  {each.subject}  {each.table}: {', '.join(each.columns)}"
        changes = each.found != each.expected
        click.echo(line + (f"  {each.found or '-'} → {each.expected or '-'}" if changes else ""))
    people = len({each.subject for each in found})
    tell("共 {rows} 行、{people} 个对象会变。", "{rows} rows of {people} subjects would change.",
         rows=len(found), people=people)  # fmt: skip


COMMANDS = (verify, head, rebuild)
