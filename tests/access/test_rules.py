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
from tongxin.ledger.facts import Entry, Fact

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


def test_a_withdrawn_device_stays_known_with_its_day_and_the_others_stay_in_use() -> None:
    lost = facts.DeviceWithdrawn(device="device-a", reason="遗失")
    gone = entry(DEVICE_WITHDRAWN, lost, recorded_at=7)
    account = made(device("device-b"), device("device-a"), gone)
    assert [(d.device, d.withdrawn_at) for d in account.devices] == [
        ("device-a", 7), ("device-b", None)
    ]  # fmt: skip


CLOSED = facts.AccountClosed(reason="离职")
DEMOTED = facts.RoleWithdrawn(role="command", area=TOWNSHIP, reason="岗位调整")


def commands(opened_by: str, *given_by: str, area: str = TOWNSHIP) -> rules.Account:
    given = tuple(rules.Given("command", area, by) for by in given_by)
    return rules.Account("", "", "", "", given, (), False, opened_by)


TWO = {"account-a": commands("init", "init"), "account-b": commands("init", "init")}


@pytest.mark.parametrize("body", [CLOSED, DEMOTED])
@pytest.mark.parametrize("whom", ["account-a", "account-b"])
def test_of_two_who_decide_neither_goes(whom: str, body: Fact) -> None:
    assert rules.locks_out(TWO, TOWNSHIP, whom, body)


@pytest.mark.parametrize("body", [CLOSED, DEMOTED])
def test_one_goes_once_there_is_a_third_whom_the_other_did_not_make(body: Fact) -> None:
    by_a, by_b = commands("account-a", "account-a"), commands("account-b", "account-b")
    assert rules.locks_out(TWO | {"account-c": by_a}, TOWNSHIP, "account-b", body)
    assert not rules.locks_out(TWO | {"account-c": by_b}, TOWNSHIP, "account-b", body)


def test_who_may_approve_in_one_village_only_is_no_second() -> None:
    village = commands("init", "init", area=TAOLIN)
    assert rules.locks_out(TWO | {"account-c": village}, TOWNSHIP, "account-b", CLOSED)


def test_where_nobody_could_approve_before_nothing_is_locked_out() -> None:
    alone = {"account-a": TWO["account-a"]}
    assert not rules.locks_out(alone, TOWNSHIP, "account-a", CLOSED)


def test_who_decides_nothing_may_always_go() -> None:
    helper = made(given("volunteer"))
    assert not rules.locks_out(TWO | {"account-c": helper}, TOWNSHIP, "account-c", CLOSED)


def test_a_role_that_is_no_longer_known_grants_nothing() -> None:
    assert made(given("quarantine_chief", TOWNSHIP)).remit == rules.NOTHING


def test_who_gave_the_power_to_approve_is_remembered() -> None:
    account = made(given("command", TOWNSHIP, by="account-wang"), given(by="account-zhao"))
    assert account.empowered_by == {"account-wang"}


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
