"""Taking back on screen: a mistake is struck through with who, when and why; nothing is hidden."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import CHEN, LI, SUN, TAOLIN, WANG, WU, XU, ZHAO, ZHENG
from tests.web.visitor import Visitor
from tongxin.arrivals import facts as arrivals
from tongxin.ledger.facts import Draft

WHY = "出发地选错了"


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town) -> Visitor:
    henan.at_risk()
    return Visitor(client)


def positive(town: Town, came: Draft) -> Draft:
    body = arrivals.SwabResulted(taken_at=town.now, positive=True)
    draft = town.draft(
        arrivals.SWAB_RESULTED, body, by=ZHENG, subject=came.subject, purpose=came.purpose,
        area=came.area,
    )  # fmt: skip
    assert town.record(draft)[0].outcome == "recorded"
    return draft


def test_its_author_takes_it_back_and_records_it_anew(visitor: Visitor, henan: Town) -> None:
    came = henan.arrive(CHEN, by=SUN)
    visitor.sign_in(SUN)
    page = visitor.open(f"/arrivals/{came.subject}")
    assert f'href="/arrivals/{came.subject}/facts/{came.id}"' in page
    assert "24 小时以内本人可以直接撤回" in visitor.open(
        f"/arrivals/{came.subject}/facts/{came.id}"
    )
    sent = visitor.send(f"/arrivals/{came.subject}/facts/{came.id}/take-back", reason=WHY)
    assert sent.headers["location"] == f"/arrivals/{came.subject}"
    page = visitor.open(f"/arrivals/{came.subject}")
    assert "<del>登记到达：来自上海市浦东新区</del>" in page
    assert re.search(rf"已撤回：孙丽，2022年4月7日 06:00。理由：{WHY}", page)
    assert "这个人的登记已撤回" in page
    anew = re.search(r'href="(/arrivals/new\?again=[^"]+)"', page)
    assert anew is not None
    form = visitor.open(anew[1].replace("&amp;", "&"))
    hidden = dict(re.findall(r'name="(person|episode|id)" value="([^"]+)"', form))
    sent = visitor.send(
        "/arrivals/new", **hidden, name=CHEN.name, village=TAOLIN, origin="41",
        arrived_at="2022-04-07T05:50",
    )  # fmt: skip
    assert sent.headers["location"] == f"/arrivals/{came.subject}?recorded=1"
    page = visitor.open(f"/arrivals/{came.subject}")
    assert "来自河南省" in page
    assert "<del>登记到达：来自上海市浦东新区</del>" in page


def test_a_reason_is_wanted(visitor: Visitor, henan: Town) -> None:
    came = henan.arrive(CHEN, by=SUN)
    visitor.sign_in(SUN)
    sent = visitor.send(f"/arrivals/{came.subject}/facts/{came.id}/take-back", reason="错")
    assert sent.status_code == 422
    assert 'id="f-reason-wrong"' in sent.text
    assert "<del>" not in visitor.open(f"/arrivals/{came.subject}")


def test_two_people_take_anothers_record_back(visitor: Visitor, henan: Town) -> None:
    came = henan.arrive(CHEN)
    swab = positive(henan, came)
    base = f"/arrivals/{came.subject}/facts/{swab.id}"
    visitor.sign_in(SUN)
    assert "只能由记录人本人" in visitor.open(base)
    assert visitor.send(f"{base}/take-back", reason=WHY).status_code == 422
    visitor.sign_in(ZHAO)
    assert visitor.send(f"{base}/propose", reason="条码贴错了").status_code == 303
    page = visitor.open(f"/arrivals/{came.subject}")
    assert "有人申请撤回，等第二人批准" in page
    assert "<del>" not in page
    proposal = wish_at(visitor, LI, base)
    visitor.sign_in(WANG)
    assert f'href="{base}"' in visitor.open("/"), "home tells who may approve"
    assert visitor.send(f"{base}/approve", proposal=proposal).status_code == 303
    page = visitor.open(f"/arrivals/{came.subject}")
    assert "<del>核酸结果：阳性</del>" in page
    assert "已撤回：赵磊申请，王芳批准，2022年4月7日 06:00。理由：条码贴错了" in page
    assert f'href="{base}"' not in visitor.open("/")


def wish_at(visitor: Visitor, who: object, base: str) -> str:
    visitor.sign_in(who)  # type: ignore[arg-type]  # one of the cast
    found = re.search(r'name="proposal" value="([^"]+)"', visitor.open(base))
    assert found is not None
    return found[1]


def test_nobody_approves_his_own(visitor: Visitor, henan: Town) -> None:
    came = henan.arrive(CHEN)
    swab = positive(henan, came)
    base = f"/arrivals/{came.subject}/facts/{swab.id}"
    visitor.sign_in(LI)
    assert visitor.send(f"{base}/propose", reason="条码贴错了").status_code == 303
    assert 'name="proposal"' not in visitor.open(base)
    proposal = wish_at(visitor, WANG, base)
    visitor.sign_in(LI)
    answer = visitor.send(f"{base}/approve", proposal=proposal)
    assert answer.status_code == 409
    assert "不能批准自己的撤回申请" in answer.text


def test_the_ledgers_page_lists_all_of_it_and_the_inspector_reads_no_reasons(
    visitor: Visitor, henan: Town
) -> None:
    came = henan.arrive(CHEN, by=SUN)
    visitor.sign_in(SUN)
    visitor.send(f"/arrivals/{came.subject}/facts/{came.id}/take-back", reason=WHY)
    visitor.sign_in(LI)
    page = visitor.open("/ledger")
    assert "孙丽 4月7日" in page
    assert WHY in page
    visitor.sign_in(XU)
    page = visitor.open("/ledger")
    assert "登记到达" in page
    assert WHY not in page


def test_programs_do_the_same(
    client: TestClient[Litestar], signed_in: SignedIn, henan: Town
) -> None:
    came = henan.arrive(CHEN, by=SUN)
    base = f"/api/v1/people/{came.subject}/facts/{came.id}"
    why = {"reason": WHY}
    answers = [
        client.post(f"{base}/take-back", json=why, headers=signed_in(who)) for who in (WU, SUN, SUN)
    ]
    assert [a.status_code for a in answers] == [403, 201, 409]
    assert answers[0].json()["code"] == "registry.not_alone"
    assert answers[2].json()["code"] == "registry.taken_back_already"
    (listed,) = client.get("/api/v1/take-backs", headers=signed_in(LI)).json()
    assert (listed["fact"], listed["counts"], listed["reason"]) == (came.id, True, WHY)
    assert client.get(
        "/api/v1/arrivals", headers=signed_in(LI)
    ).json() == {"total": 0, "journeys": []}  # fmt: skip
