"""Arrivals on screen: forms that say what is wrong at the field and keep what was typed."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.town import Town
from tests.village import CHEN, LI, MA, SUN, TAOLIN, WU
from tests.web.visitor import Visitor

TOLD = {"name": "岳清禾", "village": TAOLIN, "origin": "31", "arrived_at": "2022-04-07T05:50"}


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(WU)
    return visitor


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "请填写姓名"),
        ("village", "", "请选择到哪个村"),
        ("id_number", "411599198806120241", "身份证号对不上"),
        ("id_number", "12", "身份证号对不上"),
        ("phone", "call me", "电话只能有数字"),
        ("celsius", "63", "体温应在 30 到 45"),
        ("celsius", "warm", "这里要填数字"),
        ("from_area", "shanghai", "区划代码是 2 到 12 位数字"),
        ("arrived_at", "2022-04-09T05:50", "时间晚于现在"),
        ("arrived_at", "yesterday", "日期或时间不对"),
        ("name", "长" * 61, "太长"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    visitor: Visitor, field: str, typed: str, said: str
) -> None:
    answer = visitor.send("/arrivals/new", **{**TOLD, field: typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text
    assert said in answer.text
    if field != "name":
        assert 'value="岳清禾"' in answer.text, "what was typed is kept"


def test_a_stay_that_ends_before_it_begins(visitor: Visitor) -> None:
    stay = {"stay_1_area": "31", "stay_1_from": "2022-04-05", "stay_1_until": "2022-04-01"}
    answer = visitor.send("/arrivals/new", **TOLD, **stay)
    assert 'id="f-stay_1_until-wrong"' in answer.text
    assert '<details class="more-fields" open>' in answer.text


def test_stays_are_recorded_to_the_end_of_their_last_day(visitor: Visitor, henan: Town) -> None:
    stay = {"stay_2_area": "31", "stay_2_from": "2022-04-01", "stay_2_until": "2022-04-05"}
    answer = visitor.send("/arrivals/new", **TOLD, **stay)
    person = answer.headers["location"].split("/")[2].partition("?")[0]
    stream = henan.stream(person)
    assert stream is not None
    (told,) = stream.entries[0].body.stays  # type: ignore[attr-defined]  # an arrival's body
    assert (told.area, told.name) == ("31", "上海市")
    assert told.until.isoformat() == "2022-04-06T00:00:00+08:00"


def test_sent_twice_is_recorded_once(visitor: Visitor) -> None:
    page = visitor.open("/arrivals/new")
    fact = page.partition('name="id" value="')[2].partition('"')[0]
    first, second = (visitor.send("/arrivals/new", **TOLD, id=fact) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert "返乡登记 1 人次" in visitor.open("/arrivals")


def test_areas_at_risk_are_offered_before_anything_is_typed(visitor: Visitor, henan: Town) -> None:
    henan.at_risk()
    page = visitor.open("/arrivals/new")
    assert "310115=上海市浦东新区（高风险）" in page


def test_a_place_is_asked_by_name_and_the_answer_counts(visitor: Visitor, henan: Town) -> None:
    henan.at_risk("320505103", "枫桥街道", "medium")
    ma = henan.arrive(MA)
    page = visitor.open(f"/arrivals/{ma.subject}")
    assert "枫桥街道" in page
    assert "待判定" in page
    episode = ma.purpose.partition(":")[2]
    sent = visitor.send(
        f"/arrivals/{ma.subject}/answer", episode=episode, asked="320505103#枫桥街道", none="yes"
    )
    assert sent.status_code == 303
    page = visitor.open(f"/arrivals/{ma.subject}")
    assert "没到过枫桥街道" in page
    assert "待判定" not in page


def test_a_symptom_says_what_follows(visitor: Visitor, henan: Town) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    episode = chen.purpose.partition(":")[2]
    sent = visitor.send(f"/arrivals/{chen.subject}/symptom", episode=episode)
    assert sent.status_code == 303
    page = visitor.open(f"/arrivals/{chen.subject}")
    assert "监测天数暂停计算" in page
    assert "监测天数暂停计算，已生成" not in visitor.open(f"/arrivals/{chen.subject}")


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ("temperature", "celsius", "请填写体温"),
        ("swab", "result", "请选择阴性或阳性"),
        ("reveal", "reason", "请选择或写明查看原因"),
    ],
)
def test_an_empty_record_is_not_recorded(
    client: TestClient[Litestar], henan: Town, form: str, field: str, said: str
) -> None:
    chen = henan.arrive(CHEN)
    visitor = Visitor(client)
    visitor.sign_in(SUN)
    answer = visitor.send(f"/arrivals/{chen.subject}/{form}", episode=chen.id)
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text
    assert said in answer.text


def test_nobody_outside_the_remit_is_found_by_name(
    client: TestClient[Litestar], henan: Town
) -> None:
    henan.arrive(CHEN, area="411526108202")
    visitor = Visitor(client)
    visitor.sign_in(SUN)
    assert "找到 0 人次" in visitor.send("/arrivals/find", words="陈").text
    visitor.sign_in(LI)
    assert "找到 1 人次" in visitor.send("/arrivals/find", words="陈").text
