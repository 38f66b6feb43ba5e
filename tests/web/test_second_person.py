"""A grave decision takes two people, not two accounts: nobody approves through a puppet."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import Headers, SignedIn
from tests.town import Town
from tests.village import CHEN, LI, PASSWORD, QIAN, QUANJI, TAOLIN, TOWNSHIP, WANG, ZHOU, Worker
from tongxin.access.facts import ACCOUNT_CLOSED, AccountClosed
from tongxin.access.rules import Account, Given, in_one_hand
from tongxin.arrivals import facts as arrivals
from tongxin.ledger.facts import REGISTRATION, Outcome
from tongxin.ledger.inbox import digest_of
from tongxin.ledger.tables import held

Browser = TestClient[Litestar]


def account(opened_by: str, *empowered_by: str) -> Account:
    given = tuple(Given("command", TOWNSHIP, by) for by in empowered_by)
    return Account("", "", "", "", given, (), False, opened_by)


TOWN: Mapping[str, Account] = {
    "li": account("init", "init"),
    "wang": account("init", "init"),
    "puppet": account("li", "li"),
    "puppet of puppet": account("puppet", "puppet"),
    "sibling": account("li", "li"),
    "opened by wang": account("wang", "wang"),
    "opened by wang, made great by li": account("wang", "li"),
    "great by both": account("init", "li", "wang"),
    "great by li": account("init", "li"),
}


@pytest.mark.parametrize(
    ("proposer", "approver", "one_hand"),
    [
        ("li", "li", True),
        ("li", "wang", False),
        ("wang", "li", False),
        ("li", "puppet", True),
        ("puppet", "li", True),
        ("li", "puppet of puppet", True),
        ("puppet of puppet", "sibling", True),
        ("puppet", "wang", False),
        ("wang", "puppet", False),
        ("puppet", "opened by wang", False),
        ("li", "opened by wang", False),
        ("li", "opened by wang, made great by li", True),
        ("wang", "opened by wang, made great by li", True),
        ("li", "great by both", False),
        ("li", "great by li", True),
        ("init", "li", False),
    ],
)
def test_whose_hand_reaches_both(proposer: str, approver: str, one_hand: bool) -> None:
    assert in_one_hand(TOWN, proposer, approver) is one_hand


class Hall:
    """The town hall by HTTP: accounts opened, things proposed, approved and resolved."""

    def __init__(self, client: Browser, signed_in: SignedIn) -> None:
        self.client, self.signed_in = client, signed_in

    def post(self, path: str, by: Worker, **json: Any) -> Any:
        headers: Headers = self.signed_in(by)
        return self.client.post(path, json=json or None, headers=headers)

    def open(self, by: Worker, username: str) -> Worker:
        """A colleague with the role of the command post, his account opened by `by`."""
        made = Worker(username, username, "command", TOWNSHIP)
        answer = self.post(
            "/api/v1/accounts", by, username=username, name=username, password=PASSWORD,
            role="command", area=TOWNSHIP,
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        return made

    def propose(self, by: Worker) -> str:
        area = {
            "code": "310115", "name": "上海市浦东新区", "level": "high",
            "from_": "2022-04-01T00:00:00+08:00", "source": "通报",
        }  # fmt: skip
        answer = self.post("/api/v1/areas", by, **area)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["subject"])

    def approve(self, subject: str, by: Worker) -> Any:
        return self.post(f"/api/v1/proposals/{subject}/approve", by)

    def in_force(self, subject: str) -> bool:
        found = self.client.get("/api/v1/proposals", headers=self.signed_in(LI)).json()
        (mine,) = [each for each in found if each["subject"] == subject]
        return mine["in_force_seq"] is not None


@pytest.fixture
def hall(client: Browser, signed_in: SignedIn, town: Town) -> Hall:
    return Hall(client, signed_in)


def test_nobody_approves_his_own_proposal(hall: Hall) -> None:
    subject = hall.propose(LI)
    assert hall.approve(subject, LI).status_code == 409
    assert not hall.in_force(subject)
    assert hall.approve(subject, WANG).status_code == 201
    assert hall.in_force(subject)


def test_an_account_that_the_proposer_opened_does_not_approve(hall: Hall) -> None:
    puppet = hall.open(LI, "puppet")
    subject = hall.propose(LI)
    answer = hall.approve(subject, puppet)
    assert answer.status_code == 409
    assert "independent" in answer.text
    assert not hall.in_force(subject)


def test_what_a_puppet_proposes_is_not_approved_by_whoever_opened_it(hall: Hall) -> None:
    subject = hall.propose(hall.open(LI, "puppet"))
    assert hall.approve(subject, LI).status_code == 409
    assert hall.approve(subject, hall.open(LI, "sibling")).status_code == 409
    assert not hall.in_force(subject)
    assert hall.approve(subject, WANG).status_code == 201


def test_the_approval_of_a_puppet_waits_for_nobody_to_vouch(hall: Hall) -> None:
    puppet = hall.open(LI, "puppet")
    subject = hall.propose(LI)
    assert hall.approve(subject, puppet).status_code == 409
    inbox = hall.client.get("/api/v1/held", headers=hall.signed_in(LI)).json()
    assert inbox == {"total": 0, "held": []}
    assert not hall.in_force(subject)


def test_forgetting_takes_two_people_too(hall: Hall, town: Town) -> None:
    puppet = hall.open(LI, "puppet")
    person = town.arrive(CHEN).subject
    asked = hall.post(f"/api/v1/people/{person}/forget", LI, reason="本人书面申请")
    path = f"/api/v1/people/{person}/forget/approve"
    sent = {"proposal": asked.json()["proposal"]}
    assert hall.post(path, LI, **sent).status_code == 409
    assert hall.post(path, puppet, **sent).status_code == 409
    assert hall.post(path, WANG, **sent).status_code == 201


def test_an_approval_of_nothing_is_not_recorded(hall: Hall, town: Town) -> None:
    person = town.arrive(CHEN).subject
    path = f"/api/v1/people/{person}/forget/approve"
    assert hall.post(path, WANG, proposal="0197-not-there").status_code == 409


def test_whoever_vouches_needs_the_remit_where_the_person_is(hall: Hall, town: Town) -> None:
    came = town.arrive(CHEN, area=TAOLIN)
    taken = arrivals.TemperatureTaken(taken_at=town.now, celsius=36.5)
    astray = town.draft(
        arrivals.TEMPERATURE_TAKEN, taken, by=QIAN, subject=came.subject, purpose=came.purpose,
        area=QUANJI,
    )  # fmt: skip
    assert town.record(astray)[0].outcome is Outcome.HELD
    town.give(ZHOU, "grid_leader", QUANJI)
    path = f"/api/v1/held/{digest_of(astray.signature)}"
    shown = hall.client.get(path, headers=hall.signed_in(ZHOU))
    assert shown.json()["recorded"] is None
    answer = hall.post(f"{path}/resolve", ZHOU, accept=True, reason="我来作保")
    assert answer.status_code == 409
    assert hall.post(f"{path}/resolve", LI, accept=True, reason="已核实").status_code == 201


def test_nobody_closes_or_demotes_the_only_other_who_decides(hall: Hall, town: Town) -> None:
    wang, li = town.account(WANG), town.account(LI)
    role = {"role": "command", "area": TOWNSHIP, "reason": "岗位调整"}
    for whom in (wang, li):
        closing = hall.post(f"/api/v1/accounts/{whom}/close", LI, reason="离职")
        assert closing.status_code == 409
        assert "access.last_two" in refusals(hall, town, whom)
        demoting = hall.post(f"/api/v1/accounts/{whom}/roles/withdraw", LI, **role)
        assert demoting.status_code == 409
    assert not town.believed(WANG).closed
    with town.installation.database.reading() as connection:
        assert connection.execute(sa.select(held)).all() == [], "nothing waits to close her later"


def refusals(hall: Hall, town: Town, whom: str) -> set[str]:
    body = AccountClosed(reason="离职")
    draft = town.draft(
        ACCOUNT_CLOSED, body, by=LI, subject=whom, purpose=REGISTRATION, area=TOWNSHIP
    )
    return {verdict.code or "" for verdict in town.record(draft)}


def test_she_may_go_once_she_has_made_another_decide(hall: Hall, town: Town) -> None:
    new = {
        "username": "zhou2", "name": "周全", "password": PASSWORD, "role": "command",
        "area": TOWNSHIP,
    }  # fmt: skip
    assert hall.post("/api/v1/accounts", WANG, **new).status_code == 201
    closing = hall.post(f"/api/v1/accounts/{town.account(WANG)}/close", LI, reason="离职")
    assert closing.status_code == 201
