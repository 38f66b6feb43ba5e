"""What follows from the facts of an account. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from tongxin.access import facts
from tongxin.access.roles import ROLES
from tongxin.base.remit import Grant, Remit
from tongxin.ledger.facts import Entry


class Device(Struct, frozen=True):
    """A device that signs for an account; `public_key` is base64."""

    device: str
    public_key: str
    label: str


class Account(Struct, frozen=True):
    """One account as its facts leave it. `roles` are (role, area), sorted."""

    username: str
    name: str
    post: str
    password_hash: str
    roles: tuple[tuple[str, str], ...]
    devices: tuple[Device, ...]
    closed: bool
    opened_by: str

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


def account(entries: Sequence[Entry]) -> Account | None:
    """The account that these entries make, in the order recorded; None where none was opened."""
    opened = next((e for e in entries if isinstance(e.body, facts.AccountOpened)), None)
    if opened is None or not isinstance(opened.body, facts.AccountOpened):
        return None
    password = opened.body.password_hash
    roles: set[tuple[str, str]] = set()
    devices: dict[str, Device] = {}
    closed = False
    for entry in entries:
        match entry.body:
            case facts.PasswordSet(password_hash=new):
                password = new
            case facts.RoleGiven(role=role, area=area):
                roles.add((role, area))
            case facts.RoleWithdrawn(role=role, area=area):
                roles.discard((role, area))
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
        closed=closed, opened_by=opened.header.author,
    )  # fmt: skip
