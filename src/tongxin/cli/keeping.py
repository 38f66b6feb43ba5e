"""`tongxin backup`, `restore` and `tick`: what keeps a township's record going."""

from pathlib import Path

import click

from tongxin.backup import back_up
from tongxin.backup import restore as bring_back
from tongxin.base.clock import ZONE, system_clock
from tongxin.cli.frame import (
    Where,
    answer,
    as_json,
    endings,
    located,
    looking,
    say,
    tell,
    working,
)
from tongxin.clockwork import tick as tick_all

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    "backup", short_help=say("备份账本和密钥", "back ledger and keys up"),
    help=say(
        "把账本和密钥分开备份到一个新文件夹；密钥备份到期后不能再用。服务不必停。",
        "Back ledger and keys up, apart, into a new folder; the copy of the keys expires. The "
        "server may go on.",
    ),
)  # fmt: skip
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--keep-days", default=30, show_default=True, type=click.IntRange(0, 3650),
              help=say("密钥备份的有效天数", "days for which its keys work"))  # fmt: skip
@as_json
@located
def backup(where: Where, folder: Path, keep_days: int, as_json: bool) -> None:
    """Write a backup of all townships."""
    with looking(where) as seen, endings():
        made = back_up(seen.database, seen.keys, folder, keep_days, system_clock())
    if as_json:
        answer(made)
        return
    for kept in made.townships:
        tell("{t}：{n} 条记录", "{t}: {n} facts", t=kept.township, n=kept.facts)
    tell("已备份到 {folder}。keys/ 请与 ledger/ 分开保管，{day} 之后销毁。",
         "Backed up into {folder}. Keep keys/ apart from ledger/, and destroy it after {day}.",
         folder=folder, day=made.keys_expire_on)  # fmt: skip


@click.command(
    "restore", short_help=say("从备份恢复到空数据库", "restore a backup into an empty database"),
    help=say(
        "把备份恢复到空数据库（SQLite 或 PostgreSQL 都可以）。备份之后的销毁会重做："
        "请把现在的“<密钥库>.forgotten”放在目标密钥库旁边。",
        "Restore a backup into an empty database of either kind. Forgettings since are repeated: "
        "put the present <keys>.forgotten beside the target's keys.",
    ),
)  # fmt: skip
@click.argument("folder", metavar="DIR", type=_FOLDER)
@as_json
@located
def restore(where: Where, folder: Path, as_json: bool) -> None:
    """Restore all townships of a backup."""
    with endings():
        done = bring_back(folder, where.settings(), system_clock)
    if as_json:
        answer(done)
        return
    for kept in done.townships:
        tell("{t}：恢复了 {n} 条记录，核对相符", "{t}: {n} facts restored and verified",
             t=kept.township, n=kept.facts)  # fmt: skip
    tell("重做了 {n} 次销毁。", "{n} forgettings were repeated.", n=done.forgotten_again)


@click.command(
    "tick", short_help=say("让时钟走一步", "let the clock do what is due"),
    help=say(
        "记录只由时间带来的事：日终账本头、逾期告警、到期的和未完成的销毁。重复运行不会重复记录。",
        "Record what time alone has brought about: daily heads, alarms, forgetting on its day or "
        "interrupted. "
        "Running it twice records nothing twice.",
    ),
)  # fmt: skip
@as_json
@located
def tick(where: Where, as_json: bool) -> None:
    """Tick once; `serve` does so by itself."""
    with working(where) as (installation, _):
        done = tick_all(installation, system_clock())
    if as_json:
        answer(done)
    for each in () if as_json else done:
        tell("{t}：日终账本头 {h} 个，告警 {a} 个，补销毁密钥 {k} 个，过期名单 {n} 份，"
             "到期销毁 {f} 人",
             "{t}: {h} daily heads, {a} alarms, {k} keys destroyed, {n} lists forgotten, "
             "{f} people forgotten on their day",
             t=each.township, h=len(each.heads), a=each.alarms, k=each.keys_destroyed,
             n=each.lists, f=each.forgotten)  # fmt: skip
        if each.waits_until:
            tell("  时钟一下子走了一天以上：{at} 以前不做到期销毁。请核对服务器时间。",
                 "  The clock went on by more than a day at once: nobody is forgotten before {at}. "
                 "Check the server's time.",
                 at=f"{each.waits_until.astimezone(ZONE):%Y-%m-%d %H:%M}")  # fmt: skip
        if not each.log_emptied:
            tell_log_kept()


def tell_log_kept() -> None:
    """Say that deleted rows are still in the log, and what takes them out."""
    tell("  有程序长时间在读数据库，已销毁的行还留在数据库日志里；下一次 tongxin tick 再清除。",
         "  Somebody has long been reading the database, so deleted rows are still in its log; the "
         "next tongxin tick takes them out.")  # fmt: skip


COMMANDS = (backup, restore, tick)
