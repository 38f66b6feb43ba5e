"""Residents whom the registry knows to be away in a named area are called, like the declared."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.arrivals.homecoming import at_post
from tests.arrivals.test_calls import rules
from tests.conftest import SignedIn
from tests.registry.doors import Doors
from tests.town import Town
from tests.village import CHEN, GAO, LI, QUANJI, TAOLIN, TOWNSHIP, WU, ZHOU, Worker
from tests.web.visitor import Visitor
from tongxin.arrivals.calls import queries
from tongxin.arrivals.calls.facts import AwayCalled
from tongxin.policy.calls import call_words
from tongxin.policy.shipped import shipped_pack
from tongxin.registry.queries import in_force_at
from tongxin.registry.residents import facts
from tongxin.registry.residents.queries import away_codes
from tongxin.work.queries import tasks_of

PUDONG, CHONGMING, JIANGXI = "310115", "310151", "360102"


@pytest.fixture
def doors(henan: Town) -> Doors:
    henan.at_risk(PUDONG, level="high")
    return Doors(henan)


def away(doors: Doors, to: str = PUDONG, name: str = "刘长河", area: str = TAOLIN) -> str:
    """Somebody lives in a village and is away; the subject."""
    home = doors.household(f"{area}-01")
    person = doors.resident(home, name, area=area, phone="19900001234")
    body = facts.ResidentAway(to_area=to, to_name="打工的地方")
    doors.record(facts.RESIDENT_AWAY, body, person, area=area)
    return person


def uncalled(doors: Doors, by: Worker = LI, most: int = 50, after: int = 0) -> list[str]:
    """The names of residents to be called whom nobody has called."""
    town, remit = doors.town, doors.town.believed(by).remit
    with town.installation.database.reading() as connection:
        context: Any = town.installation.store.context(connection, TOWNSHIP)
        pack = in_force_at(context.packs, town.now).pack
        codes = [
            code
            for code in away_codes(connection, TOWNSHIP)
            if call_words(code, pack, context.situation, town.now)
        ]
        where = (remit, connection, TOWNSHIP, codes)
        total = queries.how_many_uncalled(*where)
        assert total == len(queries.uncalled(*where, 50))
        return [row["name"] for row in queries.uncalled(*where, most, after)]


def next_call(town: Town, person: str) -> int | None:
    """When the next call to him falls due, by the one call he had; he owes a task just then."""
    remit = town.believed(LI).remit
    with town.installation.database.reading() as connection:
        row = queries.latest_of(remit, connection, TOWNSHIP, person)
        tasks = tasks_of(remit, connection, TOWNSHIP, person)
    assert row is not None
    due: int | None = row["next_at"]
    assert [task["due_at"] for task in tasks if task["done_at"] is None] == ([due] if due else [])
    return due


def visitor(client: TestClient[Litestar], by: Worker = LI) -> Visitor:
    found = Visitor(client)
    found.sign_in(by)
    return found


def test_who_is_away_where_the_pack_asks_for_calls_is_to_be_called(doors: Doors) -> None:
    away(doors, PUDONG, "在浦东")
    away(doors, JIANGXI, "在江西")
    away(doors, "", "不知何处")
    assert shipped_pack("henan-2022-04").calls is not None
    assert uncalled(doors) == ["在浦东"]


def test_once_the_area_is_not_at_risk_any_more_nobody_new_is_called(doors: Doors) -> None:
    away(doors, JIANGXI)
    assert uncalled(doors) == []
    doors.town.at_risk(JIANGXI, name="南昌市东湖区", level="medium")
    assert uncalled(doors) == ["刘长河"]


def test_only_those_of_the_remit_are_shown_page_by_page(doors: Doors) -> None:
    away(doors, name="甲")
    doors.town.clock.advance(minutes=1)
    away(doors, name="乙")
    doors.town.clock.advance(minutes=1)
    away(doors, name="丙", area=QUANJI)
    assert uncalled(doors) == ["甲", "乙", "丙"], "the longest away first"
    assert uncalled(doors, most=1, after=1) == ["乙"]
    assert uncalled(doors, ZHOU) == ["丙"]
    for outside in (WU, GAO):
        assert uncalled(doors, outside) == []


def test_who_came_home_by_a_post_is_not_called(doors: Doors) -> None:
    town = doors.town
    home = doors.household(f"{TAOLIN}-01")
    person = doors.resident(home, CHEN.name, id_number=CHEN.id_number)
    doors.record(facts.RESIDENT_AWAY, facts.ResidentAway(to_area=PUDONG), person)
    assert uncalled(doors) == [CHEN.name]
    town.clock.advance(minutes=5)
    at_post(town, CHEN)
    assert uncalled(doors) == [], "one human being, told of by the registry and at the post"


def test_a_call_recorded_is_a_fact_about_the_resident_and_moves_him(
    doors: Doors, client: TestClient[Litestar]
) -> None:
    person, town = away(doors), doors.town
    page = visitor(client)
    listed = page.open("/calls")
    assert "1 人该打电话" in listed
    assert "还没打过" in listed
    assert "刘长河" not in listed, "masked"
    form = f"/calls/new?person={person}"
    assert form in listed
    assert "打工的地方" in page.open(form)
    town.clock.advance(minutes=5)
    assert "请选择电话里怎么说" in page.send("/calls/new", person=person).text
    assert page.send("/calls/new", person=person, outcome="stays").status_code == 303
    stream = town.stream(person)
    assert stream is not None
    told = stream.entries[-1].body
    assert isinstance(told, AwayCalled)
    assert (told.name, told.away_area, told.outcome) == ("刘长河", PUDONG, "stays")
    assert "0 人该打电话" in page.open("/calls")
    assert "不回来" in page.open("/calls?all=1")
    town.clock.advance(days=rules().every_days)
    page.sign_in(LI)
    assert "1 人该打电话" in page.open("/calls")


def test_a_program_records_calls_without_typing_what_is_known(
    doors: Doors, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    person, town, headers = away(doors), doors.town, signed_in(LI)
    (first,) = client.get("/api/v1/calls", headers=headers).json()["calls"]
    assert (first["person"], first["episode"], first["called_at"]) == (person, "", None)
    assert "high" in first["words"]
    made = []
    for _ in range(2):
        town.clock.advance(hours=1)
        sent = {"outcome": "not_reached"}
        path = f"/api/v1/calls/residents/{person}"
        made.append(client.post(path, json=sent, headers=headers).json()["episode"])
    assert made[0] == made[1], "the second belongs to the same journey"
    found = client.get("/api/v1/calls?due=false", headers=headers).json()
    assert found["total"] == 1
    assert found["calls"][0]["unanswered"] == 2


def test_who_is_at_home_again_is_neither_called_nor_owed_a_call(
    doors: Doors, client: TestClient[Litestar]
) -> None:
    person, town, page = away(doors), doors.town, visitor(client)
    town.clock.advance(minutes=5)
    page.send("/calls/new", person=person, outcome="not_reached")
    assert next_call(town, person) is not None
    town.clock.advance(hours=1)
    doors.record(facts.RESIDENT_BACK, facts.ResidentBack(), person)
    assert next_call(town, person) is None
    town.clock.advance(days=2)
    page.sign_in(LI)
    assert "0 人该打电话" in page.open("/calls")
    doors.record(facts.RESIDENT_AWAY, facts.ResidentAway(to_area=PUDONG), person)
    assert uncalled(doors) == ["刘长河"], "he went again, and nobody has called him since"


def test_who_is_not_away_cannot_be_called_as_one_who_is(
    doors: Doors, client: TestClient[Litestar]
) -> None:
    person = doors.resident(doors.household(f"{TAOLIN}-01"))
    assert visitor(client).client.get(f"/calls/new?person={person}").status_code == 404
