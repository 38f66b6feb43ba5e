"""The reference says what the program says: problems, addresses, roles."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from litestar.handlers import HTTPRouteHandler

from tongxin.access.roles import CAPABILITIES, ROLES
from tongxin.web.app import handlers
from tools.problems import PAGE, page

REFERENCE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference.md"


def addresses() -> Iterator[str]:
    """Every address for programs, as the reference spells it."""
    for handler in handlers():
        if isinstance(handler, HTTPRouteHandler):
            for path in handler.paths:
                if path.startswith("/api/"):
                    yield path.replace(":str}", "}")


def test_the_page_of_problems_is_current() -> None:
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    assert written == page(), "run: .venv/bin/python tools/problems.py"


def test_every_address_is_in_the_reference() -> None:
    text = REFERENCE.read_text(encoding="utf-8").replace("`…/", "`/api/v1/…/")
    missing = [
        path
        for path in sorted(set(addresses()))
        if f"{path}`" not in text
        and f"{path}?" not in text
        and f"/api/v1/…/{'/'.join(path.split('/')[5:])}`" not in text
    ]
    assert not missing, f"describe in docs/reference.md: {missing}"


def test_every_role_and_capability_is_in_the_reference() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    missing = [name for name in sorted({*ROLES, *CAPABILITIES}) if f"`{name}`" not in text]
    assert not missing, f"describe in docs/reference.md: {missing}"
