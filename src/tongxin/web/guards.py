"""The one gate: every route says what it needs, and nobody passes without it.

A route declares `opt={"may": capability}`, or `SIGNED_IN`, or `opt={"public": True}`. One that
declares nothing is a mistake and the program does not start with it.
"""

import secrets
from datetime import datetime
from typing import Final

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import Empty
from msgspec import Struct

from tongxin.access.roles import CAPABILITIES
from tongxin.base.problems import ProblemKind
from tongxin.desk import SIGNED_IN, Who
from tongxin.forms import Upload
from tongxin.installation import Installation
from tongxin.web import sessions, uploads
from tongxin.web.front import PACES_ITSELF

NOT_SIGNED_IN = ProblemKind("web.not_signed_in", 401, zh="请先登录。", en="Please sign in first.")
MAY_NOT = ProblemKind(
    "web.may_not",
    403,
    zh="您的岗位没有此项权限（{needs}）。请联系镇指挥部。",
    en="Your post may not do this ({needs}). Ask the command post.",
)
FORGED = ProblemKind(
    "web.forged",
    403,
    zh="此请求不像是从本页面发出的。请刷新页面后重试。",
    en="This request does not seem to come from our own page. Reload the page and try again.",
)

COOKIE: Final = "tongxin_session"
CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# How long a session is not looked up again. One that ended, and a remit that changed, are seen at
# once in every process, for the bell is rung; a row deleted at a database console rings none.
REMEMBERED_MS: Final = 3_000


class Remembered(Struct):
    """A session looked up a moment ago."""

    who: Who
    until_ms: int


class Gate:
    """Knows sessions; remembers each for a moment, so that a burst is not a burst of look-ups."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._recent: dict[str, Remembered] = {}
        self._word = b""

    def who(self, token: str, now: datetime) -> Who | None:
        """Whose token this is."""
        bell = self.installation.store.bell
        word = bell.word
        if word != self._word:
            self._word = word
            self._recent.clear()
        token_hash = sessions.hash_of(token)
        now_ms = int(now.timestamp() * 1000)
        known = self._recent.get(token_hash)
        # Neither later nor earlier: a clock may be set back.
        if known is not None and 0 < known.until_ms - now_ms <= REMEMBERED_MS:
            return known.who
        found = sessions.who(self.installation.store, token_hash, now)
        if found is None:
            self._recent.pop(token_hash, None)
            return None
        if len(self._recent) > 10_000:
            self._recent.clear()
        if word == bell.word:  # else somebody signed out while this was looked up
            self._recent[token_hash] = Remembered(found, now_ms + REMEMBERED_MS)
        return found


def bearer(header: str) -> str:
    """The token in a header `Authorization`, or nothing."""
    return header[7:] if header[:7].lower() == "bearer " else ""


async def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]  # Litestar's own alias leaves the four parameters open
    """Let through who may pass; put who it is where handlers find it."""
    connection.app.state.front.check_host(connection)
    if handler.opt.get("public") or connection.scope.get("method") == "OPTIONS":
        return  # OPTIONS tells which methods an address has, and nothing else
    gate: Gate = connection.app.state.gate
    header = connection.headers.get("Authorization", "")
    sent = bearer(header)
    token = sent or connection.cookies.get(COOKIE, "")
    who = gate.who(token, gate.installation.clock()) if token else None
    if who is None:
        raise NOT_SIGNED_IN()
    needs = handler.opt["may"]
    if needs != SIGNED_IN and not who.remit.holds(needs):
        raise MAY_NOT(needs=needs)
    connection.state.who = who
    method = connection.scope.get("method", "GET")
    if method not in _SAFE and not handler.opt.get(PACES_ITSELF):
        now = gate.installation.clock()
        connection.app.state.front.take(who.account, 1, int(now.timestamp() * 1000))
    upload = None
    if handler.opt.get(uploads.TAKES) and isinstance(connection, Request):
        if not sent and not uploads.is_form(connection):
            raise FORGED()  # nothing in it could be the session's own word
        upload = connection.state.upload = await uploads.received(connection)
    if not sent and method not in _SAFE:
        await _check_csrf(connection, who, upload)


async def _check_csrf(connection: ASGIConnection, who: Who, upload: Upload | None) -> None:  # type: ignore[type-arg]  # as above
    """A form carries the session's own secret; a script sends it as a header."""
    sent = connection.headers.get(CSRF_HEADER, "")
    if not sent and upload is not None:
        sent = upload.typed.get("_csrf_token", "")
    elif not sent and hasattr(connection, "form"):
        kind = connection.headers.get("content-type", "")
        if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
            sent = str((await connection.form()).get("_csrf_token", ""))
    if not secrets.compare_digest(sent.encode(), who.csrf.encode()):
        raise FORGED()


def undeclared(app: Litestar) -> list[str]:
    """Routes that do not say what they need, or need what no role can have."""
    wrong = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]):
            if handler is None or _only_options(handler):
                continue
            needs = handler.opt.get("may", Empty)
            known = needs == SIGNED_IN or needs in CAPABILITIES
            if bool(handler.opt.get("public")) == known:
                methods = handler.http_methods if isinstance(handler, HTTPRouteHandler) else "ASGI"
                wrong.append(f"{sorted(methods)} {route.path}")
    return wrong


def _only_options(handler: BaseRouteHandler) -> bool:
    return isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}
