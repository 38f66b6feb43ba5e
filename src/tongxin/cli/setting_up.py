"""`tongxin init` and `tongxin recover`: the keys, a township's beginning, the recovery sheet."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
import msgspec
import sqlalchemy as sa
from msgspec import Struct

from tongxin.access.passwords import SHORTEST
from tongxin.backup.files import unlink, write_private
from tongxin.backup.restoring import clear_tables
from tongxin.base.areas import Level
from tongxin.base.clock import day_of, system_clock
from tongxin.base.problems import ProblemKind
from tongxin.cli.frame import (
    Where,
    answer,
    as_json,
    asked_secret,
    asked_unlock,
    endings,
    language,
    located,
    say,
    tell,
)
from tongxin.installation import (
    NOT_A_TOWNSHIP,
    FirstAccount,
    Installation,
    Settings,
    create,
    open_,
    townships,
)
from tongxin.ledger import recovery
from tongxin.ledger.database import Database
from tongxin.ledger.keys import KeyFile, Passphrase, Unlock, new_key_file

BAD_ACCOUNT = ProblemKind(
    "cli.bad_account",
    400,
    zh="账号“{value}”不对：应写成“用户名:姓名”，用户名不能重复。",
    en="“{value}” is not an account: write user:name, each user once.",
)
SHEET_TAKEN = ProblemKind(
    "cli.sheet_taken",
    409,
    zh="{path} 已经存在，不会覆盖。请用 --sheet 另选恢复单的位置。",
    en="{path} exists already and is not overwritten. Choose another place with --sheet.",
)

_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


class Begun(Struct, frozen=True):
    """What `init` made; passwords are shown here and nowhere again."""

    township: str
    name: str
    database: str
    keys: str
    key_file: str | None
    sheet: str | None
    accounts: tuple[FirstAccount, ...]


class Undo:
    """What is to be taken away again if the command does not come to its end."""

    def __init__(self) -> None:
        self.steps: list[Callable[[], None]] = []

    def everything(self) -> None:
        """Take it away, the newest first."""
        while self.steps:
            self.steps.pop()()


@click.command(
    "init", short_help=say("建立一个乡镇", "set a township up"),
    help=say(
        "建立一个乡镇：密钥、两个首批账号、可打印的密钥恢复单。",
        "Set a township up: keys, two first accounts, a recovery sheet to print.",
    ),
)  # fmt: skip
@click.option("--township", required=True, metavar="CODE",
              help=say("9 位乡镇代码", "its code of 9 digits"))  # fmt: skip
@click.option("--name", required=True, help=say("乡镇名称", "its name"))
@click.option("--account", "accounts", multiple=True, metavar="USER:NAME",
              help=say("首批账号，至少两个", "a first account; two at least"))  # fmt: skip
@click.option("--ask-passwords", is_flag=True,
              help=say("询问密码，不自动生成", "ask for passwords, generate none"))  # fmt: skip
@click.option("--plain", is_flag=True,
              help=say("SQLite 文件不加密", "leave the SQLite file unencrypted"))  # fmt: skip
@click.option("--sheet", type=click.Path(path_type=Path),
              help=say("恢复单文件", "recovery sheet, .html or .txt"))  # fmt: skip
@as_json
@located
def init(
    where: Where,
    township: str,
    name: str,
    accounts: tuple[str, ...],
    ask_passwords: bool,
    plain: bool,
    sheet: Path | None,
    as_json: bool,
) -> None:
    """Set a township up; nothing half-made stays where this fails or is interrupted."""
    if len(township) != Level.TOWNSHIP or not township.isdigit():
        raise NOT_A_TOWNSHIP(field="township", value=township[:20])
    named = _named(accounts)
    undo = Undo()
    with endings():
        try:
            settings = where.settings(_unlock(undo))
            settings = msgspec.structs.replace(settings, encrypted=not plain)
            first = tuple(_first(user, who, ask=ask_passwords) for user, who in named)
            begun = _begin(settings, township, name, first, sheet, undo)
        except BaseException:  # whatever it is, because nothing half-made may stay
            undo.everything()
            raise
    if as_json:
        answer(begun)
    else:
        _show(begun)


def _begin(
    settings: Settings,
    township: str,
    name: str,
    first: tuple[FirstAccount, ...],
    sheet: Path | None,
    undo: Undo,
) -> Begun:
    database = Database(settings.database_url)
    keys_path = settings.keys_at(database)
    path = sheet or keys_path.with_name(f"{keys_path.name}.recovery.html")
    fresh_keys = not keys_path.exists()
    if fresh_keys and path.exists():
        raise SHEET_TAKEN(field="sheet", path=path)
    _remember(database, keys_path, fresh_keys, undo)
    installation = (create if fresh_keys else open_)(settings, system_clock)
    undo.steps.append(installation.close)
    now = system_clock()
    # Where an earlier attempt was killed before its township began, the sheet is still owed.
    owed = (fresh_keys or not townships(installation.database)) and not path.exists()
    if owed:
        undo.steps.append(lambda: path.unlink(missing_ok=True))
        _write_sheet(installation, path, name)
    installation.begin(township, name, first, now)
    installation.close()
    unlock = settings.unlock
    key_file = str(unlock.path) if isinstance(unlock, KeyFile) else None
    shown = str(path) if path.exists() else None
    return Begun(township, name, database.shown, str(keys_path), key_file, shown, first)


def _remember(database: Database, keys_path: Path, fresh_keys: bool, undo: Undo) -> None:
    """How to take away what will now be made."""
    if fresh_keys:
        undo.steps.append(lambda: unlink(keys_path))
    if database.is_sqlite:
        path = database.path
        if not path.exists():
            undo.steps.append(lambda: unlink(path))
        return
    with database.reading() as connection:
        is_new = not sa.inspect(connection).get_table_names()
    database.close()
    if is_new:
        undo.steps.append(lambda: _clear(database))


def _clear(database: Database) -> None:
    clear_tables(database)
    database.close()


def _write_sheet(installation: Installation, path: Path, name: str) -> None:
    code = recovery.code_of(installation.keys.master_key())
    made = recovery.sheet_text if path.suffix == ".txt" else recovery.sheet_html
    sheet = made(code, name, day_of(system_clock()), language())
    write_private(path, sheet.encode())


def _unlock(undo: Undo) -> Unlock:
    """As for all commands; a key file that is not there yet is made."""
    path = Path(os.environ.get("TONGXIN_KEY_FILE", ""))
    if path.name and not path.exists():
        undo.steps.append(lambda: path.unlink(missing_ok=True))
        return new_key_file(path)
    return asked_unlock(new=True)


def _named(accounts: tuple[str, ...]) -> list[tuple[str, str]]:
    named: list[tuple[str, str]] = []
    unnamed = (
        say("first:第一负责人", "first:First"),
        say("second:第二负责人", "second:Second"),
    )
    for value in accounts or unnamed:
        user, _, who = value.partition(":")
        if not user or not who or user in {known for known, _ in named}:
            raise BAD_ACCOUNT(field="account", value=value[:60])
        named.append((user, who))
    return named


def _first(user: str, name: str, *, ask: bool) -> FirstAccount:
    if not ask:
        return FirstAccount(user, name, generated_password())
    what = say("{name} 的密码（至少 {n} 个字符）", "Password of {name} ({n} characters at least)",
               name=name, n=SHORTEST)  # fmt: skip
    return FirstAccount(user, name, asked_secret(what, twice=True))


def generated_password() -> str:
    """A password of 79 bits that can be read out over the telephone."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _show(begun: Begun) -> None:
    tell("{name}（{code}）已建立。", "{name} ({code}) is set up.",
         name=begun.name, code=begun.township)  # fmt: skip
    tell("  数据库    {it}", "  database        {it}", it=begun.database)
    tell("  密钥库    {it}", "  keys            {it}", it=begun.keys)
    if begun.key_file:
        tell("  密钥文件  {it}", "  key file        {it}", it=begun.key_file)
    if begun.sheet:
        tell("  恢复单    {it}（打印、封存，然后删除此文件）",
             "  recovery sheet  {it} (print it, seal it, delete the file)",
             it=begun.sheet)  # fmt: skip
    tell("首批账号，密码只显示这一次：", "First accounts; the passwords are shown only now:")
    for account in begun.accounts:
        click.echo(f"  {account.username}\t{account.name}\t{account.password}")
    tell("下一步：tongxin serve", "Next: tongxin serve")


@click.command(
    "recover",
    short_help=say("凭恢复单更换口令", "choose a new passphrase by the recovery sheet"),
    help=say(
        "口令或密钥文件丢失时：输入恢复单上的四行，再设新口令。",
        "When passphrase or key file is lost: type the sheet's four lines, choose a new one.",
    ),
)
@located
def recover(where: Where) -> None:
    """Open the keys by the recovery sheet and lock them with a new passphrase."""
    database = Database(where.database_url)
    # Nothing here needs the old unlock; the path does not depend on it.
    path = Settings(where.database_url, KeyFile(Path()), where.keys_path).keys_at(database)
    lines = [
        asked_secret(say("恢复单第 {n} 行", "Line {n} of the sheet", n=n)) for n in range(1, 5)
    ]
    code = "\n".join(lines)
    recovery.master_in(code)  # so that a mistyped line is told before a passphrase is asked for
    unlock = Passphrase(asked_secret(say("新口令", "New passphrase"), twice=True))
    recovery.recover(path, code, unlock, system_clock())
    tell("{path} 现在用新口令打开。", "{path} now opens with the new passphrase.", path=path)


COMMANDS = (init, recover)
