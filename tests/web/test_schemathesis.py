"""The whole API against its own description: whoever asks whatever, nothing fails and all works."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis import GenerationMode

from tests.conftest import Headers, SignedIn
from tests.town import Town
from tests.village import BY_ROLE, LI, PASSWORD, QUANJI, TAOLIN, TOWNSHIP, Worker
from tests.web.calls import Call, Example
from tests.web.examples import API
from tests.web.scene import Scene
from tongxin.web import sessions

Browser = TestClient[Litestar]
ROLES: Final = tuple(BY_ROLE.values())
DRAWS: Final = len(ROLES)
# A path of the description, as the table of examples writes it.
# Who asks here does not say from where; `test_front` does.
FOR_THIS_MACHINE: Final = {"GET /metrics"}
TYPED: Final = {path.replace(":str", "").replace(":path", ""): path for _, path in API}
HOSTILE: Final[tuple[Any, ...]] = (
    "a\x00b", "", "\u202e\uffff", "x" * 20_000, "' OR 1=1 --", "%00", "../../etc/passwd", 10**30,
    2**63, -0.5, True, None, [], {}, "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00",
    "2022-04-07T06:00:00", "person-" + "9" * 60,
)  # fmt: skip


@pytest.fixture
def scene(town: Town) -> Scene:
    made = Scene(town)
    for village in (TAOLIN, QUANJI):
        made.somebody(village)
        made.held(village)
    return made


class Asking:
    """Sends what was drawn, as whoever is to ask, and keeps what came back."""

    def __init__(self, client: Browser, scene: Scene, signed_in: SignedIn) -> None:
        self.client, self.scene, self.signed_in = client, scene, signed_in
        self.worked: dict[str, set[str]] = {}
        self.failed: list[str] = []

    def headers(self, who: Worker, example: Example) -> Headers:
        """Those of `who`; where the call would end his session, of a session made for it."""
        if not example.alone:
            return self.signed_in(who)
        twin = self.scene.twin(who)[1]
        opened = sessions.sign_in(
            self.scene.town.installation.store, TOWNSHIP, twin.username, PASSWORD,
            self.scene.town.now,
        )  # fmt: skip
        return {"Authorization": f"Bearer {opened.token}"}

    def send(
        self, label: str, who: Worker, headers: Headers, address: str, body: Any, query: Any
    ) -> int:
        method = label.partition(" ")[0]
        sent = None if body is None else json.dumps(body).encode()
        kind = {} if sent is None else {"Content-Type": "application/json"}
        answer = self.client.request(
            method, address, content=sent, params=query, headers=headers | kind
        )
        if label == "POST /api/v1/login" and answer.status_code == 200:
            # An account has a few sessions only, and the first is still asked with.
            mine = {"Authorization": f"Bearer {answer.json()['token']}"}
            assert self.client.post("/api/v1/logout", headers=mine).status_code == 204
        return self.kept(label, who, answer, f"{address[:200]} {query} {str(sent)[:300]}")

    def send_file(self, label: str, who: Worker, headers: Headers, call: Call) -> int:
        """A form with a file: what a description in JSON cannot draw."""
        assert call.file is not None
        method, _, path = label.partition(" ")
        files = {call.file[0]: call.file[1]}
        answer = self.client.request(method, path, data=call.form, files=files, headers=headers)
        return self.kept(label, who, answer, "with a file")

    def kept(self, label: str, who: Worker, answer: Any, said: str) -> int:
        """What came back: whether it works for this role, and whether anything failed."""
        if answer.status_code >= 500:
            self.failed.append(f"{who.role}: {label} {said}")
        elif answer.status_code < 300:
            self.worked.setdefault(label, set()).add(who.role)
        return int(answer.status_code)


def filled(path: str, values: Any) -> str:
    """A path with its values, whatever they are, as a client would write them."""
    for name, value in values.items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    return path


@pytest.fixture
def asking(client: Browser, scene: Scene, signed_in: SignedIn) -> Asking:
    for who in BY_ROLE.values():
        signed_in(who)
    return Asking(client, scene, signed_in)


@pytest.fixture
def operations(client: Browser) -> list[Any]:
    """Every operation of the description; signing in last, for its failures slow everybody."""
    described = client.get("/schema/openapi.json").json()
    results: Any = schemathesis.openapi.from_dict(described).get_all_operations()
    found = [result.ok() for result in results]
    return sorted(found, key=lambda each: "login" in each.path)


def example_of(operation: Any) -> Example:
    key = (operation.method.upper(), TYPED.get(operation.path, operation.path))
    assert key in API, f"no example of a valid call in tests/web/examples.py for {key}"
    return API[key]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"])
def test_nothing_fails_and_every_operation_works_for_somebody(
    asking: Asking, operations: list[Any]
) -> None:
    assert len(operations) > 30
    for operation in operations:
        example = example_of(operation)
        for who in BY_ROLE.values():
            asking.scene.asker = who
            call = example.made(asking.scene, TAOLIN if example.at != "township" else TOWNSHIP)
            headers = asking.headers(who, example)
            address = filled(operation.path, call.path)
            if call.file is not None:
                asking.send_file(operation.label, who, headers, call)
                continue
            asking.send(operation.label, who, headers, address, call.json, dict(call.query))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            draw(asking, operation, example, call, mode)
    assert asking.failed == []
    asked = {operation.label for operation in operations} - FOR_THIS_MACHINE
    idle = sorted(asked - asking.worked.keys())
    assert idle == [], "no role came to a 2xx here"


def draw(
    asking: Asking, operation: Any, example: Example, call: Call, mode: GenerationMode
) -> None:
    """Each role asks what the description allows, or does not; every other one of a real thing."""
    drawn = 0

    @hypothesis.settings(
        max_examples=DRAWS, derandomize=True, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal drawn
        who, real = ROLES[drawn % len(ROLES)], drawn % 2 == 0
        drawn += 1
        path = {**(case.path_parameters or {}), **(call.path if real else {})}
        body = case.body if isinstance(case.body, dict | list | str | int | float) else None
        address = filled(operation.path, path)
        headers = asking.headers(who, example)
        asking.send(operation.label, who, headers, address, body, case.query)

    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # an operation without input has nothing wrong


def damaged(value: Any) -> Iterator[Any]:
    """A valid body with one part of it hostile, for each part."""
    if isinstance(value, dict):
        for name, part in value.items():
            for other in damaged(part):
                yield {**value, name: other}
    elif isinstance(value, list) and value:
        for other in damaged(value[0]):
            yield [other, *value[1:]]
    else:
        yield from HOSTILE


@pytest.mark.slow
def test_hostile_values_have_defined_answers(asking: Asking, operations: list[Any]) -> None:
    for operation in operations:
        example = example_of(operation)
        call = example.made(asking.scene, TAOLIN if example.at != "township" else TOWNSHIP)
        headers = asking.headers(LI, example)
        names = [parameter.name for parameter in operation.query]
        whole = filled(operation.path, call.path)
        for value in HOSTILE:
            for name in call.path:
                path = filled(operation.path, {**call.path, name: value or "0"})
                asking.send(operation.label, LI, headers, path, call.json, {})
            for name in names:
                told = {name: "" if value is None else str(value)}
                asking.send(operation.label, LI, headers, whole, call.json, told)
        for body in damaged(call.json) if call.json is not None else ():
            asking.send(operation.label, LI, headers, whole, body, {})
    assert asking.failed == []
