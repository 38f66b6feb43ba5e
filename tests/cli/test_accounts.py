"""`tongxin account`: what whoever keeps the machine can do when nobody can on the pages."""

import json

import pytest

from tests.cli.conftest import Typed
from tests.town import Town
from tests.village import LI, SUN, TOWNSHIP, WANG
from tongxin.access.facts import AccountClosed
from tongxin.access.passwords import fits
from tongxin.access.rules import in_one_hand, locks_out
from tongxin.ledger.facts import INIT

HERE = ("--township", TOWNSHIP)


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_a_second_approver_comes_back_when_the_last_is_gone(town: Town, typed: Typed) -> None:
    done = typed("account", "open", "zhou2:周全", *HERE, "--json")
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    context = town.installation.store.context
    with town.installation.database.reading() as connection:
        accounts = context(connection, TOWNSHIP).accounts
    fresh = accounts[made["account"]]
    assert (fresh.opened_by, fresh.roles) == (INIT, (("command", TOWNSHIP),))
    assert fits(fresh.password_hash, made["password"])
    assert not in_one_hand(accounts, town.account(LI), made["account"])
    left = AccountClosed(reason="失联")
    assert not locks_out(accounts, TOWNSHIP, town.account(WANG), left)


def test_a_user_name_is_taken_once(typed: Typed) -> None:
    done = typed("account", "open", "li:另一个", *HERE)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "已有人用" in done.stderr


def test_several_townships_want_a_name(typed: Typed) -> None:
    done = typed("account", "list")
    assert done.exit_code == 2
    assert TOWNSHIP in done.stderr


def test_the_list_names_accounts_roles_and_devices(town: Town, typed: Typed) -> None:
    phone = town.device(SUN)
    done = typed("account", "list", *HERE)
    assert "sun\t孙丽\t在用\tgrid_worker@411526108201" in done.stdout
    assert phone.name in done.stdout
    listed = {each["username"]: each for each in json.loads(
        typed("account", "list", *HERE, "--json").stdout
    )}  # fmt: skip
    assert listed["sun"]["devices"][0]["withdrawn_at"] is None


def test_closing_and_withdrawing_are_recorded_as_the_machines(town: Town, typed: Typed) -> None:
    phone = town.device(SUN)
    withdrawn = ("account", "withdraw-device", "sun", phone.name, "--reason", "丢失", *HERE)
    assert typed(*withdrawn).exit_code == 0
    assert typed(*withdrawn).exit_code == 2
    assert typed("account", "close", "sun", "--reason", "离职", *HERE).exit_code == 0
    assert typed("account", "close", "nobody", "--reason", "离职", *HERE).exit_code == 2
    stream = town.stream(town.account(SUN))
    assert stream is not None
    assert [(e.header.kind, e.header.author) for e in stream.entries[-2:]] == [
        ("access.device_withdrawn", INIT), ("access.account_closed", INIT)
    ]  # fmt: skip
    assert town.believed(SUN).closed
