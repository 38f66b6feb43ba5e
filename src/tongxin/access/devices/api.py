"""Devices for programs: register the one in hand, list one's own or an account's, withdraw one."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from tongxin.access import facts, queries, sessions
from tongxin.access.rules import Account, Device
from tongxin.base.clock import from_ms
from tongxin.base.ids import new_id, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import SIGNED_IN, AtDesk, Desk
from tongxin.ledger.facts import REGISTRATION, Verdict

BAD_KEY = ProblemKind(
    "access.bad_device_key",
    422,
    zh="设备公钥不对：应为 base64 编码的 32 字节 Ed25519 公钥。",
    en="This is no device key: base64 of a 32-byte Ed25519 public key is wanted.",
)
TOO_MANY = ProblemKind(
    "access.too_many_devices",
    409,
    zh="一个账号最多登记 {most} 台设备。请先注销不用的。",
    en="An account has {most} devices at most. Withdraw one that is not used any more first.",
)
MOST: Final = 8
_KEY_BYTES: Final = 32


class NewDevice(Struct, frozen=True, forbid_unknown_fields=True):
    """A device's Ed25519 public key (base64), made and kept on the device."""

    public_key: str
    label: Annotated[str, msgspec.Meta(max_length=60)] = ""


class RegisteredDevice(Struct, frozen=True):
    """The id under which the device signs."""

    device: str
    account: str


class DeviceShown(Struct, frozen=True):
    """A device of an account. One that is withdrawn signs nothing any more."""

    device: str
    label: str
    registered_at: datetime
    withdrawn_at: datetime | None


class WhyWithdrawn(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a device is withdrawn: lost, given back, sold."""

    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]


@post("/api/v1/devices", opt={"may": SIGNED_IN}, sync_to_thread=True)
def register_device(desk: AtDesk, data: JSONBody[NewDevice]) -> RegisteredDevice:
    """Register the device that this session runs on; from now on its facts are believed."""
    return registered(desk, data)


@get("/api/v1/devices", opt={"may": SIGNED_IN}, sync_to_thread=True)
def list_own_devices(desk: AtDesk) -> list[DeviceShown]:
    """One's own devices, the withdrawn ones too."""
    return devices(desk, desk.who.account)


@post("/api/v1/devices/{device:str}/withdraw", opt={"may": SIGNED_IN}, sync_to_thread=True)
def withdraw_own_device(
    desk: AtDesk, device: FromPath[str], data: JSONBody[WhyWithdrawn]
) -> Verdict:
    """Withdraw one's own device; all other sessions of one's own end."""
    return withdrawn(desk, desk.who.account, device, data)


@get("/api/v1/accounts/{account:str}/devices", opt={"may": "access.read"}, sync_to_thread=True)
def list_devices(desk: AtDesk, account: FromPath[str]) -> list[DeviceShown]:
    """The devices of an account, the withdrawn ones too."""
    return devices(desk, account)


@post(
    "/api/v1/accounts/{account:str}/devices/{device:str}/withdraw",
    opt={"may": "access.manage"},
    sync_to_thread=True,
)
def withdraw_device(
    desk: AtDesk, account: FromPath[str], device: FromPath[str], data: JSONBody[WhyWithdrawn]
) -> Verdict:
    """Withdraw a device of an account, whose sessions end: whoever has it may be signed in."""
    return withdrawn(desk, account, device, data)


def registered(desk: Desk, new: NewDevice) -> RegisteredDevice:
    """Register a device of the asker's own."""
    try:
        key = base64.b64decode(new.public_key, validate=True)
    except (binascii.Error, ValueError):
        raise BAD_KEY(field="public_key") from None
    if len(key) != _KEY_BYTES:
        raise BAD_KEY(field="public_key")
    mine = _account(desk, desk.who.account)
    if sum(each.withdrawn_at is None for each in mine.devices) >= MOST:
        raise TOO_MANY(field="public_key", most=MOST)
    device = f"device-{new_id()}"
    desk.record(
        facts.DEVICE_REGISTERED,
        facts.DeviceRegistered(device=device, public_key=new.public_key, label=new.label),
        subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    return RegisteredDevice(device, desk.who.account)


def devices(desk: Desk, account: str) -> list[DeviceShown]:
    """The devices of an account that the asker may read about: those in use first, newest first."""
    own = account == desk.who.account
    if not own and not desk.remit.allows("access.read", desk.township):
        raise NOT_FOUND()
    known = sorted(_account(desk, account).devices, key=_in_use_and_newest)
    return [
        DeviceShown(
            each.device, each.label, from_ms(each.registered_at),
            None if each.withdrawn_at is None else from_ms(each.withdrawn_at),
        )
        for each in known
    ]  # fmt: skip


def withdrawn(desk: Desk, account: str, device: str, why: WhyWithdrawn) -> Verdict:
    """Withdraw a device; sessions of its account end, but for the asker's own present one."""
    found = _account(desk, account).device(device)
    if found is None or found.withdrawn_at is not None:
        raise NOT_FOUND()
    verdict = desk.record(
        facts.DEVICE_WITHDRAWN, facts.DeviceWithdrawn(device=device, reason=why.reason),
        subject=account, purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    with desk.store.database.writing() as connection:
        sessions.end_all(connection, desk.township, account, but=desk.who.token_hash)
    desk.store.bell.ring()
    return verdict


def _account(desk: Desk, account: str) -> Account:
    known = queries.accounts(desk.store, desk.connection, desk.township)
    found = known.get(subject_id(account, "account"))
    if found is None:
        raise NOT_FOUND()
    return found


def _in_use_and_newest(device: Device) -> tuple[bool, int]:
    return device.withdrawn_at is not None, -device.registered_at


HANDLERS: list[Any] = [
    register_device, list_own_devices, withdraw_own_device, list_devices, withdraw_device,
]  # fmt: skip
