"""What every answer tells the browser not to do: run others' code, be framed, keep pages."""

from typing import Final

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

_POLICY: Final = "; ".join(
    (
        "default-src 'self'", "img-src 'self' data: blob:", "object-src 'none'",
        "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    )
)  # fmt: skip
_ALWAYS: Final = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)"),
)
# How long a browser may keep style, scripts and shapes; all else it may not keep at all.
_STATIC_SECONDS: Final = 600
_STATIC: Final = ("/static/", "/field")


async def guard_answer(message: Message, scope: Scope) -> None:
    """Put the headers on an answer as it leaves, those to failures included."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _ALWAYS:
        headers[name] = value
    if "cache-control" not in headers:
        static = scope["path"].startswith(_STATIC)
        headers["Cache-Control"] = f"max-age={_STATIC_SECONDS}" if static else "no-store"
