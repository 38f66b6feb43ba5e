"""An exception has a reason, an end and an independent second person; then all is as before."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN, LI, MORNING, SUN, TAOLIN, WANG, ZHAO, Worker, entry
from tests.web.visitor import Visitor
from tongxin.arrivals.exceptions.facts import EXCEPTION_PROPOSED, ExceptionProposed
from tongxin.arrivals.exceptions.rules import waivers
from tongxin.base.clock import to_ms
from tongxin.catalogue import plans
from tongxin.ledger.facts import OFFICE, Draft, Entry, Outcome
from tongxin.ledger.kinds import APPROVED, TAKEN_BACK, Approved, TakenBack
from tongxin.policy.evidence import Waiver
from tongxin.policy.judgement import Standing
from tongxin.policy.standing import standing_at

HOUR = timedelta(hours=1)


@pytest.fixture
def chen(town: Town) -> Draft:
    """Somebody who is monitored at home."""
    town.adopt()
    town.at_risk()
    return town.arrive(CHEN)


def propose(town: Town, about: Draft, by: Worker = ZHAO, hours: int = 8) -> Draft:
    body = ExceptionProposed(reason="血液透析", from_=town.now, until=town.now + hours * HOUR)
    draft = town.draft(
        EXCEPTION_PROPOSED, body, by=by, subject=about.subject, purpose=about.purpose, area=TAOLIN
    )
    assert town.record(draft)[0].outcome is Outcome.RECORDED
    return draft


def approve(town: Town, proposal: Draft, by: Worker = WANG) -> Outcome:
    body = Approved(proposal=proposal.id)
    draft = town.draft(APPROVED, body, by=by, subject=proposal.subject, purpose=OFFICE, area=TAOLIN)
    return town.record(draft)[0].outcome


def word(town: Town, about: Draft, after: timedelta = timedelta(0)) -> Standing:
    """Where somebody stands so long after now."""
    stream = town.stream(about.subject)
    assert stream is not None
    with town.installation.database.reading() as connection:
        context = town.installation.context(connection, stream.township)
    (judged,) = plans([stream], context).values()
    return standing_at(judged.plan, town.now + after).word


def test_it_holds_from_the_approval_until_its_end(town: Town, chen: Draft) -> None:
    proposal = propose(town, chen)
    assert word(town, chen) is Standing.MONITORED
    town.clock.advance(hours=2)
    assert approve(town, proposal) is Outcome.RECORDED
    assert word(town, chen, -HOUR) is Standing.MONITORED
    assert word(town, chen) is Standing.EXCEPTED
    assert word(town, chen, 6 * HOUR) is Standing.MONITORED
    assert findings(town) == []


def test_nobody_approves_his_own(town: Town, chen: Draft) -> None:
    proposal = propose(town, chen, by=LI)
    assert approve(town, proposal, by=LI) is Outcome.REFUSED
    assert word(town, chen) is Standing.MONITORED


def test_whoever_may_not_propose_is_not_heard(town: Town, chen: Draft) -> None:
    body = ExceptionProposed(reason="想出门", from_=town.now, until=town.now + HOUR)
    draft = town.draft(
        EXCEPTION_PROPOSED, body, by=SUN, subject=chen.subject, purpose=chen.purpose, area=TAOLIN
    )
    assert town.record(draft)[0].outcome is Outcome.REFUSED


def test_an_exception_that_was_a_mistake_is_taken_back(town: Town, chen: Draft) -> None:
    proposal = propose(town, chen)
    approve(town, proposal)
    assert word(town, chen) is Standing.EXCEPTED
    back = town.draft(
        TAKEN_BACK, TakenBack(fact=proposal.id, reason="人搞错了"), by=ZHAO, subject=chen.subject,
        purpose=chen.purpose, area=TAOLIN,
    )  # fmt: skip
    assert town.record(back)[0].outcome is Outcome.RECORDED
    assert word(town, chen) is Standing.MONITORED


def test_on_screen_one_proposes_and_another_approves(
    town: Town, chen: Draft, client: TestClient[Litestar]
) -> None:
    visitor = Visitor(client)
    visitor.sign_in(ZHAO)
    here = f"/arrivals/{chen.subject}/exceptions"
    episode = chen.purpose.partition(":")[2]
    late = visitor.send(here, episode=episode, reason="血液透析", until="2022-04-07T05:00")
    assert "例外的结束时间要晚于开始" in late.text
    sent = visitor.send(here, episode=episode, reason="血液透析", until="2022-04-07T18:00")
    assert sent.status_code == 303
    assert "等人批准" in visitor.open(here)
    visitor.sign_in(WANG)
    assert f'href="{here}"' in visitor.open("/")
    proposal = visitor.open(here).partition(f'action="{here}/')[2].partition("/approve")[0]
    assert visitor.send(f"{here}/{proposal}/approve").status_code == 303
    page = visitor.open(f"/arrivals/{chen.subject}")
    assert "已批准例外：血液透析" in page
    assert "至2022年4月7日 18:00" in page


def test_programs_propose_and_approve_too(
    chen: Draft, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    json: dict[str, Any] = {
        "episode": chen.purpose.partition(":")[2], "reason": "血液透析",
        "from_": MORNING.isoformat(), "until": (MORNING + 8 * HOUR).isoformat(),
    }  # fmt: skip
    path = f"/api/v1/arrivals/{chen.subject}/exceptions"
    made = client.post(path, json=json, headers=signed_in(ZHAO)).json()
    own = client.post(f"{path}/{made['id']}/approve", headers=signed_in(ZHAO))
    assert own.status_code == 403
    done = client.post(f"{path}/{made['id']}/approve", headers=signed_in(WANG))
    assert done.status_code == 201, done.text
    again = client.post(f"{path}/{made['id']}/approve", headers=signed_in(LI))
    assert again.json()["code"] == "arrivals.exception_decided"
    (listed,) = client.get("/api/v1/exceptions", headers=signed_in(SUN)).json()
    assert (listed["person"], listed["reason"]) == (chen.subject, "血液透析")


def test_an_exception_without_an_end_is_none() -> None:
    with pytest.raises(ValueError, match="until"):
        ExceptionProposed(reason="没有期限", from_=MORNING, until=MORNING)


hours = st.integers(-48, 48)


@given(hours, hours, hours, st.booleans(), st.randoms(use_true_random=False))
def test_no_order_of_facts_lets_an_exception_begin_before_its_approval(
    begins: int, ends: int, approved: int, same: bool, order: Any
) -> None:
    since = MORNING + begins * HOUR
    body = ExceptionProposed(
        reason="血液透析", from_=since, until=max(since + HOUR, MORNING + ends * HOUR)
    )
    proposed = entry(EXCEPTION_PROPOSED, body, author="account-1")
    at = MORNING + approved * HOUR
    yes = entry(
        APPROVED, Approved(proposal=proposed.id), purpose=OFFICE, recorded_at=to_ms(at),
        author="account-1" if same else "account-2",
    )  # fmt: skip
    entries: list[Entry] = [proposed, yes, proposed]
    order.shuffle(entries)
    episode = proposed.header.purpose.partition(":")[2]
    found: list[Waiver] = waivers(entries, episode)
    assert all(one.from_ >= at and one.until == body.until for one in found)
    assert not (same and found)
    assert waivers(entries, "another") == []
