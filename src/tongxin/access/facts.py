"""What is recorded about the people who work with the program."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Door, Fact, Kind, Purpose, Words

Name = Annotated[str, Meta(min_length=1, max_length=60)]


class AccountOpened(Fact, frozen=True, kw_only=True):
    """Somebody may sign in. `password_hash` is argon2's own encoding; `post` is his office."""

    username: Name
    name: Name
    password_hash: str
    post: str = ""


class PasswordSet(Fact, frozen=True, kw_only=True):
    """The account signs in with another password from now on."""

    password_hash: str


class RoleGiven(Fact, frozen=True, kw_only=True):
    """The account holds a role in an area and all that lies inside it."""

    role: Name
    area: str


class RoleWithdrawn(Fact, frozen=True, kw_only=True):
    """The account no longer holds that role there."""

    role: Name
    area: str
    reason: Words


class AccountClosed(Fact, frozen=True, kw_only=True):
    """The account may no longer sign in or record."""

    reason: Words


class DeviceRegistered(Fact, frozen=True, kw_only=True):
    """The account records from this device: its Ed25519 public key, base64."""

    device: Name
    public_key: str
    label: str = ""


class DeviceWithdrawn(Fact, frozen=True, kw_only=True):
    """The device is lost or given back: what it signs from now on is refused, and what it signed
    before and sends now is for a person to decide.
    """

    device: Name
    reason: Words


class Revealed(Fact, frozen=True, kw_only=True):
    """The account looked at unmasked fields of somebody, and said why."""

    subject: str
    fields: tuple[str, ...]
    reason: Words


class Exported(Fact, frozen=True, kw_only=True):
    """The account took a list out of the program: which, how many rows, why."""

    what: Name
    rows: int
    reason: Words


AccessFact = (
    AccountOpened
    | PasswordSet
    | RoleGiven
    | RoleWithdrawn
    | AccountClosed
    | DeviceRegistered
    | DeviceWithdrawn
    | Revealed
    | Exported
)

_ACCOUNT: Final = frozenset({"account"})
_ITSELF: Final = frozenset({Door.FORM, Door.INIT})


def _kind(name: str, body: type[Fact], may: str | None, title: Text, **more: bool) -> Kind:
    return Kind(
        name=name, body=body, about=_ACCOUNT, purpose=Purpose.REGISTRATION, may=may, title=title,
        doors=DESK, introduces=more.get("introduces", False), own=more.get("own", False),
        shapes_context=more.get("shapes_context", True),
    )  # fmt: skip


ACCOUNT_OPENED: Final = _kind(
    "access.account_opened", AccountOpened, "access.manage",
    Text("开设账号", "Account opened"), introduces=True,
)  # fmt: skip
PASSWORD_SET: Final = _kind(
    "access.password_set", PasswordSet, None, Text("修改密码", "Password set")
)
ROLE_GIVEN: Final = _kind(
    "access.role_given", RoleGiven, "access.manage", Text("授予岗位", "Role given")
)
ROLE_WITHDRAWN: Final = _kind(
    "access.role_withdrawn", RoleWithdrawn, "access.manage", Text("收回岗位", "Role withdrawn")
)
ACCOUNT_CLOSED: Final = _kind(
    "access.account_closed", AccountClosed, "access.manage", Text("停用账号", "Account closed")
)
DEVICE_REGISTERED: Final = _kind(
    "access.device_registered", DeviceRegistered, None, Text("登记设备", "Device registered")
)
DEVICE_WITHDRAWN: Final = _kind(
    "access.device_withdrawn", DeviceWithdrawn, "access.manage",
    Text("注销设备", "Device withdrawn"), own=True,
)  # fmt: skip
REVEALED: Final = _kind(
    "access.revealed", Revealed, None, Text("查看完整信息", "Revealed"), shapes_context=False
)
EXPORTED: Final = _kind(
    "access.exported", Exported, None, Text("导出名单", "Exported"), shapes_context=False
)

KINDS: Final = (
    ACCOUNT_OPENED, PASSWORD_SET, ROLE_GIVEN, ROLE_WITHDRAWN, ACCOUNT_CLOSED,
    DEVICE_REGISTERED, DEVICE_WITHDRAWN, REVEALED, EXPORTED,
)  # fmt: skip
