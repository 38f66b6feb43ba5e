"""The entrance: signing in and out, devices, language and night, health and figures of running."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import JSONBody
from litestar.plugins.prometheus import PrometheusController
from msgspec import Struct

from tongxin.desk import SIGNED_IN, Asker
from tongxin.installation import Installation
from tongxin.web import sessions
from tongxin.web.front import watchers_only

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


@get("/healthz", opt={"public": True}, sync_to_thread=True)
def health(request: Request[Any, Any, Any]) -> Health:
    """Whether the database answers and syncs."""
    installation: Installation = request.app.state.installation
    return Health("ok", installation.database.durability(), installation.clock())


class Metrics(PrometheusController):
    """Counts and times of requests by route, for Prometheus; nothing personal."""

    path = "/metrics"
    opt = {"public": True}  # noqa: RUF012 Litestar reads it as a plain class attribute
    guards = (watchers_only,)


HANDLERS: list[Any] = [api_sign_in, api_sign_out, health, Metrics]
