"""Rules and areas on screen: proposed by one, seen with what changes, approved by another."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.town import Town
from tests.village import CHEN, GAO, LI, LIN, WANG, XU
from tests.web.visitor import Visitor

AREA = {
    "name": "上海市浦东新区", "code": "310115", "level": "high", "from_": "2022-03-28T00:00",
    "source": "国务院客户端通报",
}  # fmt: skip


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    return visitor


@pytest.mark.parametrize(
    ("field", "typed"),
    [("code", ""), ("code", "某某地方"), ("level", "purple"), ("from_", ""), ("source", ""),
     ("until", "2022-03-01T00:00")],
)  # fmt: skip
def test_what_is_wrong_with_an_area_is_said_at_the_field(
    visitor: Visitor, field: str, typed: str
) -> None:
    answer = visitor.send("/areas", **{**AREA, field: typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text


@pytest.mark.parametrize("field", ["shipped", "reason"])
def test_what_is_missing_of_a_pack_is_said_at_the_field(visitor: Visitor, field: str) -> None:
    told = {"shipped": "watch", "reason": "疫情结束", "in_force_from": "2022-04-07T06:00"}
    answer = visitor.send("/rules", **{**told, field: ""})
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text


def test_who_would_change_is_shown_before_and_has_changed_after(
    visitor: Visitor, henan: Town
) -> None:
    chen, lin = henan.arrive(CHEN), henan.arrive(LIN)
    where = visitor.send("/areas", **AREA).headers["location"]
    page = visitor.open(where)
    assert "须由另一个人批准" in page
    assert visitor.send(f"{where}/approve").status_code == 409, "nobody approves his own"

    visitor.sign_in(WANG)
    page = visitor.open(where)
    assert "批准后有 1 人次的状态会改变" in page
    assert chen.subject in page
    assert lin.subject not in page
    assert "健康码管理" in page
    assert "居家健康监测" in page
    assert "健康码管理" in visitor.open(f"/arrivals/{chen.subject}"), "a preview changes nothing"
    assert visitor.send(f"{where}/approve").status_code == 303
    henan.installation.store.settle()
    assert "居家健康监测" in visitor.open(f"/arrivals/{chen.subject}")


def test_a_pack_can_be_read_with_its_sources_before_it_is_proposed(visitor: Visitor) -> None:
    page = visitor.open("/rules/shipped/henan-2022-04")
    assert "三天两检" in page
    assert "出处：" in page
    assert "不知道的" in page
    where = visitor.send("/rules", shipped="watch", reason="疫情结束").headers["location"]
    page = visitor.open(where)
    assert "采用后没有人的状态会改变" in page


def test_an_inspector_reads_and_proposes_nothing(client: TestClient[Litestar]) -> None:
    visitor = Visitor(client)
    visitor.sign_in(XU)
    assert 'action="/rules"' not in visitor.open("/rules")
    assert visitor.send("/areas", **AREA).status_code == 403


def test_a_county_official_sees_how_many_and_not_who(visitor: Visitor, henan: Town) -> None:
    chen = henan.arrive(CHEN)
    where = visitor.send("/areas", **AREA).headers["location"]
    visitor.sign_in(GAO)
    page = visitor.open(where)
    assert "批准后有 1 人次的状态会改变" in page
    assert chen.subject not in page
    assert "陈*" not in page
