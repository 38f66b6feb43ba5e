"""The lane through the bulk doors says and refuses what the handlers behind it do, only sooner."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import pytest
import sqlalchemy as sa
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from prometheus_client import REGISTRY

from tests.apart import finished
from tests.conftest import Headers, SignedIn
from tests.town import Town
from tests.village import CHEN, LI, QIAN, QUANJI, SUN, TAOLIN, WU, arrival, batch, wire
from tests.web.examples import EXAMPLES
from tests.web.scene import Scene
from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.ledger.tables import fact
from tongxin.web.app import LARGEST_REQUEST
from tongxin.web.guards import COOKIE, Gate
from tongxin.web.lane import Application, again, asked_of

ARRIVALS: Final = "/api/v1/arrivals"
FACTS: Final = "/api/v1/facts"
JSON: Final = {"Content-Type": "application/json"}


def coming(area: str = TAOLIN, **more: Any) -> bytes:
    """An arrival as a program sends it."""
    return msgspec.json.encode({"area": area, "arrival": arrival(CHEN)} | more)


def recorded(town: Town) -> int:
    with town.installation.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(fact)) or 0


def by_lane(app: Litestar, path: str, headers: Headers, *parts: bytes) -> Any:
    """What the lane itself answers, if it does; its `came` are the parts that it took in."""
    assert isinstance(app, Application)
    messages = [
        {"type": "http.request", "body": part, "more_body": n < len(parts)}
        for n, part in enumerate(parts, 1)
    ]
    left = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(left)

    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    asked = asked_of([(b"host", b"localhost"), *sent])
    return finished(app.lanes[path].answer(asked, receive, []))


def test_an_arrival_in_order_goes_by_the_lane(
    town: Town, app: Litestar, signed_in: SignedIn
) -> None:
    before = recorded(town)
    told = by_lane(app, ARRIVALS, signed_in(WU) | JSON, coming()[:40], coming()[40:])
    assert told is not None and told.status == 201
    assert msgspec.json.decode(told.body)["outcome"] == "recorded"
    assert recorded(town) == before + 1


def test_so_does_a_batch(town: Town, app: Litestar, signed_in: SignedIn) -> None:
    phone, headers = town.device(WU), signed_in(WU) | JSON
    facts = [
        wire(
            phone, arrivals.ARRIVAL_RECORDED, arrival(CHEN), subject=f"person-{new_id()}",
            purpose=f"episode:{new_id()}", at=town.now,
        )
        for _ in range(3)
    ]  # fmt: skip
    told = by_lane(app, FACTS, headers, batch([*facts, b"{}"], town.now))
    assert told is not None and told.status == 200
    outcomes = [each["outcome"] for each in msgspec.json.decode(told.body)["verdicts"]]
    assert outcomes == ["recorded"] * 3 + ["refused"]


NOT_IN_ORDER: Final[Mapping[str, tuple[Any, Headers, bytes]]] = {
    "nobody": (None, JSON, coming()),
    "a made-up token": (None, JSON | {"Authorization": "Bearer x"}, coming()),
    "somebody who may not": (QIAN, JSON, coming()),
    "another host": (WU, JSON | {"Host": "evil.example"}, coming()),
    "half a body": (WU, JSON, coming()[:50]),
    "a field too many": (WU, JSON, coming(colour="red")),
    "no area": (WU, JSON, coming("41x")),
    "an area elsewhere": (SUN, JSON, coming(QUANJI)),
    "an id that is none": (WU, JSON, coming(id="1")),
    "too much": (WU, JSON, b" " * (LARGEST_REQUEST + 1)),
}


@pytest.mark.parametrize("path", [ARRIVALS, FACTS])
@pytest.mark.parametrize("case", NOT_IN_ORDER)
def test_whatever_is_not_in_order_is_refused_as_ever_and_records_nothing(
    town: Town,
    app: Litestar,
    client: TestClient[Litestar],
    signed_in: SignedIn,
    case: str,
    path: str,
) -> None:
    who, headers, body = NOT_IN_ORDER[case]
    headers = (signed_in(who) if who else {}) | headers
    before = recorded(town)
    answer = client.post(path, content=body, headers=headers)
    assert isinstance(app, Application)
    app.lanes = {}
    as_ever = client.post(path, content=body, headers=headers)
    assert answer.status_code >= 400
    assert told_by(answer) == told_by(as_ever)
    assert recorded(town) == before


def told_by(answer: Response) -> tuple[Any, ...]:
    """Status, body and headers, but for when it was."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, headers


def test_a_good_answer_has_the_same_headers_by_either_way(
    app: Litestar, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    headers = signed_in(WU) | JSON
    answer = client.post(ARRIVALS, content=coming(), headers=headers)
    assert isinstance(app, Application)
    app.lanes = {}
    as_ever = client.post(ARRIVALS, content=coming(), headers=headers)
    assert answer.status_code == as_ever.status_code == 201
    assert answer.json().keys() == as_ever.json().keys()
    assert {*answer.headers} == {*as_ever.headers}


def test_what_says_no_media_type_goes_by_the_handler(
    client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    told = signed_in(WU) | {"Content-Type": "text/plain"}
    assert client.post(ARRIVALS, content=coming(), headers=told).status_code == 201


def test_a_refusal_after_the_writer_had_it_is_told_once(
    town: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    """The same id with other content is held, and held once: nobody tries it a second time."""
    headers, told = signed_in(WU) | JSON, new_id()
    assert client.post(ARRIVALS, content=coming(id=told), headers=headers).status_code == 201
    other = msgspec.json.encode({"area": TAOLIN, "arrival": arrival(CHEN, name="别人"), "id": told})
    answer = client.post(ARRIVALS, content=other, headers=headers)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "desk.not_taken"
    with town.installation.database.reading() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM held")) == 1


def test_a_session_by_cookie_still_needs_the_secret_of_the_form(
    client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    token = signed_in(LI)["Authorization"].removeprefix("Bearer ")
    answer = client.post(ARRIVALS, content=coming(), headers=JSON | {"Cookie": f"{COOKIE}={token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "web.forged")


def test_what_has_gone_by_the_lane_is_counted_with_all_the_rest(
    client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    labels = {"method": "POST", "path": ARRIVALS, "status_code": "201", "app_name": "tongxin"}
    before = REGISTRY.get_sample_value("tongxin_requests_total", labels) or 0
    client.post(ARRIVALS, content=coming(), headers=signed_in(WU) | JSON)
    assert REGISTRY.get_sample_value("tongxin_requests_total", labels) == before + 1


def test_a_long_answer_is_packed_for_who_takes_it(
    town: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    headers = signed_in(WU) | JSON
    answer = client.post(FACTS, content=batch([b"{}"] * 50, town.now), headers=headers)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()["verdicts"]) == 50


def test_what_came_comes_again_and_then_what_is_to_come() -> None:
    async def later() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def all_of_it() -> list[str]:
        receive = again([{"type": "http.request", "body": b"1"}], later)
        return [(await receive())["type"] for _ in range(3)]

    assert finished(all_of_it()) == ["http.request", "http.disconnect", "http.disconnect"]


@pytest.mark.parametrize("name", [b"host", b"authorization"])
def test_what_decides_and_is_said_twice_is_for_the_handler(
    app: Litestar, signed_in: SignedIn, name: bytes
) -> None:
    token = signed_in(WU)["Authorization"].encode()
    said = {b"host": b"localhost", b"authorization": token, b"content-type": b"application/json"}
    assert not asked_of(said.items()).twice
    assert asked_of([*said.items(), (name, said[name])]).twice
    assert isinstance(app, Application)

    async def receive() -> dict[str, Any]:
        raise AssertionError("the lane looked at the body")

    asked = asked_of([*said.items(), (name, said[name])])
    assert finished(app.lanes[ARRIVALS].answer(asked, receive, [])) is None


def test_each_arrival_counts_once_toward_the_pace_whichever_way_it_takes(
    town: Town, app: Litestar, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    headers = signed_in(WU) | JSON
    who = app.state.gate.who(headers["Authorization"].removeprefix("Bearer "), town.now)
    most = 2 * app.state.front.settings.facts_per_minute
    app.state.front.take(who.account, most - 3, to_ms(town.now))
    plain = headers | {"Content-Type": "text/plain"}  # goes by the handler
    answers = [
        client.post(ARRIVALS, content=coming(), headers=said).status_code
        for said in (headers, plain, headers, headers, plain)
    ]
    assert answers == [201, 201, 201, 429, 429]
    assert client.post(ARRIVALS, content=coming(), headers=headers).json()["code"] == "web.too_fast"


def test_both_doors_need_what_their_handlers_declare(app: Litestar) -> None:
    """A lane takes the capability and the status from its handler, which /schema describes."""
    assert isinstance(app, Application)
    for path, lane in app.lanes.items():
        (handler,) = (
            handler
            for route in app.routes
            if route.path == path
            for handler in getattr(route, "route_handlers", [])
            if "POST" in handler.http_methods
        )
        assert (lane.needs, lane.status) == (handler.opt["may"], handler.status_code)


def test_the_walk_over_all_routes_goes_by_the_lanes(
    town: Town, app: Litestar, signed_in: SignedIn
) -> None:
    """What tests/web/test_routes.py and Schemathesis send there is in order, so lanes take it."""
    scene = Scene(town)
    assert isinstance(app, Application)
    for path in (ARRIVALS, FACTS):
        example = EXAMPLES["POST", path]
        body = msgspec.json.encode(example.made(scene, TAOLIN).json)
        told = by_lane(app, path, signed_in(LI) | JSON, body)
        assert told is not None and told.status == example.ok


def test_where_the_database_fails_the_handler_says_so_and_the_log_that_the_lane_failed(
    town: Town, app: Litestar, client: TestClient[Litestar], signed_in: SignedIn,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """A session that cannot be looked up is no crash of the lane."""
    assert isinstance(app, Application)
    headers = signed_in(WU) | JSON
    app.state.gate = app.lanes[ARRIVALS]._gate = Gate(town.installation)  # knows nobody yet
    with town.installation.database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE session RENAME TO elsewhere"))
    answer = client.post(ARRIVALS, content=coming(), headers=headers)
    assert f"the lane of {ARRIVALS} hands on" in caplog.text
    app.lanes = {}
    as_ever = client.post(ARRIVALS, content=coming(), headers=headers)
    assert answer.status_code >= 500
    assert told_by(answer) == told_by(as_ever)
