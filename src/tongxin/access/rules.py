"""What follows from the facts of an account. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tongxin.access import facts
from tongxin.access.roles import APPROVE, ROLES
from tongxin.base.ids import kind_of
from tongxin.base.remit import Grant, Remit
from tongxin.ledger.facts import Entry


class Device(Struct, frozen=True):
    """A device that signs for an account; `public_key` is base64."""

    device: str
    public_key: str
    label: str


class Account(Struct, frozen=True):
    """One account as its facts leave it. `roles` are (role, area), sorted.

    `empowered_by` are the authors who gave it the roles by which it may approve.
    """

    username: str
    name: str
    post: str
    password_hash: str
    roles: tuple[tuple[str, str], ...]
    devices: tuple[Device, ...]
    closed: bool
    opened_by: str
    empowered_by: tuple[str, ...] = ()

    @property
    def remit(self) -> Remit:
        return NOTHING if self.closed else remit_of_roles(self.roles)


NOTHING = Remit(())


def remit_of_roles(roles: Sequence[tuple[str, str]]) -> Remit:
    """All that these roles may do, each in its area. A role no longer known grants nothing."""
    grants = {
        Grant(capability, area)
        for name, area in roles
        if name in ROLES
        for capability in ROLES[name].may
    }
    return Remit(tuple(sorted(grants)))


def accounts(entries: Iterable[Entry]) -> dict[str, Account]:
    """Every account by its subject, in the order opened; `entries` may tell of others too."""
    told: dict[str, list[Entry]] = {}
    for entry in entries:
        if kind_of(entry.header.subject) == "account":
            told.setdefault(entry.header.subject, []).append(entry)
    found = {subject: account(mine) for subject, mine in told.items()}
    return {subject: made for subject, made in found.items() if made is not None}


def account(entries: Sequence[Entry]) -> Account | None:
    """The account that these entries make, in the order recorded; None where none was opened."""
    opened = next((e for e in entries if isinstance(e.body, facts.AccountOpened)), None)
    if opened is None or not isinstance(opened.body, facts.AccountOpened):
        return None
    password = opened.body.password_hash
    roles: dict[tuple[str, str], str] = {}
    devices: dict[str, Device] = {}
    closed = False
    for entry in entries:
        match entry.body:
            case facts.PasswordSet(password_hash=new):
                password = new
            case facts.RoleGiven(role=role, area=area):
                roles.setdefault((role, area), entry.header.author)
            case facts.RoleWithdrawn(role=role, area=area):
                roles.pop((role, area), None)
            case facts.DeviceRegistered(device=name, public_key=key, label=label):
                devices[name] = Device(name, key, label)
            case facts.DeviceWithdrawn(device=name):
                devices.pop(name, None)
            case facts.AccountClosed():
                closed = True
    body = opened.body
    return Account(
        username=body.username, name=body.name, post=body.post, password_hash=password,
        roles=tuple(sorted(roles)), devices=tuple(devices[name] for name in sorted(devices)),
        closed=closed, opened_by=opened.header.author, empowered_by=_empowered_by(roles),
    )  # fmt: skip


def _empowered_by(roles: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    approving = {
        giver for (name, _), giver in roles.items() if name in ROLES and APPROVE in ROLES[name].may
    }
    return tuple(sorted(approving))


def in_one_hand(accounts: Mapping[str, Account], one: str, other: str) -> bool:
    """Whether somebody could act through both accounts: then neither approves what the other asks.

    Whoever opened an account knew its password, and whoever alone gave it its say can take that
    back; what an account's hand reaches, it reaches through, too.
    """
    return any(
        {one, other} <= _reach(accounts, hand) for hand in _behind(accounts, one) & accounts.keys()
    )


def _behind(accounts: Mapping[str, Account], account: str) -> set[str]:
    """The account itself, and all who had a part in its being what it is, however far back."""
    found: set[str] = set()
    waiting = {account}
    while waiting:
        found |= waiting
        makers = {m for a in waiting if a in accounts for m in _makers(accounts[a])}
        waiting = makers & accounts.keys() - found
    return found


def _reach(accounts: Mapping[str, Account], hand: str) -> set[str]:
    """The accounts through which `hand` can act."""
    reached = {hand}
    while True:
        more = {
            name
            for name, account in accounts.items()
            if name not in reached
            and (
                account.opened_by in reached
                or (account.empowered_by and reached.issuperset(account.empowered_by))
            )
        }
        if not more:
            return reached
        reached |= more


def _makers(account: Account) -> set[str]:
    return {account.opened_by, *account.empowered_by}
