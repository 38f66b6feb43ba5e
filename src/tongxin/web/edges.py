"""Where problems become answers: problem details for programs, a kind page for people."""

import logging
import traceback
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.response import Redirect, Template
from sqlalchemy.exc import DataError, InterfaceError, OperationalError

from tongxin.base.problems import MALFORMED, NOT_FOUND, Problem, ProblemKind
from tongxin.base.texts import Language
from tongxin.ledger.keys import KeysError
from tongxin.ledger.store import whereabouts

BAD_INPUT = ProblemKind(
    "web.bad_input",
    400,
    zh="有填写不对的地方：{why}。请改正后再提交。",
    en="Something in the input is not right: {why}. Mend it and send it again.",
)
NOT_ALLOWED = ProblemKind(
    "web.not_allowed", 405, zh="这个地址不支持此操作。", en="This address does not do that."
)
TOO_LARGE = ProblemKind(
    "web.too_large",
    413,
    zh="提交的内容太大。请分批提交。",
    en="What was sent is too large. Send it in parts.",
)
FAILED = ProblemKind(
    "web.failed",
    500,
    zh="程序出错了，已记入日志。您填写的内容没有保存，请稍后重试。",
    en="The program failed, and this is in its log. What you sent was not saved; try again.",
)
UNREACHABLE = ProblemKind(
    "web.database_fails",
    503,
    zh="数据库暂时连不上，或磁盘有问题。请稍后重试；您填写的内容请保留。",
    en="The database cannot be reached just now, or its disk fails. Keep what you typed and try "
    "again.",
)
# What the database, or the file of keys, raises where a connection, a lock or the disk fails it.
_UNREACHABLE: Final = (OperationalError, InterfaceError, KeysError)
DETAILS: Final = "application/problem+json"
_DECODER: Final = ("serialization", "msgspec_hooks.py")
_log = logging.getLogger("tongxin.web")
_BY_STATUS: dict[int, ProblemKind] = {404: NOT_FOUND, 405: NOT_ALLOWED, 413: TOO_LARGE}


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The language that the browser's cookie, or else its header, asks for; Chinese otherwise."""
    chosen = request.cookies.get("tongxin_language", "")
    if chosen in tuple(Language):
        return Language(chosen)
    accepted = request.headers.get("accept-language", "").lower()
    return Language.EN if accepted.startswith("en") else Language.ZH


def expected(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    """The answer to an expected failure."""
    return answer(request, problem)


def http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """The answer to what the framework refuses, in our own words."""
    if isinstance(error, ValidationException):
        problem = BAD_INPUT(field=_field(error), why=_reasons(error))
    elif isinstance(error, SerializationException):
        problem = MALFORMED(why="JSON")
    elif error.status_code >= 500:
        return unexpected(request, error)
    else:
        kind = _BY_STATUS.get(error.status_code, BAD_INPUT)
        problem = kind(why=error.status_code) if kind is BAD_INPUT else kind()
    return answer(request, problem)


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to a fault of ours, or the machine's; the log tells where, and never a value.

    Two things only look like one: a body that no decoder can read, and a text or number that
    PostgreSQL cannot keep.
    """
    if "\x00" in request.scope["path"]:
        return answer(request, NOT_FOUND())
    if isinstance(error, RecursionError | UnicodeDecodeError) and _while_decoding(error):
        return answer(request, MALFORMED(why="JSON"))
    if isinstance(error, DataError):
        return answer(request, BAD_INPUT(why="NUL"))
    _log.error("%s %s failed: %s", request.method, request.scope["type"], whereabouts(error))
    return answer(request, failure(error))


def failure(error: Exception) -> Problem:
    """What whoever asked is told of a fault: ours, or that of the database and its disk."""
    return UNREACHABLE() if isinstance(error, _UNREACHABLE) else FAILED()


def _while_decoding(error: Exception) -> bool:
    """Whether the framework failed on it while it read the request."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(Path(frame.filename).parts[-2:] == _DECODER for frame in frames)


def answer(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    """Problem details, or a page; whoever is not signed in is sent to do so."""
    headers = {"Cache-Control": "no-store"}
    if is_program(request):
        return Response(
            details(problem), status_code=problem.status, media_type=DETAILS, headers=headers
        )
    if problem.code == "web.not_signed_in":
        return Redirect(_entrance(request), status_code=303, headers=headers)
    return Template(
        "problem.html",
        context={
            "problem": problem, "language": language_of(request), "desk": None,
            "scheme": request.cookies.get("tongxin_night", "auto"), "csrf_token": "",
        },
        status_code=problem.status,
        media_type=MediaType.HTML,
        headers=headers,
    )  # fmt: skip


def details(problem: Problem) -> dict[str, Any]:
    """A problem as programs read it."""
    return {
        "type": f"tongxin:{problem.code}", "title": problem.text.en, "status": problem.status,
        "code": problem.code, "field": problem.field,
        "detail": {"zh": problem.text.zh, "en": problem.text.en},
    }  # fmt: skip


def _entrance(request: Request[Any, Any, Any]) -> str:
    """Where to sign in, and from there back to the page that was asked for."""
    path = request.scope["path"]
    if request.method != "GET" or path == "/":
        return "/login"
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"/login?next={quote(f'{path}?{query}' if query else path)}"


def is_program(request: Request[Any, Any, Any]) -> bool:
    """Whether a program asks: by address, or by what it says that it reads."""
    path = request.scope["path"]
    return path.startswith(("/api/", "/schema", "/healthz", "/metrics")) or (
        "text/html" not in request.headers.get("accept", "text/html")
    )


def _field(error: ValidationException) -> str | None:
    extra = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], dict):
        return str(extra[0].get("key")) if extra[0].get("key") else None
    return None


def _reasons(error: ValidationException) -> str:
    """What the decoder said, field by field, without the values themselves."""
    extra = error.extra
    if not isinstance(extra, list):
        return "?"
    told = [f"{item.get('key', '')}: {item.get('message', '')}" for item in extra[:5]]
    return "; ".join(told)[:300]
