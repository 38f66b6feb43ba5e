"""Every route, every role, inside and outside the remit: it does what it declares, no more."""

import logging
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from tests.conftest import Headers, SignedIn
from tests.town import Town
from tests.village import (
    BY_ROLE,
    FENG,
    LI,
    NEIGHBOUR,
    QUANJI,
    SHIZHAI,
    TAOLIN,
    TOWNSHIP,
    ZHOU,
    Worker,
)
from tests.web.examples import EXAMPLES, Call, Example, worker_is_inside
from tests.web.scene import Scene
from tests.web.visitor import shown
from tongxin.access.roles import ROLES
from tongxin.desk import SIGNED_IN
from tongxin.installation import Installation
from tongxin.web import app as composition
from tongxin.web.guards import COOKIE

Route = tuple[str, str, HTTPRouteHandler | Any]
ASKERS: Final = (None, *BY_ROLE.values(), ZHOU, FENG)
PLACES: Final = {
    "": ("",),
    "village": (TAOLIN, QUANJI, SHIZHAI),
    "township": (TOWNSHIP, NEIGHBOUR),
}
REFUSED: Final = frozenset({403, 404, 409, 422})


def routes(app: Litestar) -> Iterator[Route]:
    """Every route that the running application answers, but for telling its own methods."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]):
            for method in getattr(handler, "http_methods", {"ASGI"}):
                if method != "OPTIONS":
                    yield method, route.path, handler


@pytest.fixture
def scene(town: Town) -> Scene:
    made = Scene(town)
    for village in (TAOLIN, QUANJI, SHIZHAI):
        made.somebody(village)
        made.held(village)
    return made


class Walk:
    """One asker's way along a route, and what he may see of the answer."""

    def __init__(self, client: TestClient[Litestar], scene: Scene, signed_in: SignedIn) -> None:
        self.client, self.scene, self.signed_in = client, scene, signed_in
        self._untouched: dict[tuple[str, str, str], Call] = {}

    def call(self, method: str, path: str, call: Call, headers: Headers) -> Any:
        address = re.sub(r"/?\{(\w+):\w+\}", lambda m: _filled(m[1], call), path)
        self.client.cookies.clear()  # whoever signed in before is somebody else
        page = not path.startswith(("/api/", "/schema", "/healthz", "/metrics"))
        kind = {"Accept": "text/html" if page else "application/json"}
        return self.client.request(
            method, address, params=dict(call.query), json=call.json, data=call.form,
            files={call.file[0]: call.file[1]} if call.file else None,
            headers=headers | kind, follow_redirects=False,
        )  # fmt: skip

    def made(self, method: str, path: str, example: Example, place: str, used: bool) -> Call:
        """A call about something fresh; what is to be refused leaves its target for the next."""
        key = (method, path, place)
        if used or key not in self._untouched:
            made = example.made(self.scene, place)
            if used:
                return made
            self._untouched[key] = made
        return self._untouched[key]

    def visit(self, route: Route, example: Example, who: Worker | None, place: str) -> None:
        method, path, handler = route
        wanted = expected(handler, example, who, place)
        self.scene.asker = who or LI
        call = self.made(method, path, example, place, used=example.ok in wanted)
        asker = self.scene.twin(who)[1] if who and example.alone else who
        headers = self.signed_in(asker) if asker else {}
        before = self.scene.heads()
        answer = self.call(method, path, call, headers)
        said = f"{who.name if who else 'nobody'}: {method} {path} at {place}: {answer.status_code}"
        assert answer.status_code in wanted, f"{said}, wanted {wanted}: {answer.text[:300]}"
        if example.ok not in wanted:
            assert self.scene.heads() == before, f"{said}: it recorded something"
        self.search(answer, example, who, str(call), said)
        if example.becomes:
            self.leave(answer)

    def leave(self, answer: Any) -> None:
        """End the session just begun: an account has a few only, and the walk needs its first."""
        token = answer.cookies.get(COOKIE) or answer.json()["token"]
        self.client.cookies.clear()
        headers = {"Authorization": f"Bearer {token}"}
        assert self.client.post("/api/v1/logout", headers=headers).status_code == 204

    def search(
        self, answer: Any, example: Example, who: Worker | None, sent: str, said: str
    ) -> None:
        """Nothing hidden in what was answered, but for what the asker himself had sent."""
        seen = shown(answer) + str(answer.headers)
        leaked = {word for word in self.scene.hidden_from(example.becomes or who) if word in seen}
        assert not {word for word in leaked if word not in sent}, f"{said} shows {leaked}"
        assert "$argon2" not in seen, f"{said} shows the hash of a password"
        if not example.reveals:
            bare = {word for word in self.scene.secrets if word in seen}
            assert not bare, f"{said} shows unmasked {bare}"


def _filled(name: str, call: Call) -> str:
    return "/" + call.path[name].lstrip("/")


def expected(handler: Any, example: Example, who: Worker | None, place: str) -> set[int]:
    """What the declaration of a route and the table of roles say about this asker here."""
    if handler.opt.get("public"):
        return {example.ok}
    if who is None:
        return {401, 303}
    needs = handler.opt["may"]
    if needs != SIGNED_IN and needs not in ROLES[who.role].may:
        return {403}
    inside = not place or worker_is_inside(who, place)
    return {example.ok} if inside else set(REFUSED)


def test_every_route_has_an_example(app: Litestar) -> None:
    live = {(method, path) for method, path, _ in routes(app)}
    missing = sorted(live - EXAMPLES.keys())
    assert not missing, f"no example of a valid call in tests/web/examples.py for {missing}"
    gone = sorted(EXAMPLES.keys() - live)
    assert not gone, f"these routes are gone; take them out of tests/web/examples.py: {gone}"


@pytest.mark.slow
def test_no_route_shows_or_does_more_than_its_declaration_and_the_remit_allow(
    app: Litestar,
    client: TestClient[Litestar],
    scene: Scene,
    signed_in: SignedIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own client
    walk = Walk(client, scene, signed_in)
    for route in routes(app):
        example = EXAMPLES[route[:2]]
        for who in ASKERS:
            for place in PLACES[example.at]:
                walk.visit(route, example, who, place)
    words = set().union(*scene.words.values())
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert not {word for word in words | scene.secrets if word in logged}


def test_every_capability_lets_somebody_in(app: Litestar) -> None:
    needs = {handler.opt.get("may") for _, _, handler in routes(app)} - {None, SIGNED_IN}
    nobodys = [n for n in needs if not any(n in role.may for role in ROLES.values())]
    assert not nobodys


def test_a_route_that_declares_nothing_stops_the_program(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    @get("/api/v1/planted", sync_to_thread=False)
    def planted() -> str:
        return "open to all"

    own = composition.handlers()
    monkeypatch.setattr(composition, "handlers", lambda: [*own, planted])
    with pytest.raises(AssertionError, match="planted"):
        composition.make(installation)


@pytest.mark.parametrize("opt", [{"may": "no.such"}, {"may": "approve", "public": True}])
def test_a_route_that_declares_nonsense_stops_the_program(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, opt: dict[str, Any]
) -> None:
    @get("/api/v1/planted", opt=opt, sync_to_thread=False)
    def planted() -> str:
        return "open to all"

    own = composition.handlers()
    monkeypatch.setattr(composition, "handlers", lambda: [*own, planted])
    with pytest.raises(AssertionError, match="planted"):
        composition.make(installation)
