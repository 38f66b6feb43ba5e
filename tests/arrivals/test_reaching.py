"""Who is expected, late or away is reached by telephone: it is shown against a recorded reason."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.arrivals.homecoming import told
from tests.arrivals.test_calls_to_residents import away, doors, visitor
from tests.conftest import SignedIn
from tests.registry.doors import Doors
from tests.town import Town
from tests.village import CHEN, LI, QUANJI, SUN, TOWNSHIP, WU
from tests.web.visitor import Visitor

__all__ = ["doors"]
WHY = {"reason": "联系本人"}


@pytest.fixture
def li(client: TestClient[Litestar], henan: Town) -> Visitor:
    return visitor(client, LI)


def looks(client: TestClient[Litestar], signed_in: SignedIn) -> list[Any]:
    found: list[Any] = client.get("/api/v1/looks", headers=signed_in(LI)).json()
    return found


def called_once(page: Visitor, person: str) -> str:
    """The address of the form for the next call, after a first that reached nobody."""
    page.send("/calls/new", person=person, outcome="not_reached")
    form = page.open("/calls?all=1").partition(f'href="/calls/new?person={person}&amp;')[2]
    return f"/calls/new?person={person}&" + form.partition('"')[0]


@pytest.mark.parametrize("hours_later", [0, 30], ids=["expected", "did not come"])
def test_who_is_awaited_is_shown_with_his_telephone_once_the_reason_is_recorded(
    li: Visitor, henan: Town, signed_in: SignedIn, hours_later: int
) -> None:
    plan = told(henan, in_hours=3)
    henan.clock.advance(hours=hours_later)
    li.sign_in(LI)
    coming = f"/comings/{plan.subject}/{plan.id}"
    masked = li.open(coming)
    assert CHEN.phone not in masked
    assert f'action="{coming}/reveal#person"' in masked
    page = li.send(f"{coming}/reveal", **WHY)
    assert page.status_code == 200
    for word in (CHEN.name, CHEN.phone, CHEN.id_number, CHEN.address, "这次查看已记录"):
        assert word in page.text
    (look,) = looks(li.client, signed_in)
    assert (look["about"], look["reason"]) == (plan.subject, "联系本人")
    assert CHEN.phone not in li.open(coming), "gone with the page"


def test_the_awaited_are_shown_only_where_revealing_is_allowed(
    client: TestClient[Litestar], henan: Town, signed_in: SignedIn
) -> None:
    here = told(henan, in_hours=3)
    there = told(henan, in_hours=3, area=QUANJI)
    henan.give(SUN, "checkpoint", TOWNSHIP)  # reads the whole township, reveals in 桃林村 only
    page = visitor(client, SUN)
    elsewhere = f"/comings/{there.subject}/{there.id}"
    assert "/reveal#person" not in page.open(elsewhere)
    assert page.send(f"{elsewhere}/reveal", **WHY).status_code == 403
    page.sign_in(WU)
    assert page.send(f"/comings/{here.subject}/{here.id}/reveal", **WHY).status_code == 403
    assert looks(client, signed_in) == []


def test_a_look_without_a_reason_is_asked_for_one(
    li: Visitor, henan: Town, signed_in: SignedIn
) -> None:
    plan = told(henan, in_hours=3)
    answer = li.send(f"/comings/{plan.subject}/{plan.id}/reveal", reason="")
    assert answer.status_code == 422
    assert 'id="f-reason-wrong"' in answer.text
    assert CHEN.phone not in answer.text
    assert looks(li.client, signed_in) == []


def test_whoever_is_to_be_called_is_shown_before_the_first_call_and_before_the_next(
    doors: Doors, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    person, page = away(doors), visitor(client)
    form = f"/calls/new?person={person}"
    assert f'<a href="{form}">刘*' in page.open("/calls"), "the name leads to where it is shown"
    assert "19900001234" not in page.open(form)
    assert page.send("/calls/reveal", person=person, reason="").status_code == 422
    shown = page.send("/calls/reveal", person=person, **WHY).text
    assert "刘长河" in shown
    assert "19900001234" in shown
    doors.town.clock.advance(minutes=5)
    again = called_once(page, person)
    assert "19900001234" not in page.open(again)
    sent = {"person": person, "episode": again.partition("episode=")[2]}
    shown = page.send("/calls/reveal", **sent, **WHY).text
    assert "19900001234" in shown
    assert f'name="episode" value="{sent["episode"]}"' in shown, "the call is recorded from here"
    assert [look["about"] for look in looks(client, signed_in)] == [person, person]


def test_who_is_away_is_shown_only_where_revealing_is_allowed(
    doors: Doors, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    person = away(doors, area=QUANJI)
    page = visitor(client, SUN)
    assert page.send("/calls/reveal", person=person, **WHY).status_code == 404
    page.sign_in(WU)
    assert page.send("/calls/reveal", person=person, **WHY).status_code == 403
    assert looks(client, signed_in) == []
