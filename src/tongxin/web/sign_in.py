"""Pages of the entrance: sign in and out, choose the language, and night or day."""

from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Meta

from tongxin.access.queries import townships
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Language
from tongxin.desk import SIGNED_IN, Asker
from tongxin.forms import Form, Typed
from tongxin.installation import Installation
from tongxin.registry.queries import township_name
from tongxin.web import frame, sessions
from tongxin.web.guards import COOKIE, FORGED

NO_NAME = ProblemKind("web.no_name", 422, zh="请填写账号。", en="Fill in the account name.")
NO_PASSWORD = ProblemKind("web.no_password", 422, zh="请填写密码。", en="Fill in the password.")
_YEAR_SECONDS: Final = 366 * 24 * 3600
Asked = Request[Any, Any, Any]
Short = Annotated[str, Meta(max_length=400)]


@get("/login", opt={"public": True}, sync_to_thread=True)
def sign_in_page(request: Asked, next: FromQuery[str] = "/") -> Template:
    """Where to sign in."""
    return _page(request, Form(), next)


@post("/login", opt={"public": True}, sync_to_thread=True)
def sign_in(request: Asked, data: Typed) -> Template | Redirect:
    """Begin a session and go on to the page that was asked for."""
    _refuse_strangers(request)
    installation: Installation = request.app.state.installation
    form = Form(data)
    name, password = form.text("name", NO_NAME), str(data.get("password", ""))
    if not password:
        form.wrong(NO_PASSWORD, "password")
    onward = form.text("next")
    if form.sound:
        with form.trying():
            opened = sessions.sign_in(
                installation.store, form.text("township"), name, password, installation.clock(),
                sessions.address_of(request),
            )  # fmt: skip
            return Redirect(within(onward), status_code=303, cookies=[_session(request, opened)])
    form.given.pop("password", None)
    return _page(request, form, onward, form.problems[0].status)


@post("/logout", opt={"may": SIGNED_IN}, sync_to_thread=True)
def sign_out(request: Asked, asker: Asker) -> Redirect:
    """End this session."""
    installation: Installation = request.app.state.installation
    sessions.sign_out(installation.store, asker)
    gone = Cookie(COOKIE, value="", max_age=0, path="/", httponly=True, samesite="lax")
    return Redirect("/login", status_code=303, cookies=[gone])


@get("/language/{language:str}", opt={"public": True}, sync_to_thread=False)
def choose_language(language: FromPath[str], next: FromQuery[str] = "/") -> Redirect:
    """Speak Chinese or English from now on."""
    if language not in tuple(Language):
        raise NOT_FOUND()
    return Redirect(within(next), status_code=303, cookies=[_kept("tongxin_language", language)])


@post("/night", opt={"public": True}, sync_to_thread=False)
def choose_scheme(data: Typed) -> Redirect:
    """Dark at night, or light."""
    form = Form(data)
    chosen = form.text("scheme")
    if chosen not in frame.SCHEMES:
        raise NOT_FOUND()
    onward = within(form.text("next"))
    return Redirect(onward, status_code=303, cookies=[_kept(frame.SCHEME, chosen)])


def within(onward: str) -> str:
    """A page of ours to go on to: never another site's."""
    inside = onward.startswith("/") and not onward.startswith("//")
    return onward if inside and "\\" not in onward and onward.isprintable() else "/"


def _page(request: Asked, form: Form, onward: str, status: int = 200) -> Template:
    installation: Installation = request.app.state.installation
    with installation.database.reading() as connection:
        here = [(code, township_name(connection, code)) for code in townships(connection)]
    shown = frame.of_anybody(request, installation.clock())
    only = {"township": here[0][1]} if len(here) == 1 else {}
    return frame.page(
        request, "login.html",
        shown | only | {"form": form, "next": onward, "townships": here, "here": "/login"},
        status,
    )  # fmt: skip


def _session(request: Asked, opened: sessions.Opened) -> Cookie:
    return Cookie(
        COOKIE, value=opened.token, path="/", httponly=True, samesite="lax",
        secure=request.url.scheme == "https", max_age=int(sessions.LASTS.total_seconds()),
    )  # fmt: skip


def _kept(name: str, value: str) -> Cookie:
    return Cookie(name, value=value, path="/", samesite="lax", max_age=_YEAR_SECONDS)


def _refuse_strangers(request: Asked) -> None:
    """Nobody's page but our own signs somebody in: it might sign him in as somebody else."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise FORGED()


HANDLERS: list[Any] = [sign_in_page, sign_in, sign_out, choose_language, choose_scheme]
