"""Whatever somebody types into a field of a page, the page answers; it never fails."""

import re
from typing import Any, Final

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import LI, TAOLIN, TOWNSHIP, ZHENG
from tests.web.examples import EXAMPLES, Call, Example
from tests.web.scene import Scene
from tongxin.access.roles import ROLES

HOSTILE: Final = (
    "0001-01-01T00:00", "9999-12-31T23:59", "10000-01-01T00:00", "2022-02-30T25:61", "2022-04-07",
    "0001-01-01", "9999-12-31", "1e309", "NaN", "-1", "36.5.5", "٣", "\x00", "x" * 5_000, "😷",
    "<script>alert(1)</script>", "'; DROP TABLE fact; --", "%", "..", "person-1", "411526108",
    "99999999999999999999",
)  # fmt: skip
FORMS: Final = [key for key in EXAMPLES if key[0] == "POST" and not key[1].startswith("/api/")]
PLACE: Final = {"": "", "village": TAOLIN, "township": TOWNSHIP}


@pytest.fixture
def backend() -> str:
    """What is typed is read before any database is asked."""
    return "sqlite"


def asker(app: Litestar, path: str) -> Any:
    """Somebody who may: the command post, or the doctor for what only doctors do."""
    handlers = [h for route in app.routes if route.path == path for h in route.route_handlers]  # type: ignore[union-attr]  # all are routes of handlers
    needs = next(h.opt.get("may") for h in handlers if "POST" in h.http_methods)
    return ZHENG if needs and needs not in ROLES["command"].may and needs != "signed-in" else LI


def filled(path: str, call: Call) -> str:
    return re.sub(r"/?\{(\w+):\w+\}", lambda m: "/" + call.path[m[1]].lstrip("/"), path)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_no_field_of_a_form_brings_a_page_down(
    app: Litestar, client: TestClient[Litestar], town: Town, signed_in: SignedIn, form: Any
) -> None:
    method, path = form
    example: Example = EXAMPLES[form]
    scene, who = Scene(town), asker(app, path)
    headers = signed_in(who) | {"Accept": "text/html"}
    scene.asker = who
    call = example.made(scene, PLACE[example.at])
    address = filled(path, call)
    for name in call.form or {}:
        for typed in HOSTILE:
            sent = {**(call.form or {}), name: typed}
            answer = client.request(
                method, address, params=dict(call.query), data=sent, headers=headers,
                follow_redirects=False,
            )  # fmt: skip
            assert answer.status_code < 500, f"{path} {name}={typed[:40]!r}: {answer.status_code}"
    nothing = client.request(
        method, address, params=dict(call.query), data={"x": "y"}, headers=headers,
        follow_redirects=False,
    )  # fmt: skip
    assert nothing.status_code < 500, f"{path} with nothing"


@pytest.mark.slow
def test_no_query_of_a_page_brings_it_down(
    app: Litestar, client: TestClient[Litestar], town: Town, signed_in: SignedIn
) -> None:
    """Every parameter of every page and list that is read."""
    scene = Scene(town)
    headers = signed_in(LI) | {"Accept": "text/html"}
    failed: list[str] = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            example = EXAMPLES.get(("GET", route.path))
            if example is None or "GET" not in handler.http_methods:
                continue
            call = example.made(scene, PLACE[example.at])
            address = filled(route.path, call)
            names = [n for n in handler.parsed_fn_signature.parameters if n not in call.path]
            for name in names:
                for typed in HOSTILE:
                    answer = client.get(
                        address, params={**call.query, name: typed}, headers=headers,
                        follow_redirects=False,
                    )  # fmt: skip
                    if answer.status_code >= 500:
                        failed.append(f"{route.path} {name}={typed[:40]!r}")
    assert failed == []
