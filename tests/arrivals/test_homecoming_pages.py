"""A family declares, stands at the post, is found: on screen, without a script."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.arrivals.homecoming import at_post, told
from tests.conftest import SignedIn
from tests.town import Town
from tests.village import CHEN, CHEN_FAMILY, LI, MA, MORNING, NEIGHBOUR, SUN, TAOLIN, WU, Worker
from tests.web.visitor import Visitor
from tongxin.arrivals import identity
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.base.clock import day_of
from tongxin.ledger.facts import Stream

PLAN = {"village": TAOLIN, "planned_at": "2022-04-11T02:30", "people": "1", "name_1": "岳清禾"}
WRONG = CHEN.id_number[:-1] + ("0" if CHEN.id_number[-1] != "0" else "1")


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    return visitor


def person_in(location: str) -> str:
    return location.split("/")[2]


def stream_of(town: Town, location: str) -> Stream:
    found = town.stream(person_in(location))
    assert found is not None
    return found


def test_a_family_declares_in_one_form_and_is_told_what_to_bring(visitor: Visitor) -> None:
    more = visitor.send("/declarations/new", **PLAN, more="yes")
    assert 'id="f-name_2"' in more.text
    assert 'value="岳清禾"' in more.text, "what was typed is kept"
    names = {f"name_{n}": who.name for n, who in enumerate(CHEN_FAMILY, 1)}
    sent = visitor.send("/declarations/new", **(PLAN | names | {"people": "3", "origin": "31"}))
    page = visitor.open(sent.headers["location"])
    assert "已报备 3 人" in page
    assert "48 小时内核酸阴性证明（从报告起算）" in page
    assert "报晚了一点" not in page
    assert "待返乡 3 人" in visitor.open("/comings")


def test_a_late_declaration_is_said_and_recorded_all_the_same(visitor: Visitor) -> None:
    sent = visitor.send("/declarations/new", **(PLAN | {"planned_at": "2022-04-08T02:30"}))
    assert "不影响任何人的判断" in visitor.open(sent.headers["location"])


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name_1", "", "请填写姓名"),
        ("village", "", "请选择到哪个村"),
        ("planned_at", "", "请填写打算哪天几点到"),
        ("planned_at", "2022-04-01T02:30", "这个时间已经过了"),
        ("id_number_1", "4115991988", "这里是 10 位"),
        ("id_number_1", "411599198813120249", "第 7 到 14 位是出生年月日"),
        ("id_number_1", WRONG, "校验位不符"),
        ("phone_1", "call me", "电话只能有数字"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    visitor: Visitor, field: str, typed: str, said: str
) -> None:
    answer = visitor.send("/declarations/new", **(PLAN | {field: typed}))
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text
    assert said in answer.text


@pytest.mark.parametrize(
    ("typed", "number", "document"), [(WRONG, WRONG, ""), ("G 1234 5678", "", "G12345678")]
)
def test_a_number_that_cannot_be_right_is_kept_where_somebody_insists(
    visitor: Visitor, henan: Town, typed: str, number: str, document: str
) -> None:
    told_so = {"name": "岳清禾", "village": TAOLIN, "id_number": typed, "id_number_as_told": "yes"}
    sent = visitor.send("/passages/new", **told_so)
    body = stream_of(henan, sent.headers["location"]).entries[0].body
    assert (body.id_number, body.other_document) == (number, document)  # type: ignore[attr-defined]
    if number:
        assert "存疑" in visitor.open(sent.headers["location"].replace("passages", "comings"))


def test_full_width_digits_and_blanks_are_read_kindly() -> None:
    typed = "４１１５９９ 1988-06-12 024" + CHEN.id_number[-1].lower()
    assert identity.normalized(typed) == CHEN.id_number
    assert identity.fault(identity.normalized(typed), day_of(MORNING)) is None


def test_who_is_expected_passes_without_typing_anything_again(
    visitor: Visitor, henan: Town
) -> None:
    plan = told(henan, in_hours=3)
    visitor.sign_in(WU)
    assert "今天要来的" in visitor.open("/passages/new")
    seen = {
        "person": plan.subject, "episode": plan.id, "celsius": "36.5", "health_code": "green",
        "itinerary": "clear", "sampled_at": "050600", "reported_at": "051800",
    }  # fmt: skip
    sent = visitor.send("/passages/new", **seen)
    assert sent.headers["location"] == f"/passages/{plan.subject}/{plan.id}"
    page = visitor.open(sent.headers["location"])
    assert "放行" in page
    body = stream_of(henan, sent.headers["location"]).entries[-1].body
    assert body.name == CHEN.name  # type: ignore[attr-defined]
    assert body.id_number == CHEN.id_number  # type: ignore[attr-defined]
    assert body.certificate.sampled_at.isoformat() == "2022-04-05T06:00:00+08:00"  # type: ignore[attr-defined]


def test_an_emergency_passes_with_nothing_but_that(visitor: Visitor) -> None:
    visitor.sign_in(WU)
    sent = visitor.send("/passages/new", emergency="yes", celsius="39.2")
    assert sent.status_code == 303
    page = visitor.open(sent.headers["location"])
    assert "放行" in page
    assert "留下" not in page


def test_who_is_bound_for_elsewhere_is_handed_over_to_it(visitor: Visitor) -> None:
    typed = {"name": MA.name, "bound_for": NEIGHBOUR, "bound_for_name": "黄寺岗镇"}
    sent = visitor.send("/passages/new", **typed)
    assert "移交目的地乡镇" in visitor.open(sent.headers["location"])
    assert "去别的乡镇 1" in visitor.open("/comings?view=elsewhere")
    coming = sent.headers["location"].replace("/passages", "/comings")
    visitor.send(f"{coming}/handed", receiver="township", to="黄寺岗镇卡点")
    assert "黄寺岗镇卡点" in visitor.open(coming)


def test_the_next_in_the_same_vehicle_shares_what_the_first_told(
    visitor: Visitor, henan: Town
) -> None:
    first = {"name": CHEN.name, "village": TAOLIN, "origin": "31", "plate": "豫s12345"}
    sent = visitor.send("/passages/new", **first)
    _, _, person, episode = sent.headers["location"].split("/")
    page = visitor.open(f"/passages/new?near={person}&near_episode={episode}")
    assert 'value="豫S12345"' in page
    assert f'<option value="{TAOLIN}" selected' in page
    second = visitor.send("/passages/new", **(first | {"name": "刘洋", "party": episode}))
    assert "这辆车已登记 2 人" in visitor.open(second.headers["location"])


def test_a_passage_that_recalls_somebody_says_so_at_once(visitor: Visitor, henan: Town) -> None:
    told(henan, CHEN, in_hours=5, id_number="")
    typed = {"name": "陈婧", "village": TAOLIN, "phone": CHEN.phone}
    sent = visitor.send("/passages/new", **typed)
    page = visitor.open(sent.headers["location"])
    assert "可能已有这个人的记录" in page
    assert "读音相同" in page


def test_both_sides_of_a_doubt_are_shown_masked_and_decided(visitor: Visitor, henan: Town) -> None:
    one, other = told(henan, CHEN, id_number=""), at_post(henan, CHEN, id_number="")
    page = visitor.open("/doubts")
    assert "1 处可能是同一个人" in page
    assert CHEN.name not in page
    assert CHEN.phone not in page
    chosen = {"one": one.subject, "other": other.subject, "decision": "same"}
    assert "请写明怎样核对的" in visitor.send("/doubts", **chosen, reason="").text
    assert visitor.send("/doubts", **chosen, reason="电话里问清了").status_code == 303
    assert "0 处可能是同一个人" in visitor.open("/doubts")


def test_a_finding_at_the_door_ends_the_waiting(visitor: Visitor, henan: Town) -> None:
    plan = told(henan, in_hours=1)
    visitor.sign_in(SUN)
    coming = f"/comings/{plan.subject}/{plan.id}"
    assert "请选择看到了什么" in visitor.send(f"{coming}/finding").text
    visitor.send(f"{coming}/finding", result="met", people_seen="3")
    assert "报备后到了" in visitor.open(coming)
    assert "见到本人" in visitor.open(coming)


def test_a_village_without_a_checkpoint_is_listed_until_one_covers_it(visitor: Visitor) -> None:
    assert "16 个村没有卡点" in visitor.open("/checkpoints")
    assert "请至少选一个" in visitor.send("/checkpoints", name="省道卡点").text
    visitor.send("/checkpoints", name="省道卡点", villages=TAOLIN, equipment="测温枪，帐篷")
    page = visitor.open("/checkpoints")
    assert "15 个村没有卡点" in page
    assert "测温枪、帐篷" in page
    post = page.partition('href="/checkpoints/')[2].partition('"')[0]
    visitor.send(f"/checkpoints/{post}/close", reason="改道")
    assert "16 个村没有卡点" in visitor.open("/checkpoints")


def test_villages_without_a_checkpoint_are_counted_where_somebody_works(
    visitor: Visitor, signed_in: SignedIn
) -> None:
    def bare(who: Worker) -> int:
        found = visitor.client.get("/api/v1/figures", headers=signed_in(who)).json()
        (amount,) = [f["amount"] for f in found if f["figure"] == "arrivals.now.uncovered"]
        return int(amount)

    assert (bare(LI), bare(SUN)) == (16, 1)
    visitor.send("/checkpoints", name="省道卡点", villages=TAOLIN)
    assert (bare(LI), bare(SUN)) == (15, 0)
    assert "您这里 15 个村没有卡点" in visitor.open("/checkpoints")
    visitor.sign_in(SUN)
    page = visitor.open("/checkpoints")
    assert "您这里每个村都有卡点" in page
    assert "省道卡点" in page, "every checkpoint is listed, wherever somebody works"


def test_a_call_that_brings_somebody_home_wants_the_day(visitor: Visitor) -> None:
    away = {"name": MA.name, "village": TAOLIN, "outcome": "returns"}
    assert "请填写打算哪天回来" in visitor.send("/calls/new", **away).text
    assert visitor.send("/calls/new", **away, returns_on="2022-04-12").status_code == 303
    assert "要回来" in visitor.open("/calls?all=1")


def test_the_form_for_a_call_says_beforehand_when_the_day_is_needed(visitor: Visitor) -> None:
    assert "选了“要回来”就要填" in visitor.open("/calls/new")


def test_nothing_is_answered_for_whoever_records_a_call(visitor: Visitor, henan: Town) -> None:
    page = visitor.open("/calls/new")
    assert "只登记，还没打" in page
    assert " checked" not in page
    away = {"name": MA.name, "village": TAOLIN}
    answer = visitor.send("/calls/new", **away)
    assert answer.status_code == 422
    assert 'id="f-outcome-wrong"' in answer.text
    assert "请选择电话里怎么说" in answer.text
    assert f'value="{MA.name}"' in answer.text, "what was typed is kept"
    assert visitor.send("/calls/new", **away, outcome="noted").status_code == 303
    henan.clock.advance(minutes=5)
    page = visitor.open("/calls")
    assert "1 人该打电话" in page
    assert "只登记，还没打" in page


def test_who_is_noted_already_is_not_noted_once_more(visitor: Visitor, henan: Town) -> None:
    visitor.send("/calls/new", name=MA.name, village=TAOLIN, outcome="noted")
    henan.clock.advance(minutes=5)
    query = visitor.open("/calls").partition('href="/calls/new?person=')[2].partition('"')[0]
    person, episode = query.split("&amp;episode=")
    page = visitor.open(f"/calls/new?person={person}&episode={episode}")
    assert "只登记，还没打" not in page
    assert " checked" not in page
    known = {"person": person, "episode": episode}
    assert 'id="f-outcome-wrong"' in visitor.send("/calls/new", **known).text
    assert visitor.send("/calls/new", **known, outcome="noted").status_code == 422
    assert visitor.send("/calls/new", **known, outcome="stays").status_code == 303


def test_the_township_they_are_bound_for_is_known_by_its_name(
    visitor: Visitor, henan: Town
) -> None:
    sent = visitor.send("/passages/new", name=MA.name, bound_for_name="黄寺岗镇")
    (entry,) = stream_of(henan, sent.headers["location"]).entries
    assert isinstance(entry.body, PassageRecorded)
    assert entry.body.bound_for == NEIGHBOUR
