"""Finding that two records are one person, or two: by API, on pages, on telephones."""

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.test_feed import Phone
from tests.ledger.twins import clusters, recorded, says, subjects
from tests.town import Town
from tests.village import (
    CHEN,
    LI,
    LIN,
    MA,
    MORNING,
    QUANJI,
    SUN,
    XU,
    ZHAO,
    ZHOU,
    Worker,
    entry,
    id_number,
)
from tests.web.visitor import Visitor
from tongxin.arrivals.facts import ARRIVAL_RECORDED, ArrivalRecorded
from tongxin.base.clock import to_ms
from tongxin.base.ids import pair_of
from tongxin.ledger.facts import Draft, Entry, Fact, Kind
from tongxin.registry.identity import rules
from tongxin.registry.identity.facts import (
    PEOPLE_JOINED,
    PEOPLE_PARTED,
    PeopleJoined,
    PeopleParted,
)
from tongxin.registry.residents.facts import RESIDENT_REGISTERED, ResidentRegistered

WHY = "证件照片核对过"


# What follows from facts: pure.


def told(number: str) -> Entry:
    return entry(ARRIVAL_RECORDED, ArrivalRecorded(name="某", arrived_at=MORNING, id_number=number))


@pytest.mark.parametrize(
    ("number", "is_mark"),
    [
        (CHEN.id_number, True),
        ("", False),
        (CHEN.id_number[:17] + ("0" if CHEN.id_number[17] != "0" else "1"), False),  # check digit
        (id_number("19880231", "024"), False),  # no such day
        (id_number("21880612", "024"), False),  # not born yet
    ],
)
def test_format_day_of_birth_and_check_digit_make_a_mark(number: str, is_mark: bool) -> None:
    assert bool(rules.marks([told(number)])) is is_mark


def at(minutes: int, of: Kind, body: Fact, purpose: str) -> Entry:
    when = to_ms(MORNING) + minutes * 60_000
    return entry(of, body, happened_at=when, recorded_at=when, purpose=purpose)


def arrived(minutes: int, number: str, episode: str = "1") -> Entry:
    body = ArrivalRecorded(name="某", arrived_at=MORNING, id_number=number)
    return at(minutes, ARRIVAL_RECORDED, body, f"episode:{episode}")


def registered(minutes: int, number: str) -> Entry:
    body = ResidentRegistered(household="household-1", name="某", id_number=number)
    return at(minutes, RESIDENT_REGISTERED, body, "registration")


ONE, OTHER, TYPO = CHEN.id_number, MA.id_number, "411526198806120009"


@pytest.mark.parametrize(
    ("told", "marks"),
    [
        ([arrived(0, ONE), arrived(1, OTHER)], {OTHER}),  # corrected
        ([arrived(1, ONE), arrived(0, OTHER)], {ONE}),  # the other way round, whatever came first
        ([arrived(0, ONE), arrived(1, "")], {ONE}),  # nobody asked for it the second time
        ([arrived(0, ONE), arrived(1, TYPO)], {ONE}),
        ([arrived(0, ONE), arrived(1, OTHER, "2")], {ONE, OTHER}),
        ([registered(0, ONE), registered(1, "")], set()),  # that was not his
        ([registered(0, ONE), registered(1, OTHER)], {OTHER}),
        ([registered(0, ONE), arrived(1, OTHER)], {ONE, OTHER}),
    ],
)
def test_a_number_told_again_corrects_the_first(told: list[Entry], marks: set[str]) -> None:
    assert {rules.number_of(each) for each in rules.marks(told)} == marks


def decided(joined: bool, minutes: int) -> Entry:
    made = PeopleJoined if joined else PeopleParted
    kind = PEOPLE_JOINED if joined else PEOPLE_PARTED
    at = MORNING.timestamp() * 1000 + minutes * 60_000
    return entry(
        kind, made(one="person-1", other="person-2", reason=WHY), happened_at=int(at),
        recorded_at=int(at), subject=pair_of("person-1", "person-2"),
    )  # fmt: skip


def test_the_latest_decision_counts() -> None:
    one, two = decided(True, 0), decided(False, 5)
    for order in ([one, two], [two, one]):
        (said,) = rules.decided(order).said
        assert not said.together


def test_a_pair_has_one_name_whoever_is_named_first() -> None:
    assert pair_of("person-1", "person-2") == pair_of("person-2", "person-1")
    assert pair_of("person-1", "person-2") != pair_of("person-1", "person-3")


# By API.


class Desk:
    """Somebody's requests."""

    def __init__(self, client: TestClient[Litestar], signed_in: SignedIn) -> None:
        self.client, self.signed_in = client, signed_in

    def post(self, who: Worker, path: str, **sent: Any) -> Any:
        return self.client.post(f"/api/v1/people/{path}", json=sent, headers=self.signed_in(who))

    def get(self, who: Worker, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.signed_in(who))


@pytest.fixture
def desk(client: TestClient[Litestar], signed_in: SignedIn) -> Desk:
    return Desk(client, signed_in)


def test_programs_join_see_why_and_part(desk: Desk, henan: Town) -> None:
    one, other = henan.arrive(CHEN, id_number=""), henan.arrive(MA, id_number="")
    answer = desk.post(ZHAO, f"{one.subject}/join", other=other.subject, reason=WHY)
    assert answer.status_code == 201, answer.text
    found = desk.get(SUN, f"people/{other.subject}/records").json()
    assert found["records"] == sorted(subjects(one, other))
    (bond,) = found["bonds"]
    assert (bond["number"], bond["forgotten"]) == ("", False)
    assert (bond["decision"]["name"], bond["decision"]["reason"]) == ("赵磊", WHY)
    henan.clock.advance(minutes=1)
    assert (
        desk.post(ZHAO, f"{one.subject}/part", other=other.subject, reason=WHY).status_code == 201
    )
    assert clusters(henan) == set()


def test_parting_one_parts_it_from_all_with_whom_it_is_one(desk: Desk, henan: Town) -> None:
    three = [henan.arrive(CHEN), henan.arrive(CHEN), henan.arrive(CHEN)]
    answer = desk.post(LI, f"{three[0].subject}/part", other=three[1].subject, reason=WHY)
    assert answer.status_code == 201, answer.text
    assert clusters(henan) == {subjects(three[0], three[2])}
    assert desk.get(LI, "people/contradictions").json() == []


def test_who_was_parted_from_one_alone_is_a_contradiction_that_is_listed(
    desk: Desk, henan: Town
) -> None:
    one, two, three = henan.arrive(CHEN), henan.arrive(CHEN), henan.arrive(CHEN)
    answer = desk.post(LI, f"{one.subject}/keep-apart", other=two.subject, reason=WHY)
    assert answer.status_code == 201, answer.text
    assert clusters(henan) == {subjects(one, two, three)}
    (found,) = desk.get(LI, "people/contradictions").json()
    assert {found["one"], found["other"]} == subjects(one, two)
    assert desk.get(ZHAO, "people/contradictions").json() == [found]
    assert desk.get(ZHOU, "people/contradictions").status_code == 403


@pytest.mark.parametrize("verb", ["join", "keep-apart", "part"])
def test_what_cannot_be_decided_is_said(desk: Desk, henan: Town, verb: str) -> None:
    here, there = henan.arrive(CHEN), henan.arrive(LIN, area=QUANJI)
    same = desk.post(LI, f"{here.subject}/{verb}", other=here.subject, reason=WHY)
    assert same.status_code in (409, 422), same.text
    outside = desk.post(ZHAO, f"{here.subject}/{verb}", other=there.subject, reason=WHY)
    assert outside.status_code in (404, 409), outside.text
    nobody = desk.post(LI, f"{here.subject}/{verb}", other="person-nobody", reason=WHY)
    assert nobody.status_code in (404, 409), nobody.text
    assert clusters(henan) == set()


def test_who_may_not_look_at_a_person_learns_nothing_of_his_records(
    desk: Desk, henan: Town
) -> None:
    one = henan.arrive(CHEN)
    henan.arrive(CHEN)
    for who in (ZHOU, XU):
        answer = desk.get(who, f"people/{one.subject}/records")
        assert answer.status_code in (403, 404)


# On telephones.


def test_a_telephone_drops_the_rows_of_a_record_that_is_one_with_another(
    client: TestClient[Litestar], signed_in: SignedIn, henan: Town
) -> None:
    one, other = henan.arrive(CHEN, id_number=""), henan.arrive(CHEN, id_number="")
    phone = Phone(client, signed_in(SUN))
    phone.sync()
    assert all(phone.held[each.subject]["rows"]["journey"] for each in (one, other))
    recorded(henan, says(henan, one, other, joined=True))
    phone.sync()
    lead, rest = sorted((one.subject, other.subject))
    assert len(phone.held[lead]["rows"]["journey"]) == 1
    assert phone.held[rest]["rows"] == {}
    henan.clock.advance(minutes=1)
    recorded(henan, says(henan, one, other, joined=False, at=henan.now))
    phone.sync()
    assert phone.held[rest]["rows"]["journey"]


# On pages.


@pytest.fixture
def visitor(client: TestClient[Litestar]) -> Visitor:
    return Visitor(client)


def twins(town: Town) -> tuple[str, str]:
    """陈静 twice: the first record and the other."""
    one, other = town.arrive(CHEN), town.arrive(CHEN)
    lead, rest = sorted((one.subject, other.subject))
    return lead, rest


def test_any_record_leads_to_the_first_which_says_why_they_are_one(
    visitor: Visitor, henan: Town
) -> None:
    lead, rest = twins(henan)
    visitor.sign_in(SUN)
    answer = visitor.client.get(f"/arrivals/{rest}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/arrivals/{lead}")
    page = visitor.open(f"/arrivals/{lead}")
    assert "合并判断的记录" in page
    assert "身份证号相同（" in page
    assert CHEN.id_number not in page
    assert "有一份是别人的？" not in page, "a grid worker does not decide it"
    assert len(re.findall("登记到达：", page)) == 2, "the timeline is that of both"


def test_nobody_outside_the_remit_learns_which_record_is_the_first(
    visitor: Visitor, henan: Town
) -> None:
    _, rest = twins(henan)
    visitor.sign_in(ZHOU)
    answer = visitor.client.get(f"/arrivals/{rest}", follow_redirects=False)
    assert answer.status_code == 404


def test_a_record_is_parted_on_the_page_with_a_reason(visitor: Visitor, henan: Town) -> None:
    lead, rest = twins(henan)
    visitor.sign_in(ZHAO)
    without = visitor.send(f"/arrivals/{lead}/part", record=rest)
    assert without.status_code == 422
    assert 'id="f-reason-wrong"' in without.text
    sent = visitor.send(f"/arrivals/{lead}/part", record=rest, reason=WHY)
    assert sent.status_code == 303
    assert clusters(henan) == set()
    assert "合并判断的记录" not in visitor.open(f"/arrivals/{lead}")
    assert visitor.open(f"/arrivals/{rest}")


def test_an_observation_about_any_record_is_recorded_where_its_journey_began(
    visitor: Visitor, henan: Town
) -> None:
    one, other = henan.arrive(CHEN), henan.arrive(CHEN)
    lead, rest = sorted((one, other), key=lambda draft: draft.subject)
    visitor.sign_in(SUN)
    for draft, celsius in ((lead, "36.4"), (rest, "36.6")):
        episode = draft.purpose.partition(":")[2]
        sent = visitor.send(
            f"/arrivals/{lead.subject}/temperature", episode=episode, celsius=celsius
        )
        assert sent.status_code == 303
    assert [len(kinds(henan, draft)) for draft in (lead, rest)] == [2, 2]


def kinds(town: Town, draft: Draft) -> list[str]:
    stream = town.stream(draft.subject)
    assert stream is not None
    return [each.header.kind for each in stream.entries]
