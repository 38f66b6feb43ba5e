"""The registry on screen: a family in one form, a visit in one tap, a look that leaves a trace."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.registry.doors import EAST, FATHER, GRID, MOTHER, WEST, Doors
from tests.registry.seen import findings
from tests.village import LI, QIAN, SUN, TAOLIN, TOWNSHIP, WU, ZHAO, ZHOU
from tests.web.visitor import Visitor
from tongxin.registry.residents.facts import ResidentAway
from tongxin.registry.residents.queries import away_codes

FAMILY: dict[str, str | list[str]] = {
    "grid": EAST, "address": "3组12号", "number": "0312",
    "member_1_name": "刘长河", "member_1_relation": "head", "member_1_id_number": FATHER,
    "member_1_phone": "199 0000 1234", "member_1_needs": ["seriously_ill", "disabled"],
    "member_2_name": "陈秀英", "member_2_relation": "spouse", "member_2_id_number": MOTHER,
    "member_3_name": "刘洋", "member_3_relation": "child", "member_3_away_name": "上海市浦东新区",
}  # fmt: skip


@pytest.fixture
def visitor(client: TestClient[Litestar], doors: Doors) -> Visitor:
    """孙丽, grid worker of 桃林村, before the desk; the village is divided."""
    doors.grid(GRID, EAST, WEST)
    visitor = Visitor(client)
    visitor.sign_in(SUN)
    return visitor


def registered(visitor: Visitor, **other: str) -> str:
    """The address of the card of a family that has just been registered."""
    answer = visitor.send("/households/new", **(FAMILY | other))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_one_form_registers_a_family(visitor: Visitor, doors: Doors) -> None:
    page = visitor.open(registered(visitor))
    assert "3组12号" in page
    assert "已登记。下一步" in page
    for seen in ("刘**", "户主，男，70 岁", "配偶，女", "重病", "残疾", "外出", "上海市浦东新区"):
        assert seen in page, seen
    for hidden in ("刘长河", FATHER, "19900001234", "1234567"):
        assert hidden not in page, hidden
    assert findings(doors) == []


def test_sending_the_form_twice_registers_once(visitor: Visitor) -> None:
    form = re.search(r'name="id" value="([^"]+)"', visitor.open("/households/new"))
    assert form
    one, other = registered(visitor, id=form[1]), registered(visitor, id=form[1])
    assert one == other
    assert "共 1 户" in visitor.open("/households")
    assert "共 3 人" in visitor.open("/residents")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("grid", ""), ("address", ""), ("member_1_id_number", FATHER[:-1] + "0"),
        ("member_1_id_number", "41159919990230001X"), ("member_1_phone", "电话"),
        ("member_2_name", ""), ("member_1_relation", "boss"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
    visitor: Visitor, field: str, typed: str
) -> None:
    answer = visitor.send("/households/new", **(FAMILY | {field: typed}))
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text
    assert "上海市浦东新区" in answer.text, "what was typed is still there"
    assert "还没有登记住户" in visitor.open("/households")


def test_nobody_registers_in_a_village_of_others(visitor: Visitor) -> None:
    visitor.sign_in(ZHOU)
    assert f'value="{EAST}"' not in visitor.open("/households/new")
    assert visitor.send("/households/new", **FAMILY).status_code == 422
    visitor.sign_in(LI)
    assert "还没有登记住户" in visitor.open("/households")


def test_a_number_that_stands_in_another_household_is_told(visitor: Visitor) -> None:
    registered(visitor)
    second = registered(visitor, address="5组1号")
    page = visitor.open(second)
    assert "身份证号在别的住户也登记过" in page


def test_an_id_number_of_an_unknown_region_is_registered_and_said_beside_it(
    visitor: Visitor,
) -> None:
    assert FATHER.startswith("411599"), "a region that does not exist"
    card = visitor.open(registered(visitor))
    assert "地区码查不到，请核对" in card
    assert "411599" not in card
    person = re.search(r'href="(/residents/person-[^"]+)"', card)
    assert person
    assert "地区码查不到，请核对" in visitor.open(person[1])


def test_a_visit_is_one_tap_and_the_next_door_comes_up(visitor: Visitor, doors: Doors) -> None:
    card = registered(visitor)
    assert "1 户该走访了" in visitor.open("/doors")
    answer = visitor.send(f"{card}/visit?back=doors", result="met")
    assert (answer.status_code, answer.headers["location"]) == (303, "/doors")
    assert "都走访过了" in visitor.open("/doors")
    assert "上门：见到了" in visitor.open(card)
    assert visitor.send(f"{card}/visit", result="").status_code == 422


def test_a_volunteer_sees_the_door_and_nobody_behind_it(visitor: Visitor) -> None:
    card = registered(visitor)
    visitor.sign_in(QIAN)
    page = visitor.open(card)
    assert "3组12号" in page
    for hidden in ("刘*", "户主，", FATHER[-4:], "联户党员"):
        assert hidden not in page, hidden
    assert "3组12号" in visitor.open("/doors")
    assert visitor.send(f"{card}/visit", result="absent").status_code == 303
    assert "没人在" in visitor.open(card)
    assert visitor.send(f"{card}/dissolve", dissolved_for="moved").status_code == 403


def test_a_look_behind_the_mask_leaves_a_trace_for_each_person(visitor: Visitor) -> None:
    card = registered(visitor)
    assert visitor.send(f"{card}/reveal", reason="看").status_code == 422
    page = visitor.send(f"{card}/reveal", reason="登门核对").text
    for shown in ("刘长河", FATHER, "19900001234", "陈秀英"):
        assert shown in page, shown
    assert "刘长河" not in visitor.open(card)
    visitor.sign_in(LI)
    assert visitor.open("/looks").count("登门核对") == 3


def test_somebody_goes_away_comes_back_and_leaves(visitor: Visitor) -> None:
    card = registered(visitor)
    person = re.findall(r'href="(/residents/person-[^"]+)"', visitor.open(card))[0]
    assert visitor.send(f"{person}/away", to_name="郑州市", back_by="2022-05-01").status_code == 303
    assert "外出：郑州市" in visitor.open(person)
    assert visitor.send(f"{person}/away", back_by="明天").status_code == 422
    assert visitor.send(f"{person}/back").status_code == 303
    assert "回到家" in visitor.open(person)
    assert visitor.send(f"{person}/needs", needs=["pregnant"]).status_code == 303
    assert "孕产妇" in visitor.open(card)
    assert visitor.send(f"{person}/correct", name="刘常河").status_code == 303
    assert visitor.send(f"{person}/left", left_for="").status_code == 422
    assert visitor.send(f"{person}/left", left_for="died").status_code == 303
    assert "共 2 人" in visitor.open("/residents")


def test_where_somebody_is_away_is_picked_or_asked_once(visitor: Visitor, doors: Doors) -> None:
    card = registered(visitor)
    person = re.findall(r'href="(/residents/person-[^"]+)"', visitor.open(card))[0]
    asked = visitor.send(f"{person}/away", to_area="pdxq")
    assert asked.status_code == 422
    assert 'name="to_area_meant" value="310115"' in asked.text
    told = {"to_area": "pdxq", "to_area_asked": "pdxq", "to_area_meant": "310115"}
    assert visitor.send(f"{person}/away", **told).status_code == 303
    stream = doors.town.stream(person.rpartition("/")[2])
    assert stream is not None
    away = stream.entries[-1].body
    assert isinstance(away, ResidentAway)
    assert (away.to_area, away.to_name) == ("310115", "上海市浦东新区")


def test_a_family_tells_in_words_where_one_of_it_is(visitor: Visitor, doors: Doors) -> None:
    registered(visitor)
    with doors.town.installation.database.reading() as connection:
        assert away_codes(connection, TOWNSHIP) == ["310115"]


def test_a_visitor_is_registered_with_his_host(visitor: Visitor) -> None:
    card = registered(visitor)
    told = {
        "household": card.rpartition("/")[2], "visitor": "1", "name": "马超", "from_area": "32",
        "stay_reason": "探亲", "until": "2022-04-20",
    }  # fmt: skip
    assert visitor.send("/residents/new", **told).headers["location"] == card
    page = visitor.open(card)
    assert "来自江苏省" in page
    assert "到 4月20日" in page
    assert "共 1 人" in visitor.open("/residents?kind=visitor") or "找到 1 人" in visitor.open(
        "/residents?kind=visitor"
    )
    assert visitor.send("/residents/new", **(told | {"name": ""})).status_code == 422


@pytest.mark.parametrize("words", ["刘长", "lch", "1234", FATHER[-4:]])
def test_people_are_found_and_no_address_holds_what_was_sought(
    visitor: Visitor, words: str
) -> None:
    registered(visitor)
    answer = visitor.send("/residents/find", words=words)
    assert "找到 1 人" in answer.text
    assert "3组12号" in answer.text
    assert words not in str(answer.url)


def test_three_digits_find_nobody_and_say_why(visitor: Visitor) -> None:
    answer = visitor.send("/residents/find", words="123")
    assert answer.status_code == 422
    assert "末四位，或完整号码" in answer.text


def test_a_household_is_struck_off_only_when_it_is_empty(visitor: Visitor) -> None:
    card = registered(visitor)
    answer = visitor.send(f"{card}/dissolve", dissolved_for="moved")
    assert answer.status_code == 422
    assert "还有 3 人" in answer.text


def test_the_second_look_of_somebody_else_counts(visitor: Visitor, doors: Doors) -> None:
    card = registered(visitor)
    visitor.sign_in(ZHAO)
    assert "3组12号" in visitor.open(f"/registry/{TAOLIN}"), "drawn by lot, out of one"
    answer = visitor.send(f"{card}/recheck", point_members="right", point_phones="wrong")
    assert answer.status_code == 303
    page = visitor.open("/figures/registry.right")
    assert "抽查 1 户" in page
    assert "50" in page
    assert "找到 1 户" in visitor.open("/households?which=checked")
    assert visitor.send(f"{card}/recheck").status_code == 422


def test_a_door_moves_to_another_grid_and_is_found_there(visitor: Visitor) -> None:
    card = registered(visitor)
    assert visitor.send(f"{card}/correct", grid=WEST, address="4组1号").status_code == 303
    assert "4组1号" in visitor.open(f"/households?village={WEST}")
    assert "没有符合条件的住户" in visitor.open(f"/households?village={EAST}")


def test_what_stands_in_no_grid_is_told(visitor: Visitor, doors: Doors) -> None:
    doors.household(TAOLIN, "9组9号")
    assert "1 户没有划入网格" in visitor.open(f"/registry/{TAOLIN}")
    assert "9组9号" in visitor.open(f"/households?which=unplaced&village={TAOLIN}")


def test_a_checkpoint_has_no_business_with_households(visitor: Visitor) -> None:
    card = registered(visitor)
    visitor.sign_in(WU)
    for path in ("/registry", "/households", "/residents", "/links", card):
        answer = visitor.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 403, path
