"""`tongxin import arrivals|households|staff`: a list goes in from a file, as somebody's work."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
from msgspec import Struct, structs

from tongxin.base.clock import ZONE, day_of, system_clock
from tongxin.base.ids import new_subject
from tongxin.base.problems import ProblemKind
from tongxin.catalogue import SHEETS
from tongxin.cli.accounts import WHICH_TOWNSHIP
from tongxin.cli.frame import (
    Where,
    answer,
    as_json,
    asked_secret,
    endings,
    language,
    located,
    one_township,
    say,
    tell,
    working,
)
from tongxin.desk import Who
from tongxin.installation import Installation
from tongxin.intake.kinds import SheetKind
from tongxin.intake.proposing import looking, year_of
from tongxin.intake.running import DONE, MAY, REFUSED, Job
from tongxin.intake.staging import Counts, Head, Part, Staging
from tongxin.intake.survey import Asking, together
from tongxin.sheets import apart, returning
from tongxin.sheets.rows import Mapped, lacking, mapped
from tongxin.web import sessions

MAY_NOT = ProblemKind(
    "cli.may_not_import",
    403,
    zh="账号 {name} 没有导入这种名单的权限。",
    en="The account {name} may not import this kind of list.",
)
LACKING = ProblemKind(
    "cli.column_lacking",
    422,
    zh="找不到“{title}”列。请检查表头，或在网页上导入并指定各列。",
    en="There is no column “{title_en}”. Check the header, or import on the pages and choose it.",
)


class Done(Struct, frozen=True):
    """What became of a list. `rows_back` are the numbers of rows that came back."""

    kind: str
    dry_run: bool
    counts: Counts
    rows_back: list[int]
    returned_file: str | None


class Asked(Struct, frozen=True):
    """What was asked of one import at a console."""

    file: Path
    account: str
    area: str
    dry_run: bool
    returned: Path | None


def _options(run: Callable[..., None]) -> Callable[..., None]:
    """The arguments that each command has, handed in as `asked`."""

    @wraps(run)
    def gather(
        file: Path, account: str, area: str, dry_run: bool, returned: Path | None, **rest: Any
    ) -> None:
        run(Asked(file, account, area, dry_run, returned), **rest)

    path = click.Path(path_type=Path, exists=True, dir_okay=False)
    gather = click.option(
        "--returned", metavar="XLSX", type=click.Path(path_type=Path, dir_okay=False),
        help=say("把退回的行写到这个文件", "write the rows that come back to this file"),
    )(gather)  # fmt: skip
    gather = click.option(
        "--dry-run", is_flag=True,
        help=say("只看会登记什么，不登记", "tell what would be recorded, and do not"),
    )(gather)  # fmt: skip
    gather = click.option(
        "--area", metavar="CODE", default="",
        help=say("没写村的行算作哪个村", "the village of rows that name none"),
    )(gather)  # fmt: skip
    gather = click.option(
        "--account", metavar="USER", required=True,
        help=say("以谁的名义登记（询问密码）", "in whose name (asks for the password)"),
    )(gather)  # fmt: skip
    return click.argument("file", type=path)(gather)


def _command(kind: SheetKind) -> click.Command:
    """The command for one kind of list."""

    @_options
    @one_township
    @as_json
    @located
    def run(asked: Asked, where: Where, township: str | None, as_json: bool) -> None:
        with working(where, township) as (installation, known), endings():
            if len(known) > 1:
                raise WHICH_TOWNSHIP(field="township", known="、".join(known))
            done = Errand(installation, known[0], kind, asked).run(quiet=as_json)
        if as_json:
            answer(done)
        else:
            _show(done)

    title = kind.title
    told = say(
        "导入{a}（Excel 或 CSV）。列按表头对照；同一份再导入一次不会重复。",
        "Import: {b} (Excel or CSV). Columns are known by their headers; bringing it twice "
        "records nothing twice.",
        a=title.zh, b=title.en.lower(),
    )  # fmt: skip
    return click.command(kind.id, short_help=say(title.zh, title.en.lower()), help=told)(run)


class Errand:
    """One list on its way from a file into one township."""

    def __init__(
        self, installation: Installation, township: str, kind: SheetKind, asked: Asked
    ) -> None:
        self.installation, self.township, self.kind = installation, township, kind
        self.asked = asked
        self.staging = Staging(installation.store, township)

    def run(self, *, quiet: bool) -> Done:
        """Read the file, map it as proposed, and record it, or only plan it."""
        store, now, username = self.installation.store, system_clock(), self.asked.account
        secret = asked_secret(say("{name} 的密码", "Password of {name}", name=username))
        session = sessions.sign_in(store, self.township, username, secret, now)
        who = sessions.who(store, sessions.hash_of(session.token), now)
        if who is None:
            raise AssertionError("a session that has just begun is not there")
        try:
            if not (who.remit.holds(MAY) and who.remit.holds(self.kind.may)):
                raise MAY_NOT(field="account", name=username)
            return self._import(who, quiet=quiet)
        finally:
            sessions.sign_out(store, who)

    def _import(self, who: Who, *, quiet: bool) -> Done:
        now, dry_run = system_clock(), self.asked.dry_run
        head, frames = self._read(who)
        import_id = new_subject("import")
        self.staging.begin(import_id, head, frames, now)
        asking = Asking(self.township, who.account, who.remit, now)
        tell_ = None if quiet else _progress
        job = Job(self.installation.store, self.kind, import_id, asking, tell_)
        counts = Counts()
        try:
            if dry_run:
                job.plan()
            else:
                counts = job.record()
            whole = self._whole(import_id, (head.planned,) if dry_run else (DONE, REFUSED))
            written = self._write_back(who, head.mapped, whole)
        finally:
            self.staging.forget(import_id, now)
        back = [each.line.number for each in whole.returned]
        return Done(self.kind.id, dry_run, whole.counts if dry_run else counts, back, written)

    def _read(self, who: Who) -> tuple[Head, list[bytes]]:
        """The file as it is read, mapped by its headers and by what was remembered."""
        read = apart.read(self.asked.file.read_bytes())
        today = day_of(system_clock())
        with self.installation.database.reading() as connection:
            chosen = looking(connection, self.township, self.kind, read.book, today).chosen(
                read.book
            )
        found = mapped(chosen.header, chosen.n)
        for column in lacking(found, self.kind.columns).values():
            raise LACKING(field="file", title=column.title.zh, title_en=column.title.en)
        year = year_of(chosen.sheet, today)
        return Head(
            who.account, self.kind.id, read.book, found, 1, self.asked.area, year
        ), read.parts

    def _whole(self, import_id: str, sections: tuple[str, ...]) -> Part:
        with self.installation.database.reading() as connection:
            return together(
                [p for s in sections for p in self.staging.parts(connection, import_id, s)]
            )

    def _write_back(self, who: Who, found: Mapped | None, whole: Part) -> str | None:
        """Write the rows that come back, if a file was named for them."""
        target = self.asked.returned
        if target is None or not whole.back or found is None:
            return None
        at = system_clock().astimezone(ZONE).replace(tzinfo=None)
        what = returning.workbook(
            found, len(whole.returned), who.name, at, language(), len(whole.differing)
        )
        rows = returning.rows(whole.back, found.titles, language())
        target.write_bytes(apart.written(what, rows))
        return str(target)


def _progress(done: int, of: int) -> None:
    """How far it is, on stderr."""
    click.echo(f"\r{done}/{of}", nl=done == of, err=True)
    sys.stderr.flush()


_LINES: Final[tuple[tuple[str, str, str], ...]] = (
    ("new", "新登记", "new"), ("added", "已有，补充", "known, adds to it"),
    ("known", "已有，不变", "known already"),
    ("doubtful", "疑似重复（已分开登记）", "doubtful (recorded apart)"),
    ("differs", "其中与登记的不同（没有改）", "of these, not as registered (not changed)"),
    ("returned", "退回", "come back"), ("passed", "标题、合计、空行", "titles, totals, blanks"),
)  # fmt: skip


def _show(done: Done) -> None:
    if done.dry_run:
        tell("只是试算，没有登记。", "A trial only: nothing was recorded.")
    counts = structs.asdict(done.counts)
    for name, zh, en in _LINES:
        tell("  {a}：{n} 行", "  {b}: {n}", a=zh, b=en, n=counts[name])
    if done.rows_back:
        numbers = ", ".join(map(str, done.rows_back[:20]))
        tell("退回的行号：{n}", "Rows that came back: {n}", n=numbers)
        if done.returned_file is None:
            tell("用 --returned 文件.xlsx 把它们连同原因写出来。",
                 "Use --returned FILE.xlsx to have them written with the reasons.")  # fmt: skip
        else:
            tell("已写到 {f}。", "Written to {f}.", f=done.returned_file)


COMMANDS = tuple(_command(kind) for kind in SHEETS.values())
