"""What all commands share: language, errors in one line, where the installation is, its keys."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click
import msgspec
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tongxin.base.clock import system_clock
from tongxin.base.problems import Problem, ProblemKind
from tongxin.base.texts import Language, Text
from tongxin.catalogue import Catalogue, catalogue
from tongxin.installation import (
    Installation,
    Settings,
    opened,
    townships,
    unlock_from,
)
from tongxin.ledger.database import Database
from tongxin.ledger.forgetting import known
from tongxin.ledger.keys import Keys, KeysError, Passphrase, Unlock
from tongxin.ledger.migrations import is_current
from tongxin.ledger.tables import fact

DEFAULT_URL: Final = "sqlite:///tongxin.db"
FAILED: Final = 1
BAD_USE: Final = 2
INTERRUPTED: Final = 130
_SERVER_ERRORS: Final = 500

NO_INSTALLATION = ProblemKind(
    "cli.no_installation",
    404,
    zh="{database} 里还没有乡镇。请先运行 tongxin init，或用 --database 指明位置。",
    en="There is no township in {database} yet. Run tongxin init first, or say where with "
    "--database.",
)
NO_TOWNSHIP = ProblemKind(
    "cli.no_township",
    404,
    zh="这里没有乡镇 {township}。现有：{known}。",
    en="There is no township {township} here. Known: {known}.",
)
NO_SUBJECT = ProblemKind(
    "cli.no_subject",
    404,
    zh="账本里没有 {subject}。请核对编号（例如 person-0197…）。",
    en="The ledger has never heard of {subject}. Check the id, as in person-0197….",
)

REBUILD_FIRST = ProblemKind(
    "cli.rebuild_first",
    409,
    zh="派生表是旧版程序建的，无法逐行比较。请先运行 tongxin rebuild。",
    en="The derived tables are an older program's and cannot be compared. Run tongxin rebuild "
    "first.",
)


def language() -> Language:
    """TONGXIN_LANGUAGE, else English where LANG asks for it, else Chinese."""
    chosen = os.environ.get("TONGXIN_LANGUAGE", "")
    if chosen in tuple(Language):
        return Language(chosen)
    return Language.EN if os.environ.get("LANG", "").startswith("en") else Language.ZH


def say(zh: str, en: str, **values: object) -> str:
    """A sentence in the language of whoever types; `{names}` in it are filled."""
    text = Text(zh, en)
    return (text.filled(**values) if values else text).spoken(language())


def tell(zh: str, en: str, **values: object) -> None:
    """Print one line for people."""
    click.echo(say(zh, en, **values))


def answer(value: object) -> None:
    """Print what a program reads: one line of JSON."""
    click.echo(msgspec.json.encode(value).decode())


def complain(line: str) -> None:
    """Print an error as the one line it is."""
    click.echo("tongxin: " + " ".join(line.split()), err=True)


class Speaking(click.Group):
    """The group of all commands; it turns what goes wrong into one line and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command; leaves by `SystemExit`."""
        try:
            code = super().main(args, "tongxin", complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as help_:
            click.echo(help_.format_message())
            code = BAD_USE
        except click.ClickException as error:
            complain(error.format_message())
            code = BAD_USE
        except (click.Abort, KeyboardInterrupt):
            complain(say("已中断。", "Interrupted."))
            code = INTERRUPTED
        except Problem as problem:
            complain(problem.spoken(language()))
            code = FAILED if problem.status >= _SERVER_ERRORS else BAD_USE
        except DBAPIError as error:
            complain(say("数据库出错：{why}", "The database fails: {why}", why=error.orig))
            code = FAILED
        except KeysError as error:
            complain(say("密钥库出错：{why}", "The file of keys fails: {why}", why=error))
            code = FAILED
        except OSError as error:
            why = f"{error.strerror or error} {error.filename or ''}"
            complain(say("系统出错：{why}", "The system fails: {why}", why=why))
            code = FAILED
        sys.exit(code if isinstance(code, int) else 0)


class Where(Struct, frozen=True):
    """Where the installation lives that a command is about."""

    database_url: str
    keys_path: Path | None

    def settings(self, unlock: Unlock | None = None) -> Settings:
        """With what opens the keys: given, from the environment, or asked for.

        A new SQLite file is encrypted; one that exists says by itself whether it is.
        """
        unlock = unlock or asked_unlock()
        return Settings(self.database_url, unlock, self.keys_path, encrypted=True)


def located(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--database` and `--keys`, handed in as `where`."""

    @wraps(command)  # which carries over the options given so far
    def gather(*args: Any, database: str, keys: Path | None, **rest: Any) -> Any:
        return command(*args, where=Where(database, keys), **rest)

    keys = click.option(
        "--keys", envvar="TONGXIN_KEYS", type=click.Path(path_type=Path),
        help=say("密钥库的路径", "the file of keys"),
    )  # fmt: skip
    database = click.option(
        "--database", metavar="URL", envvar="TONGXIN_DATABASE_URL", default=DEFAULT_URL,
        show_default=True,
        help=say("sqlite:///路径 或 postgresql://…", "sqlite:///path or postgresql://…"),
    )  # fmt: skip
    return database(keys(gather))


as_json = click.option("--json", "as_json", is_flag=True, help=say("输出 JSON", "print JSON"))
one_township = click.option(
    "--township", metavar="CODE", help=say("只看一个乡镇", "one township only")
)


def asked_unlock(*, new: bool = False) -> Unlock:
    """What opens the keys, by the environment or, at a terminal, by asking for the passphrase."""
    known = os.environ.get("TONGXIN_KEY_FILE") or os.environ.get("TONGXIN_PASSPHRASE")
    if known or not sys.stdin.isatty():
        return unlock_from()
    typed = asked_secret(say("口令", "Passphrase"), twice=new)
    # For the processes that this command starts; no other user can read an environment.
    os.environ["TONGXIN_PASSPHRASE"] = typed
    return Passphrase(typed)


def asked_secret(what: str, *, twice: bool = False) -> str:
    """A password: hidden at a terminal, else the next line of what is piped in."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise click.UsageError(
                say("没有读到：{what}", "Nothing was typed for: {what}", what=what)
            )
        return line.rstrip("\r\n")
    again = say("请再输入一次", "Once more") if twice else False
    secret: str = click.prompt(what, hide_input=True, confirmation_prompt=again, err=True)
    return secret


class Looking(Struct, frozen=True):
    """An installation that is only looked at: no table is made, mended or brought up to date."""

    database: Database
    keys: Keys
    rulebook: Catalogue
    townships: list[str]


@contextmanager
def looking(where: Where, only: str | None = None) -> Iterator[Looking]:
    """Look at an installation, at one township or all."""
    settings = where.settings()
    plain = Database(settings.database_url)
    _refuse_missing(plain)
    plain.close()
    with Keys.open(settings.keys_at(plain), settings.unlock, system_clock()) as keys:
        database = settings.database(keys)
        try:
            yield Looking(database, keys, catalogue(), chosen(database, only))
        finally:
            database.close()


@contextmanager
def working(where: Where, only: str | None = None) -> Iterator[tuple[Installation, list[str]]]:
    """Open an installation to record in it; one township or all."""
    settings = where.settings()
    database = Database(settings.database_url)
    _refuse_missing(database)
    database.close()
    with opened(settings, system_clock) as installation:
        yield installation, chosen(installation.database, only)


def chosen(database: Database, only: str | None) -> list[str]:
    """All townships here, or the one that was named."""
    known = townships(database)
    if not known:
        raise NO_INSTALLATION(database=database.shown)
    if only is None:
        return known
    if only not in known:
        raise NO_TOWNSHIP(township=only[:12], known="、".join(known))
    return [only]


def home_of(
    connection: Connection, townships: list[str], subject: str, *, held_too: bool = False
) -> str:
    """The township whose ledger knows the subject, or `cli.no_subject`.

    `held_too`: also where something about it was only ever held in the inbox.
    """
    for township in townships:
        recorded = sa.select(fact.c.seq).where(
            fact.c.township == township, fact.c.subject == subject
        )
        if connection.scalar(recorded.limit(1)) is not None:
            return township
        if held_too and known(connection, township, subject):
            return township
    raise NO_SUBJECT(field="subject", subject=subject)


def refuse_old_shape(seen: Looking) -> None:
    """The problem `cli.rebuild_first` where derived tables have another shape than ours."""
    with seen.database.reading() as connection:
        if not is_current(connection):
            raise REBUILD_FIRST()


def _refuse_missing(database: Database) -> None:
    """Looking must not make an empty database where there is none."""
    if database.is_sqlite and not database.path.is_file():
        raise NO_INSTALLATION(database=database.shown)


@contextmanager
def endings() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does, so that it clears up behind itself."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
