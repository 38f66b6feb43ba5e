"""The frame of every page: navigation by capabilities, language, night, what was just done."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from tongxin.access.roles import ROLES
from tongxin.arrivals.queries import names_of
from tongxin.base import masking
from tongxin.base.texts import Text
from tongxin.catalogue import CONTRIBUTED, DOORS, SHEETS, plans
from tongxin.desk import Called, Contributed, Desk, Who
from tongxin.forms import FLASH, SAID
from tongxin.installation import Installation
from tongxin.ledger import holding
from tongxin.ledger.facts import Stream
from tongxin.ledger.tables import chain
from tongxin.registry.queries import places
from tongxin.web.edges import language_of
from tongxin.web.ways import Navigation, navigation

SCHEME: Final = "tongxin_night"
SCHEMES: Final = ("night", "day")
Asked = Request[Any, Any, Any]


class Behind:
    """What stands behind a desk: all pillars' rules, who people are, and the page's frame."""

    def __init__(self, request: Asked, installation: Installation) -> None:
        self._request, self._installation = request, installation

    def judged(self, desk: Desk, records: Sequence[Stream]) -> Mapping[str, Any]:
        """A person's journeys as the rules of all pillars judge them now."""
        return plans(records, self._installation.context(desk.connection, desk.township))

    def called(self, desk: Desk, people: Collection[str]) -> Mapping[str, Called]:
        """What people in the asker's remit go by: masked name; the door, for who knocks there."""
        found = names_of(desk.remit, desk.connection, desk.township, people)
        return {
            subject: Called(
                masking.name(row["name"]),
                row["address"] if desk.remit.allows(DOORS, row["area"]) else "",
                row["area"],
            )
            for subject, row in found.items()
        }

    def columns(self, of: str) -> Sequence[Contributed]:
        """The columns that pillars above add to a list."""
        return CONTRIBUTED.get(of, ())

    def sheets(self) -> Mapping[str, Any]:
        """The kinds of list that pillars take in."""
        return SHEETS

    def framed(self, desk: Desk, template: str, context: dict[str, Any], status: int) -> Template:
        """A page in its frame."""
        shown = of_desk(self._request, desk.who, desk.connection, desk.now) | {"desk": desk}
        return page(self._request, template, shown | context, status)


class Page(Template):
    """A page that was rendered where it was made: on the handler's thread.

    Litestar renders templates on its event loop, where whoever else asks would wait for it.
    """

    def __init__(self, request: Asked, template: str, context: dict[str, Any], status: int) -> None:
        # What it says was just done is said once.
        gone = [Cookie(FLASH, value="", max_age=0)] if context.get("flash") else None
        super().__init__(template, status_code=status, cookies=gone)
        whole = context | self.create_template_context(request)
        self._html = _engine(request).get_template(template).render(**whole)

    def to_asgi_response(self, app: Any, request: Asked, **sent: Any) -> ASGIResponse:
        """The page, as any text is sent."""
        rendered = Response(
            self._html, status_code=self.status_code, media_type=MediaType.HTML,
            cookies=self.cookies, headers=self.headers,
        )  # fmt: skip
        return rendered.to_asgi_response(app, request, **sent)


def _engine(request: Asked) -> JinjaTemplateEngine:
    engine = request.app.template_engine
    if not isinstance(engine, JinjaTemplateEngine):
        raise AssertionError("pages are rendered by Jinja2")
    return engine


def page(request: Asked, template: str, context: dict[str, Any], status: int = 200) -> Template:
    """A page."""
    return Page(request, template, context, status)


def of_anybody(request: Asked, now: datetime) -> dict[str, Any]:
    """The frame where nobody is signed in."""
    return {
        "language": language_of(request), "scheme": _scheme(request), "here": _here(request),
        "now": now, "desk": None, "township": None, "navigation": None, "csrf_token": "",
        "flash": _flash(request),
    }  # fmt: skip


def of_desk(request: Asked, who: Who, connection: Connection, now: datetime) -> dict[str, Any]:
    """The frame of somebody who is signed in."""
    head = connection.scalar(sa.select(chain.c.hash).where(chain.c.township == who.township))
    named = places(connection, who.township)
    return of_anybody(request, now) | {
        "township": who.township_name, "csrf_token": who.csrf, "places": named,
        "navigation": _navigation(request, who, connection), "role": _roles(who, named),
        "ledger_head": bytes(head).hex() if head else None,
    }  # fmt: skip


def _navigation(request: Asked, who: Who, connection: Connection) -> Navigation:
    held = 0
    if who.remit.holds("held.read"):
        held = holding.how_many(who.remit, connection, who.township)
    return navigation(who.remit, request.scope["path"], held)


def _roles(who: Who, named: Mapping[str, str]) -> Text:
    told = [
        (ROLES[role].title, "" if area == who.township else named.get(area, area))
        for role, area in who.roles
        if role in ROLES
    ]
    return Text(
        "；".join(f"{title.zh} {where}".strip() for title, where in told),
        "; ".join(f"{title.en} {where}".strip() for title, where in told),
    )


def _flash(request: Asked) -> dict[str, Any] | None:
    said = SAID.get(request.cookies.get(FLASH, ""))
    return {"kind": said.kind, "text": said.text} if said else None


def _scheme(request: Asked) -> str:
    chosen = request.cookies.get(SCHEME, "")
    return chosen if chosen in SCHEMES else "auto"


def _here(request: Asked) -> str:
    path: str = request.scope["path"]
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query and request.method == "GET" else path
