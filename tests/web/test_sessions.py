"""Sessions begin with a password, carry a secret of their own, and end at once when they must."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Clock, Town
from tests.village import CHEN, LI, PASSWORD, SUN, TAOLIN, TOWNSHIP, WU, ZHAO, ZHENG, Worker
from tongxin.access.tables import failure, session
from tongxin.arrivals import queries
from tongxin.base.problems import Problem
from tongxin.installation import Installation
from tongxin.web import sessions
from tongxin.web.guards import COOKIE, CSRF_HEADER

Browser = TestClient[Litestar]
WRONG = "not-the-password"


def sign_in(client: Browser, who: Worker = ZHAO, password: str = PASSWORD, **headers: str) -> Any:
    sent = {"township": who.township, "username": who.username, "password": password}
    return client.post("/api/v1/login", json=sent, headers=headers)


def listed(client: Browser, headers: dict[str, str]) -> int:
    return client.get("/api/v1/arrivals", headers=headers).status_code


def opened(installation: Installation, clock: Clock, who: Worker = ZHAO) -> sessions.Opened:
    return sessions.sign_in(installation.store, who.township, who.username, PASSWORD, clock.now)


def test_a_session_ends_after_twelve_hours(
    client: Browser, clock: Clock, signed_in: SignedIn, installation: Installation
) -> None:
    headers = signed_in(ZHAO)
    for _ in range(11):
        clock.advance(hours=1)
        assert listed(client, headers) == 200
        installation.store.within(lambda *_: None)  # the writer notes it when its turn comes
    clock.advance(minutes=59)
    assert listed(client, headers) == 200
    clock.advance(minutes=1)
    assert listed(client, headers) == 401


def test_a_session_ends_after_two_idle_hours(
    client: Browser, clock: Clock, signed_in: SignedIn
) -> None:
    headers = signed_in(ZHAO)
    clock.advance(hours=2)
    assert listed(client, headers) == 401


def test_a_session_begun_while_the_clock_was_a_year_ahead_ends_when_it_is_put_right(
    client: Browser, clock: Clock, signed_in: SignedIn
) -> None:
    clock.advance(days=365)
    headers = signed_in(ZHAO)
    clock.advance(minutes=-1)  # as a clock is set a little
    assert listed(client, headers) == 200
    clock.advance(days=-365)
    assert listed(client, headers) == 401


def test_failures_while_the_clock_was_a_year_ahead_lock_nobody_out_until_then(
    client: Browser, clock: Clock
) -> None:
    clock.advance(days=365)
    for _ in range(6):
        sign_in(client, password=WRONG)
    assert sign_in(client).status_code == 429
    clock.advance(days=-365)
    assert sign_in(client).status_code == 200


def test_signing_out_ends_this_session_and_no_other(client: Browser) -> None:
    one, other = ({"Authorization": f"Bearer {sign_in(client).json()['token']}"} for _ in range(2))
    assert listed(client, one) == listed(client, other) == 200
    assert client.post("/api/v1/logout", headers=one).status_code == 204
    assert listed(client, one) == 401
    assert listed(client, other) == 200


def test_signing_in_once_too_often_ends_the_oldest_session_and_no_other_accounts(
    client: Browser, installation: Installation, clock: Clock
) -> None:
    other = opened(installation, clock, LI).token
    tokens = []
    for _ in range(sessions.MOST + 2):
        tokens.append(opened(installation, clock).token)
        clock.advance(minutes=1)
    statuses = [listed(client, {"Authorization": f"Bearer {token}"}) for token in tokens]
    assert statuses == [401, 401] + [200] * sessions.MOST
    assert listed(client, {"Authorization": f"Bearer {other}"}) == 200


def test_a_closed_account_is_out_at_once(client: Browser, town: Town, signed_in: SignedIn) -> None:
    headers = signed_in(ZHAO)
    assert listed(client, headers) == 200
    town.close_account(ZHAO)
    assert listed(client, headers) == 401
    assert sign_in(client, ZHAO).status_code == 403


def test_a_role_that_is_withdrawn_or_given_counts_at_once(
    client: Browser, town: Town, signed_in: SignedIn
) -> None:
    headers = signed_in(ZHAO)
    assert listed(client, headers) == 200
    town.withdraw(ZHAO, "grid_leader", TAOLIN)
    assert listed(client, headers) == 403
    town.give(ZHAO, "grid_leader", TAOLIN)
    assert listed(client, headers) == 200


def test_another_process_honours_what_ended_for_three_seconds_at_most(
    client: Browser, town: Town, clock: Clock, signed_in: SignedIn
) -> None:
    headers = signed_in(ZHAO)
    assert listed(client, headers) == 200
    with town.installation.database.writing() as connection:  # as another process does
        connection.execute(sa.delete(session))
    clock.advance(seconds=3)
    assert listed(client, headers) == 401


def test_a_cookie_alone_changes_nothing(
    client: Browser, installation: Installation, clock: Clock
) -> None:
    begun = opened(installation, clock, LI)
    client.cookies.set(COOKIE, begun.token)
    body = {"code": f"{TOWNSHIP}216", "name": "杜寨村"}
    assert client.get("/api/v1/places").status_code == 200
    for forged in ({}, {CSRF_HEADER: ""}, {CSRF_HEADER: "x"}, {CSRF_HEADER: begun.token}):
        answer = client.post("/api/v1/places", json=body, headers=forged)
        assert (answer.status_code, answer.json()["code"]) == (403, "web.forged")
    mine = {CSRF_HEADER: begun.csrf}
    assert client.post("/api/v1/places", json=body, headers=mine).status_code == 201


def test_every_unsafe_route_that_is_not_public_wants_the_secret(
    app: Litestar, client: Browser, installation: Installation, clock: Clock
) -> None:
    tokens = {who: opened(installation, clock, who).token for who in (LI, ZHENG)}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            for method in handler.http_methods - {"GET", "HEAD", "OPTIONS"}:
                if handler.opt.get("public"):
                    continue
                # Somebody who may: the command post, and the doctor for what only doctors find.
                who = ZHENG if handler.opt["may"] == "arrivals.recover" else LI
                client.cookies.set(COOKIE, tokens[who])
                path = route.path.replace("{", "").replace("}", "").replace(":str", "")
                answer = client.request(method, path, headers={"Accept": "application/json"})
                assert (answer.status_code, answer.json()["code"]) == (403, "web.forged"), path


def test_a_bearer_needs_no_secret_for_no_browser_sends_it_by_itself(
    client: Browser, signed_in: SignedIn
) -> None:
    body = {"code": f"{TOWNSHIP}216", "name": "杜寨村"}
    assert client.post("/api/v1/places", json=body, headers=signed_in(LI)).status_code == 201


@pytest.mark.parametrize("header", ["Bearer ", "Bearer x", "Basic bGk6eA==", "bearer \x00", ""])
def test_no_token_no_entry(client: Browser, header: str) -> None:
    assert listed(client, {"Authorization": header}) == 401


def test_failures_slow_an_account_down_and_waiting_helps(client: Browser, clock: Clock) -> None:
    for _ in range(5):
        assert sign_in(client, password=WRONG).status_code == 403
    assert sign_in(client).status_code == 429
    assert sign_in(client, SUN).status_code == 200
    clock.advance(seconds=2)
    assert sign_in(client).status_code == 200


def test_waits_double_up_to_a_quarter_of_an_hour(client: Browser, clock: Clock) -> None:
    waits = []
    for _ in range(20):
        answer = sign_in(client, password=WRONG)
        if answer.status_code == 429:
            waits.append(int(answer.json()["title"].split("Wait ")[1].split()[0]))
            clock.advance(seconds=waits[-1])
    assert waits[:3] == [1, 2, 4]
    clock.advance(seconds=899)
    assert max(waits) <= 900


def test_an_unknown_name_is_answered_as_a_wrong_password_is(client: Browser) -> None:
    nobody = Worker("nobody", "", "", TAOLIN)
    told = [sign_in(client, who, WRONG) for who in (nobody, ZHAO)]
    assert told[0].status_code == told[1].status_code == 403
    assert told[0].json() == told[1].json()


def test_failures_slow_an_address_down_whatever_name_it_tries(client: Browser) -> None:
    names = [Worker(f"guess{n}", "", "", TAOLIN) for n in range(31)]
    statuses = [sign_in(client, who, WRONG).status_code for who in names]
    assert statuses == [403] * 30 + [429]
    assert sign_in(client, ZHAO).status_code == 429


def test_a_header_does_not_change_where_somebody_comes_from(client: Browser) -> None:
    statuses = [
        sign_in(
            client, Worker(f"guess{n}", "", "", TAOLIN), WRONG,
            **{"X-Forwarded-For": f"10.0.0.{n}", "Forwarded": f"for=10.0.0.{n}"},
        ).status_code
        for n in range(31)
    ]  # fmt: skip
    assert statuses[-1] == 429


def test_made_up_names_do_not_pile_up(
    client: Browser, clock: Clock, installation: Installation
) -> None:
    for n in range(5):
        sign_in(client, Worker(f"guess{n}", "", "", TAOLIN), WRONG)
    clock.advance(days=1, seconds=1)
    sign_in(client, ZHAO, WRONG)
    with installation.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(failure)) == 2


def test_many_guesses_at_once_are_no_more_than_one_after_another(
    installation: Installation, clock: Clock
) -> None:
    outcomes: list[str] = []

    def guess() -> None:
        try:
            sessions.sign_in(installation.store, TOWNSHIP, "zhao", WRONG, clock.now)
        except Problem as problem:
            outcomes.append(problem.code)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == 24
    assert outcomes.count("web.sign_in_failed") <= 8  # five are free, and four are under way


def test_a_stolen_database_signs_nobody_in(
    client: Browser, installation: Installation, clock: Clock
) -> None:
    begun = opened(installation, clock)
    with installation.database.reading() as connection:
        row = connection.execute(sa.select(session)).one()
    assert begun.token not in map(str, row)
    assert listed(client, {"Authorization": f"Bearer {row.token_hash}"}) == 401


def test_the_cookie_of_a_browser_is_out_of_reach_of_scripts_and_other_sites(
    client: Browser,
) -> None:
    form = {"township": TOWNSHIP, "name": "zhao", "password": PASSWORD, "next": "/"}
    for base, wanted in (("http://testserver", False), ("https://testserver", True)):
        answer = client.post(
            f"{base}/login", data=form, follow_redirects=False, headers={"Accept": "text/html"}
        )
        assert answer.status_code == 303
        (told,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE)]
        flags = {flag.strip().lower() for flag in told.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= flags
        assert ("secure" in flags) == wanted


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(client: Browser, onward: str) -> None:
    form = {"township": TOWNSHIP, "name": "zhao", "password": PASSWORD, "next": onward}
    answer = client.post(
        "/login", data=form, follow_redirects=False, headers={"Accept": "text/html"}
    )
    assert answer.headers["location"] == "/"


def test_nobody_elses_page_signs_somebody_in(client: Browser) -> None:
    form = {"township": TOWNSHIP, "name": "zhao", "password": PASSWORD}
    answer = client.post("/login", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_look_is_recorded_before_anything_is_shown(
    client: Browser, town: Town, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = town.arrive(CHEN)
    path, reason = f"/api/v1/arrivals/{came.subject}/reveal", {"reason": "电话核实住址"}
    headers = signed_in(ZHAO)
    shown = client.post(path, json=reason, headers=headers)
    assert shown.json()["id_number"] == CHEN.id_number
    (look,) = client.get("/api/v1/looks", headers=signed_in(LI)).json()
    assert (look["about"], look["account"]) == (came.subject, town.account(ZHAO))
    assert look["reason"] == reason["reason"]
    monkeypatch.setattr(town.installation.store, "record", _fails)
    hidden = client.post(path, json=reason, headers=headers)
    assert hidden.status_code == 500
    assert CHEN.id_number not in hidden.text


def _fails(*_: Any) -> None:
    raise OSError(f"disk full near {CHEN.name} {CHEN.id_number}")


@pytest.mark.parametrize("raised", [ValueError, sa.exc.OperationalError, Problem])
def test_a_fault_tells_where_and_never_a_value(
    client: Browser,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    raised: Callable[..., Exception],
) -> None:
    def stumbles(*_: Any) -> None:
        words = f"{CHEN.name} {CHEN.id_number} {CHEN.phone}"
        if raised is sa.exc.OperationalError:
            raise sa.exc.OperationalError(words, {"name": words}, ValueError(words))
        raise ValueError(words)

    headers = signed_in(WU)
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(queries, "journeys", stumbles)
    answer = client.get("/api/v1/arrivals", headers=headers)
    told = (503, "web.database_fails") if raised is sa.exc.OperationalError else (500, "web.failed")
    assert (answer.status_code, answer.json()["code"]) == told
    said = answer.text + caplog.text
    assert not [word for word in (CHEN.name, CHEN.id_number, CHEN.phone) if word in said]
    assert "failed" in caplog.text


def test_whoever_finds_a_session_open_does_not_guess_its_password_at_leisure(
    client: Browser, clock: Clock, signed_in: SignedIn
) -> None:
    headers = signed_in(ZHAO)
    guess = {"old": WRONG, "new": "another-peach-grove"}
    statuses = [
        client.post("/api/v1/password", json=guess, headers=headers).status_code for _ in range(6)
    ]
    assert statuses == [403] * 5 + [429]
    right = guess | {"old": PASSWORD}
    assert client.post("/api/v1/password", json=right, headers=headers).status_code == 429
    assert sign_in(client).status_code == 200, "its owner signs in meanwhile"
    clock.advance(seconds=2)
    assert client.post("/api/v1/password", json=right, headers=headers).status_code == 201
