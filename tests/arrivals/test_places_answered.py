"""Asked about many places by name, somebody answers in one go; only what was asked is answered."""

import re

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import CHEN, LI, MORNING, WU, entry
from tests.web.visitor import Visitor
from tongxin.arrivals import rules
from tongxin.arrivals.facts import PLACES_ANSWERED, PlacesAnswered
from tongxin.policy.evidence import Answer
from tongxin.work.queries import tasks_of

HANGTOU, CHUANSHA = "310115139#航头镇", "310115103#川沙新镇"


@pytest.fixture
def asked(town: Town) -> str:
    """Somebody from Pudong, two of whose towns are at risk."""
    town.adopt()
    for place in (HANGTOU, CHUANSHA):
        code, name = place.split("#")
        town.at_risk(code, name, level="medium")
    return town.arrive(CHEN, from_area="310115").subject


def question(town: Town, person: str) -> tuple[int, int]:
    """How many tasks to ask there are about somebody, and how many of them are done."""
    remit = town.believed(LI).remit
    with town.installation.database.reading() as connection:
        rows = tasks_of(remit, connection, LI.township, person)
    asking = [row for row in rows if row["kind"] == "question"]
    return len(asking), sum(row["done_at"] is not None for row in asking)


def test_one_fact_answers_about_each_place_that_was_asked() -> None:
    told = entry(PLACES_ANSWERED, PlacesAnswered(asked=("a#1", "a#2"), inside=("a#2",)))
    assert list(rules.statements(told)) == [
        Answer(told.id, MORNING, "a#1", False),
        Answer(told.id, MORNING, "a#2", True),
    ]


def test_nobody_was_where_he_was_not_asked() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"asked": ["a#1"], "inside": ["a#2"]}, PlacesAnswered)


def test_none_of_them_in_one_tap(asked: str, town: Town, client: TestClient[Litestar]) -> None:
    visitor = Visitor(client)
    visitor.sign_in(WU)
    page = visitor.open(f"/arrivals/{asked}")
    assert page.count('name="asked"') == 2
    assert "上海市浦东新区" in page, "areas are called by their names, not by codes"
    assert question(town, asked) == (1, 0)
    episode = asked.removeprefix("person-")
    sent: dict[str, str | list[str]] = {"episode": episode, "asked": [HANGTOU, CHUANSHA]}
    both = visitor.send(f"/arrivals/{asked}/answer", **sent, inside=HANGTOU, none="yes")
    assert both.status_code == 422
    nothing = visitor.send(f"/arrivals/{asked}/answer", **sent, none="no")
    assert "没有勾选地方" in nothing.text
    assert visitor.send(f"/arrivals/{asked}/answer", **sent, none="yes").status_code == 303
    assert question(town, asked) == (1, 1)
    assert "没到过航头镇、川沙新镇" in visitor.open(f"/arrivals/{asked}")


def test_a_later_list_asks_again_about_its_new_places_only(
    asked: str, town: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    path, headers = f"/api/v1/arrivals/{asked}", signed_in(WU)
    answers = {"asked": [HANGTOU, CHUANSHA], "inside": []}
    seen = {"episode": asked.removeprefix("person-"), "answers": answers}
    answer = client.post(f"{path}/observations", json=seen, headers=headers)
    assert answer.status_code == 201, answer.text
    town.at_risk("310115110", "唐镇", level="high")
    (told,) = client.get(f"{path}/explanation", headers=headers).json()
    assert [p for line in told["lines"] for p in line["places"]] == ["310115110#唐镇"]
    assert question(town, asked) == (1, 0)


def test_a_hundred_places_are_grouped_by_level_and_answered_at_once(
    asked: str, town: Town, client: TestClient[Litestar]
) -> None:
    for n in range(120):
        town.at_risk("310115110", f"合庆镇第 {n} 居委会", level="high" if n % 2 else "medium")
    visitor = Visitor(client)
    visitor.sign_in(WU)
    page = visitor.open(f"/arrivals/{asked}")
    high, medium = page.index("<legend>高风险 "), page.index("<legend>中风险 ")
    assert page.index(">都没到过<") < high < medium, "none of them comes first, the gravest next"
    assert high < page.index("<span>合庆镇第 119 ") < medium < page.index("<span>合庆镇第 118 ")
    assert high < page.index('<span class="hint">上海市浦东新区合庆镇') < medium
    places = re.findall(r'name="asked" value="([^"]+)"', page)
    assert len(places) == len(set(places)) == 122
    ticked: dict[str, str | list[str]] = {
        "inside": HANGTOU,
        "asked": places,
        "episode": asked.removeprefix("person-"),
    }
    assert visitor.send(f"/arrivals/{asked}/answer", **ticked, none="no").status_code == 303
    stream = town.stream(asked)
    assert stream is not None
    assert stream.entries[-1].body == PlacesAnswered(asked=tuple(places), inside=(HANGTOU,))


def test_what_was_ticked_stays_ticked_where_the_answer_was_not_clear(
    asked: str, client: TestClient[Litestar]
) -> None:
    visitor = Visitor(client)
    visitor.sign_in(WU)
    episode = asked.removeprefix("person-")
    sent: dict[str, str | list[str]] = {"episode": episode, "asked": [HANGTOU, CHUANSHA]}
    both = visitor.send(f"/arrivals/{asked}/answer", **sent, inside=HANGTOU, none="yes").text
    (ticked,) = re.findall(r'value="([^"]+)" id="f-inside[^"]*" checked', both)
    assert ticked == HANGTOU
    assert 'id="f-inside-wrong"' in both
