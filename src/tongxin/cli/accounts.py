"""`tongxin account`: accounts by whoever keeps the machine, when nobody can do it on the pages.

What is recorded here has the author `init`: the chain shows that it came from the machine.
"""

from datetime import datetime

import click
from msgspec import Struct

from tongxin.access import facts
from tongxin.access.passwords import hashed
from tongxin.access.queries import account_named, accounts
from tongxin.access.roles import role as role_named
from tongxin.access.rules import Account
from tongxin.base.areas import area_code
from tongxin.base.clock import from_ms, system_clock
from tongxin.base.ids import new_subject
from tongxin.base.problems import ProblemKind
from tongxin.cli.frame import Where, answer, as_json, located, one_township, say, tell, working
from tongxin.cli.setting_up import BAD_ACCOUNT, generated_password
from tongxin.installation import Installation
from tongxin.ledger.facts import REGISTRATION, Fact, Kind, Outcome

WHICH_TOWNSHIP = ProblemKind(
    "cli.which_township",
    400,
    zh="这里有几个乡镇，请用 --township 指明：{known}。",
    en="There are several townships here; name one with --township: {known}.",
)
NO_ACCOUNT = ProblemKind(
    "cli.no_account", 404, zh="没有账号“{name}”。", en="There is no account “{name}”."
)
NO_DEVICE = ProblemKind(
    "cli.no_device",
    404,
    zh="账号“{name}”没有这台在用的设备。请先运行 tongxin account list。",
    en="The account “{name}” has no such device in use. Run tongxin account list first.",
)
TAKEN = ProblemKind(
    "cli.user_name_taken", 409, zh="用户名“{name}”已有人用。", en="The user name “{name}” is taken."
)


class DeviceListed(Struct, frozen=True):
    """A device, as `account list` shows it."""

    device: str
    label: str
    withdrawn_at: datetime | None


class AccountListed(Struct, frozen=True):
    """An account, as `account list` shows it."""

    account: str
    username: str
    name: str
    roles: tuple[tuple[str, str], ...]
    closed: bool
    devices: tuple[DeviceListed, ...]


class AccountMade(Struct, frozen=True):
    """An account that was opened; the password is shown here and nowhere again."""

    account: str
    username: str
    password: str


class Register:
    """The accounts of one township, and the operator's way to record about them."""

    def __init__(self, installation: Installation, named: list[str]) -> None:
        if len(named) != 1:
            raise WHICH_TOWNSHIP(field="township", known="、".join(named))
        self.installation, self.township = installation, named[0]
        with installation.database.reading() as connection:
            self.accounts = accounts(installation.store, connection, self.township)

    def find(self, username: str) -> tuple[str, Account]:
        """The account of a user name, or `cli.no_account`."""
        found = account_named(self.accounts, username)
        if found is None:
            raise NO_ACCOUNT(field="user", name=username[:60])
        return found

    def record(self, subject: str, *said: tuple[Kind, Fact]) -> None:
        """Record these about one account, as the machine's own operator."""
        now = system_clock()
        drafts = [
            self.installation.first_fact(self.township, kind, subject, REGISTRATION, body, now)
            for kind, body in said
        ]
        for verdict in self.installation.store.record(drafts, now):
            if verdict.outcome is not Outcome.RECORDED:
                raise AssertionError(f"it was {verdict.outcome}: {verdict.code}")


_REASON = click.option("--reason", required=True, help=say("理由", "why"))


@click.group(
    "account", short_help=say("由保管机器的人管理账号", "accounts, by whoever keeps the machine"),
    help=say(
        "页面上没有人能办时，由保管机器和密钥的人办；账本记明来自本机（init）。",
        "For when nobody can do it on the pages: by whoever keeps machine and keys. The record "
        "says that it came from the machine (init).",
    ),
)  # fmt: skip
def account() -> None:
    """Accounts by whoever keeps the machine."""


@account.command("list", help=say("列出账号和设备", "List accounts and devices."))
@one_township
@as_json
@located
def list_accounts(where: Where, township: str | None, as_json: bool) -> None:
    """List all accounts of a township with their roles and devices."""
    with working(where, township) as (installation, named):
        found = [_listed(*each) for each in Register(installation, named).accounts.items()]
    if as_json:
        answer(found)
        return
    for each in found:
        state = say("已停用", "closed") if each.closed else say("在用", "open")
        roles = " ".join(f"{name}@{area}" for name, area in each.roles)
        click.echo(f"{each.username}\t{each.name}\t{state}\t{roles}")
        for device in each.devices:
            gone = say("已注销", "withdrawn") if device.withdrawn_at else say("在用", "in use")
            click.echo(f"  {device.device}\t{device.label}\t{gone}")


@account.command("open", help=say("开设账号，密码只显示一次", "Open one; shows a password once."))
@click.argument("who", metavar="USER:NAME")
@click.option("--role", default="command", show_default=True)
@click.option("--area", metavar="CODE", help=say("管辖范围，默认全乡镇", "default: the township"))
@one_township
@as_json
@located
def open_account(
    where: Where, who: str, role: str, area: str | None, township: str | None, as_json: bool
) -> None:
    """Open an account with one role; it counts as independent of all others."""
    username, _, name = who.partition(":")
    if not username or not name:
        raise BAD_ACCOUNT(field="who", value=who[:60])
    with working(where, township) as (installation, named):
        register = Register(installation, named)
        if account_named(register.accounts, username) is not None:
            raise TAKEN(field="who", name=username[:60])
        given = facts.RoleGiven(
            role=role_named(role).id, area=area_code(area or register.township, "area")
        )
        made = AccountMade(new_subject("account"), username, generated_password())
        opened = facts.AccountOpened(
            username=username, name=name, password_hash=hashed(made.password)
        )
        register.record(made.account, (facts.ACCOUNT_OPENED, opened), (facts.ROLE_GIVEN, given))
    if as_json:
        answer(made)
        return
    tell("已开设，密码只显示这一次：", "Opened; the password is shown only now:")
    click.echo(f"  {username}\t{name}\t{made.password}")


@account.command("close", help=say("停用账号", "Close an account."))
@click.argument("username", metavar="USER")
@_REASON
@one_township
@located
def close_account(where: Where, username: str, reason: str, township: str | None) -> None:
    """Close an account, even the last that could approve: the operator can open another."""
    with working(where, township) as (installation, named):
        register = Register(installation, named)
        subject, _ = register.find(username)
        register.record(subject, (facts.ACCOUNT_CLOSED, facts.AccountClosed(reason=reason)))
    tell("账号 {u} 已停用。", "The account {u} is closed.", u=username)


@account.command(
    "withdraw-device", help=say("注销一台丢失的设备", "Withdraw a device that is lost.")
)
@click.argument("username", metavar="USER")
@click.argument("device", metavar="DEVICE")
@_REASON
@one_township
@located
def withdraw_device(
    where: Where, username: str, device: str, reason: str, township: str | None
) -> None:
    """Withdraw a device; what it signs from now on is refused."""
    with working(where, township) as (installation, named):
        register = Register(installation, named)
        subject, owner = register.find(username)
        found = owner.device(device)
        if found is None or found.withdrawn_at is not None:
            raise NO_DEVICE(field="device", name=username[:60])
        body = facts.DeviceWithdrawn(device=device, reason=reason)
        register.record(subject, (facts.DEVICE_WITHDRAWN, body))
    tell("{d} 已注销。", "{d} is withdrawn.", d=device)


def _listed(subject: str, account: Account) -> AccountListed:
    devices = tuple(
        DeviceListed(
            each.device, each.label,
            None if each.withdrawn_at is None else from_ms(each.withdrawn_at),
        )
        for each in account.devices
    )  # fmt: skip
    return AccountListed(
        subject, account.username, account.name, account.roles, account.closed, devices
    )


COMMANDS = (account,)
