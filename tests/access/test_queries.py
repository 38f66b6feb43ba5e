"""Accounts, devices and looks, found for whoever may see them."""

import pytest

from tests.town import Town
from tests.village import FENG, LI, NEIGHBOUR, SUN, TAOLIN, TOWNSHIP, WANG, WORKERS, ZHAO
from tongxin.access import facts, queries
from tongxin.base.remit import Remit, remit_of
from tongxin.ledger.facts import REGISTRATION

READS = remit_of(["access.read"], [TOWNSHIP])


def test_the_accounts_of_one_township(town: Town) -> None:
    with town.installation.database.reading() as connection:
        found = queries.accounts_in(READS, connection, TOWNSHIP)
    assert {row["username"] for row in found} == {
        w.username for w in WORKERS if w.township == TOWNSHIP
    }


@pytest.mark.parametrize(
    "remit",
    [remit_of([], [TOWNSHIP]), remit_of(["access.read"], [NEIGHBOUR, TAOLIN])],
    ids=["nothing", "elsewhere"],
)
def test_no_account_without_the_remit(town: Town, remit: Remit) -> None:
    with town.installation.database.reading() as connection:
        assert queries.accounts_in(remit, connection, TOWNSHIP) == []
        assert queries.looks_at(remit, connection, TOWNSHIP, 10) == []


def test_a_user_name_belongs_to_its_township(town: Town) -> None:
    store = town.installation.store
    with town.installation.database.reading() as connection:
        here, there = (queries.accounts(store, connection, t) for t in (TOWNSHIP, NEIGHBOUR))
    assert queries.account_named(here, FENG.username) is None
    assert queries.account_named(there, FENG.username) is not None


def test_of_two_accounts_with_one_name_the_first_counts(town: Town) -> None:
    first = town.account(SUN)
    other = "account-0197f5a0-0000-7000-8000-000000000000"
    body = facts.AccountOpened(username=SUN.username, name="冒名", password_hash="x")
    town.record(
        town.draft(facts.ACCOUNT_OPENED, body, subject=other, purpose=REGISTRATION, area=TOWNSHIP)
    )
    with town.installation.database.reading() as connection:
        known = queries.accounts(town.installation.store, connection, TOWNSHIP)
    found = queries.account_named(known, SUN.username)
    assert found is not None and found[0] == first


def test_a_device_is_its_owners_only(town: Town) -> None:
    phone = town.device(SUN)
    with town.installation.database.reading() as connection:
        book = queries.DeviceBook(town.installation.store, connection)
        known = book.device(TOWNSHIP, phone.owner, phone.name)
        assert known is not None
        assert (known.public_key, known.withdrawn_at) == (phone.signer.verify_key, None)
        assert book.device(TOWNSHIP, town.account(ZHAO), phone.name) is None
        assert book.device(NEIGHBOUR, phone.owner, phone.name) is None


def test_who_looked_at_whom_newest_first(town: Town) -> None:
    for who, reason in ((SUN, "第一次核对"), (ZHAO, "第二次核对")):
        body = facts.Revealed(subject="person-1", fields=("name",), reason=reason)
        town.record(
            town.draft(
                facts.REVEALED, body, by=who, subject=town.account(who), purpose=REGISTRATION,
                area=TOWNSHIP,
            )
        )  # fmt: skip
    with town.installation.database.reading() as connection:
        found = queries.looks_at(READS, connection, TOWNSHIP, 10)
    assert [(row["name"], row["reason"]) for row in found] == [
        ("赵磊", "第二次核对"), ("孙丽", "第一次核对")
    ]  # fmt: skip


def test_both_first_accounts_may_approve(town: Town) -> None:
    for who in (LI, WANG):
        assert town.believed(who).remit.allows("approve", TOWNSHIP)
