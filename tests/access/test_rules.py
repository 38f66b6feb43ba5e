"""What follows from the facts of an account."""

import pytest

from tests.village import BY_ROLE, QUANJI, TAOLIN, TOWNSHIP, entry
from tongxin.access import facts, rules
from tongxin.access.facts import (
    ACCOUNT_CLOSED,
    ACCOUNT_OPENED,
    DEVICE_REGISTERED,
    DEVICE_WITHDRAWN,
    PASSWORD_SET,
    ROLE_GIVEN,
    ROLE_WITHDRAWN,
)
from tongxin.access.roles import CAPABILITIES, ROLES, role
from tongxin.base.problems import Problem
from tongxin.ledger.facts import Entry

OPENED = entry(
    ACCOUNT_OPENED,
    facts.AccountOpened(username="sun", name="孙丽", password_hash="first", post="网格员"),
    author="account-li",
)


def given(name: str = "grid_worker", area: str = TAOLIN, by: str = "account-li") -> Entry:
    return entry(ROLE_GIVEN, facts.RoleGiven(role=name, area=area), author=by)


def withdrawn(name: str = "grid_worker", area: str = TAOLIN) -> Entry:
    body = facts.RoleWithdrawn(role=name, area=area, reason="岗位调整")
    return entry(ROLE_WITHDRAWN, body)


def device(name: str, key: str = "a2V5") -> Entry:
    return entry(DEVICE_REGISTERED, facts.DeviceRegistered(device=name, public_key=key))


def made(*entries: Entry) -> rules.Account:
    found = rules.account([OPENED, *entries])
    assert found is not None
    return found


def test_nothing_was_opened() -> None:
    assert rules.account([]) is None
    assert rules.account([given()]) is None


def test_an_account_begins_with_nothing_it_may_do() -> None:
    account = made()
    assert (account.username, account.opened_by, account.closed) == ("sun", "account-li", False)
    assert account.remit == rules.NOTHING


def test_a_role_holds_in_its_area_only() -> None:
    remit = made(given()).remit
    assert remit.allows("arrivals.record", f"{TAOLIN}-01")
    assert not remit.allows("arrivals.record", QUANJI)
    assert not remit.allows("approve", TAOLIN)


def test_a_role_withdrawn_is_gone_and_can_be_given_again() -> None:
    assert not made(given(), withdrawn()).roles
    assert made(given(), withdrawn(), given()).roles == (("grid_worker", TAOLIN),)


def test_withdrawing_one_role_leaves_the_others() -> None:
    account = made(given(), given(area=QUANJI), given("volunteer"), withdrawn())
    assert account.roles == (("grid_worker", QUANJI), ("volunteer", TAOLIN))


def test_withdrawing_what_was_never_given_does_nothing() -> None:
    assert made(withdrawn(), given()).roles == (("grid_worker", TAOLIN),)


def test_a_closed_account_may_do_nothing() -> None:
    closed = entry(ACCOUNT_CLOSED, facts.AccountClosed(reason="离职"))
    account = made(given("command", TOWNSHIP), closed)
    assert account.closed and account.remit == rules.NOTHING


def test_the_last_password_counts() -> None:
    new = entry(PASSWORD_SET, facts.PasswordSet(password_hash="second"))
    assert made(new).password_hash == "second"


def test_a_withdrawn_device_is_gone_and_the_others_stay() -> None:
    gone = entry(DEVICE_WITHDRAWN, facts.DeviceWithdrawn(device="device-a", reason="遗失"))
    account = made(device("device-b"), device("device-a"), gone)
    assert [d.device for d in account.devices] == ["device-b"]


def test_a_role_that_is_no_longer_known_grants_nothing() -> None:
    assert made(given("quarantine_chief", TOWNSHIP)).remit == rules.NOTHING


def test_who_gave_the_power_to_approve_is_remembered() -> None:
    account = made(given("command", TOWNSHIP, by="account-wang"), given(by="account-zhao"))
    assert account.empowered_by == ("account-wang",)


@pytest.mark.parametrize("name", sorted(ROLES))
def test_every_role_is_in_the_cast_and_speaks_both_languages(name: str) -> None:
    assert name in BY_ROLE
    assert role(name).title.zh and role(name).title.en
    assert role(name).may <= CAPABILITIES


def test_only_the_command_post_approves_and_manages() -> None:
    for grave in ("approve", "access.manage", "policy.propose", "forget"):
        assert [name for name, each in ROLES.items() if grave in each.may] == ["command"]


def test_a_volunteer_sees_tasks_and_nobodys_number() -> None:
    doors = {"registry.doors", "registry.visit"}
    assert ROLES["volunteer"].may == {"work.read", "work.do", "facts.take_back"} | doors


def test_whoever_records_takes_back_his_own_and_leaders_propose_it_of_others() -> None:
    records = {"arrivals.record", "arrivals.recover", "work.do", "work.open"}
    for each in ROLES.values():
        assert bool(records & each.may) is ("facts.take_back" in each.may), each.id
    proposers = [name for name, each in ROLES.items() if "facts.propose_taking_back" in each.may]
    assert proposers == ["command", "grid_leader"]


@pytest.mark.parametrize("name", ["inspector", "county"])
def test_who_inspects_reads_no_name_and_records_nothing(name: str) -> None:
    may = ROLES[name].may
    assert not {"arrivals.read", "arrivals.reveal"} & may
    assert all(can.endswith(".read") for can in may)


def test_an_unknown_role_is_said_so() -> None:
    with pytest.raises(Problem) as raised:
        role("emperor")
    assert raised.value.code == "access.unknown_role"
