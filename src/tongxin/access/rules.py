"""What follows from the facts of an account. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from tongxin.access import facts
from tongxin.access.roles import APPROVE, ROLES
from tongxin.base.ids import kind_of
from tongxin.base.remit import Grant, Remit
from tongxin.ledger.facts import Entry, Fact


class Device(Struct, frozen=True):
    """A device that signs for an account; `public_key` is base64. Instants in milliseconds.

    One that was withdrawn stays known: what it signed before may still be on its way.
    """

    device: str
    public_key: str
    label: str
    registered_at: int
    withdrawn_at: int | None = None


class Given(Struct, frozen=True, order=True):
    """A role in an area, and who gave it."""

    role: str
    area: str
    by: str


class Account(Struct, frozen=True):
    """One account as its facts leave it; roles and devices are sorted by name."""

    username: str
    name: str
    post: str
    password_hash: str
    given: tuple[Given, ...]
    devices: tuple[Device, ...]
    closed: bool
    opened_by: str

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """Its roles as (role, area)."""
        return tuple((each.role, each.area) for each in self.given)

    @property
    def empowered_by(self) -> frozenset[str]:
        """Who gave it the roles by which it may approve."""
        return frozenset(
            each.by for each in self.given if each.role in ROLES and APPROVE in ROLES[each.role].may
        )

    @property
    def remit(self) -> Remit:
        return NOTHING if self.closed else remit_of_roles(self.roles)

    def device(self, name: str) -> Device | None:
        """The device of that name, withdrawn or not."""
        return next((each for each in self.devices if each.device == name), None)


NOTHING = Remit(())


@lru_cache(maxsize=4096)  # asked for each fact that is recorded
def remit_of_roles(roles: tuple[tuple[str, str], ...]) -> Remit:
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
                devices[name] = Device(name, key, label, entry.header.recorded_at)
            case facts.DeviceWithdrawn(device=name) if name in devices:
                devices[name] = replace(devices[name], withdrawn_at=entry.header.recorded_at)
            case facts.AccountClosed():
                closed = True
    body = opened.body
    return Account(
        username=body.username, name=body.name, post=body.post, password_hash=password,
        given=tuple(sorted(Given(name, area, by) for (name, area), by in roles.items())),
        devices=tuple(devices[name] for name in sorted(devices)),
        closed=closed, opened_by=opened.header.author,
    )  # fmt: skip


def locks_out(accounts: Mapping[str, Account], township: str, subject: str, body: Fact) -> bool:
    """Whether, with this recorded of an account, no two people could any more approve what the
    other asks, in a township where two can now.
    """
    account = accounts.get(subject)
    match body:
        case facts.AccountClosed() if account is not None:
            left = replace(account, closed=True)
        case facts.RoleWithdrawn(role=role, area=area) if account is not None:
            kept = tuple(each for each in account.given if (each.role, each.area) != (role, area))
            left = replace(account, given=kept)
        case _:
            return False
    return _two_decide(accounts, township) and not _two_decide(
        {**accounts, subject: left}, township
    )


def _two_decide(accounts: Mapping[str, Account], township: str) -> bool:
    """Whether two independent people may approve in the whole township."""
    able = [name for name, each in accounts.items() if each.remit.allows(APPROVE, township)]
    return any(not in_one_hand(accounts, one, other) for one, other in combinations(able, 2))


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
