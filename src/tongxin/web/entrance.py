"""The entrance: signing in and out, devices, language and night, health and figures of running."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import JSONBody
from litestar.plugins.prometheus import PrometheusController
from msgspec import Struct

from tongxin.access import facts as access
from tongxin.base.ids import new_id
from tongxin.base.problems import ProblemKind
from tongxin.desk import SIGNED_IN, Asker, AtDesk
from tongxin.installation import Installation
from tongxin.ledger.facts import REGISTRATION
from tongxin.web import sessions

BAD_KEY = ProblemKind(
    "web.bad_device_key",
    422,
    zh="设备公钥不对：应为 base64 编码的 32 字节 Ed25519 公钥。",
    en="This is no device key: base64 of a 32-byte Ed25519 public key is wanted.",
)
_KEY_BYTES = 32
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs in, in which township."""

    township: Short
    username: Short
    password: Short


class SignedIn(Struct, frozen=True):
    """The session: `token` is sent as `Authorization: Bearer`; `account` is the author's id."""

    token: str
    account: str
    township: str


class NewDevice(Struct, frozen=True, forbid_unknown_fields=True):
    """A device's Ed25519 public key (base64), made and kept on the device."""

    public_key: str
    label: Annotated[str, msgspec.Meta(max_length=60)] = ""


class RegisteredDevice(Struct, frozen=True):
    """The id under which the device signs."""

    device: str
    account: str


class Health(Struct, frozen=True):
    """Whether the program can record."""

    status: str
    durability: str
    now: datetime


@post("/api/v1/login", opt={"public": True}, sync_to_thread=True, status_code=200)
def api_sign_in(request: Request[Any, Any, Any], data: JSONBody[SignIn]) -> SignedIn:
    """Begin a session for a program or a device."""
    installation: Installation = request.app.state.installation
    opened = sessions.sign_in(
        installation.store, data.township, data.username, data.password, installation.clock(),
        sessions.address_of(request),
    )  # fmt: skip
    return SignedIn(opened.token, opened.account, data.township)


@post("/api/v1/logout", opt={"may": SIGNED_IN}, sync_to_thread=True, status_code=204)
def api_sign_out(request: Request[Any, Any, Any], asker: Asker) -> None:
    """End this session."""
    installation: Installation = request.app.state.installation
    sessions.sign_out(installation.store, asker)


@post("/api/v1/devices", opt={"may": SIGNED_IN}, sync_to_thread=True)
def register_device(desk: AtDesk, data: JSONBody[NewDevice]) -> RegisteredDevice:
    """Register the device that this session runs on; from now on its facts are believed."""
    try:
        key = base64.b64decode(data.public_key, validate=True)
    except (binascii.Error, ValueError):
        raise BAD_KEY(field="public_key") from None
    if len(key) != _KEY_BYTES:
        raise BAD_KEY(field="public_key")
    device = f"device-{new_id()}"
    desk.record(
        access.DEVICE_REGISTERED,
        access.DeviceRegistered(device=device, public_key=data.public_key, label=data.label),
        subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    return RegisteredDevice(device, desk.who.account)


@get("/healthz", opt={"public": True}, sync_to_thread=True)
def health(request: Request[Any, Any, Any]) -> Health:
    """Whether the database answers and syncs."""
    installation: Installation = request.app.state.installation
    return Health("ok", installation.database.durability(), installation.clock())


class Metrics(PrometheusController):
    """Counts and times of requests by route, for Prometheus; nothing personal."""

    path = "/metrics"
    opt = {"public": True}  # noqa: RUF012 Litestar reads it as a plain class attribute


HANDLERS: list[Any] = [api_sign_in, api_sign_out, register_device, health, Metrics]
