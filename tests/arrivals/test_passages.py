"""What becomes of those who stand at the post together, as programs read it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.arrivals.homecoming import at_post, handed_over, told
from tests.town import Town
from tests.village import CHEN, CHEN_FAMILY, LI, SUN, TAOLIN
from tests.web.visitor import Visitor
from tongxin.arrivals.declarations.facts import CertificateTold
from tongxin.base.ids import new_id
from tongxin.ledger.facts import Draft
from tongxin.policy.clauses import Certificate
from tongxin.policy.shipped import shipped_pack

BESIDE_ILL = "同车有发热、有症状或阳性的人。"
UNDECLARED = "没有提前 3 天报备：提醒一句，不因此拦人。"
HUSBAND = CHEN_FAMILY[1]
NEAR = "410105"


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    return visitor


def sent(visitor: Visitor, path: str, body: dict[str, Any]) -> Any:
    """What a program sends."""
    word = re.search(r'name="_csrf_token" value="([^"]+)"', visitor.open("/help"))
    assert word
    answer = visitor.client.post(path, json=body, headers={"X-CSRF-Token": word[1]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def said_of(visitor: Visitor, passed: Draft) -> tuple[str, list[str]]:
    """The outcome, and every ground."""
    answer = visitor.client.get(f"/api/v1/passages/{passed.subject}/{passed.id}")
    assert answer.status_code == 200
    found = answer.json()
    return found["outcome"], [ground["text"]["zh"] for ground in found["grounds"]]


def beside(town: Town, party: str, at: datetime | None = None) -> Draft:
    """陈静's husband in the same car, from a place without any case, with papers that do."""
    return at_post(town, HUSBAND, party=party, from_area=NEAR, at=at)


def test_who_sat_beside_an_ill_emergency_is_registered(visitor: Visitor, henan: Town) -> None:
    party = new_id()
    at_post(henan, CHEN, party=party, celsius=38.5, emergency=True)
    outcome, grounds = said_of(visitor, beside(henan, party))
    assert outcome == "register_and_monitor"
    assert BESIDE_ILL in grounds


def test_that_the_ill_was_taken_over_changes_nothing_for_those_beside_him(
    visitor: Visitor, henan: Town
) -> None:
    party = new_id()
    ill, other = at_post(henan, CHEN, party=party, celsius=38.5), beside(henan, party)
    before = said_of(visitor, other)
    henan.clock.advance(minutes=30)
    handed_over(henan, ill)
    assert said_of(visitor, other) == before
    assert BESIDE_ILL in before[1]


def test_who_came_days_after_the_ill_did_not_sit_beside_him(visitor: Visitor, henan: Town) -> None:
    party = new_id()
    at_post(henan, CHEN, party=party, celsius=38.5, at=henan.now - timedelta(days=2))
    assert said_of(visitor, beside(henan, party))[0] == "pass"


def test_a_declaration_told_after_the_passage_was_not_told_ahead(
    visitor: Visitor, henan: Town
) -> None:
    passed = at_post(henan, HUSBAND, from_area=NEAR)
    henan.clock.advance(minutes=5)
    told(henan, HUSBAND, like=passed, in_hours=-1, from_area=NEAR)
    assert UNDECLARED in said_of(visitor, passed)[1]


@pytest.mark.parametrize("told_as", ["from_area", "stays"])
def test_an_old_code_meets_the_area_at_risk_of_today(
    visitor: Visitor, henan: Town, told_as: str
) -> None:
    henan.at_risk("310151", "上海市崇明区", "medium")
    old = "310230"  # 崇明县, a district since 2016
    body: dict[str, Any] = {"name": CHEN.name, "passed_at": henan.now.isoformat()}
    body |= {"from_area": old} if told_as == "from_area" else {"stays": [{"area": old}]}
    (one,) = sent(visitor, "/api/v1/passages", {"area": TAOLIN, "passages": [{"passage": body}]})
    assert "停留地属于“中风险地区”。" in [each["text"]["zh"] for each in one["told"]["grounds"]]


def test_a_villages_own_worker_records_who_goes_on_to_another_township(
    visitor: Visitor, henan: Town
) -> None:
    visitor.sign_in(SUN)
    body = {
        "name": CHEN.name,
        "passed_at": henan.now.isoformat(),
        "from_area": NEAR,
        "bound_for": "411526200",
        "bound_for_name": "别处镇",
    }
    (one,) = sent(visitor, "/api/v1/passages", {"area": TAOLIN, "passages": [{"passage": body}]})
    assert one["outcome"] == "recorded"
    assert visitor.client.get(f"/api/v1/arrivals/{one['person']}").status_code == 404


def test_an_emergency_passes_a_villages_own_post_without_a_word(
    visitor: Visitor, henan: Town
) -> None:
    visitor.sign_in(SUN)
    answer = visitor.send("/passages/new", emergency="yes")
    assert answer.status_code == 303, answer.text


def test_a_good_certificate_is_explained_too(visitor: Visitor, henan: Town) -> None:
    passed = beside(henan, new_id())
    answer = visitor.client.get(f"/api/v1/passages/{passed.subject}/{passed.id}").json()
    paper, rules = answer["certificate"], henan_rules()
    until = henan.now + timedelta(hours=rules.cert_validity_h - 12)
    assert paper["clock"] == rules.cert_clock == "report"
    assert paper["age"] == {"zh": "12 小时 00 分", "en": "12 h 00 m"}
    assert datetime.fromisoformat(paper["until"]) == until
    assert paper["clause"]["zh"] == rules.clause.zh
    page = visitor.open(f"/passages/{passed.subject}/{passed.id}")
    said = f"按报告时间起算，已过 12 小时 00 分，{until.month}月{until.day}日 {until:%H:%M} 前有效"
    assert f"核酸阴性证明：{said}" in page
    assert rules.clause.zh in page


@pytest.mark.parametrize("told_as", ["positive", "stale", "none"])
def test_a_certificate_that_does_not_do_is_not_called_good(
    visitor: Visitor, henan: Town, told_as: str
) -> None:
    old = CertificateTold(reported_at=henan.now - timedelta(days=9))
    positive = CertificateTold(reported_at=henan.now - timedelta(hours=1), positive=True)
    shown = {"positive": positive, "stale": old, "none": None}[told_as]
    passed = at_post(henan, HUSBAND, from_area=NEAR, certificate=shown)
    answer = visitor.client.get(f"/api/v1/passages/{passed.subject}/{passed.id}").json()
    assert answer["certificate"] is None
    assert "前有效" not in visitor.open(f"/passages/{passed.subject}/{passed.id}")


def henan_rules() -> Certificate:
    """How long the pack lets a certificate be good for whoever comes from inside the province."""
    entry = shipped_pack("henan-2022-04").entry
    assert entry is not None
    (clause,) = (one.certificate for one in entry.papers if one.id == "in-province")
    assert clause is not None
    return clause
