"""`verify` finds whatever somebody changes in the derived tables, and `rebuild` mends it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.ledger import settled
from tests.ledger.console import at_the_console, findings, first, found_by, meddling
from tests.town import Town
from tests.village import CHEN, HE_LI, LI, MA, QUANJI, SUN, TAOLIN, TOWNSHIP, WU, ZHOU
from tongxin.arrivals.exceptions.facts import EXCEPTION_PROPOSED, ExceptionProposed
from tongxin.base.clock import ZONE
from tongxin.base.ids import new_id, pair_of
from tongxin.catalogue import TABLES, TOTALS, catalogue
from tongxin.ledger.facts import OFFICE, REGISTRATION
from tongxin.ledger.kinds import TAKEN_BACK, TakenBack
from tongxin.ledger.rebuilding import differences
from tongxin.ledger.tables import fact, figure_total, subject
from tongxin.ledger.totals import Total
from tongxin.ledger.verifying import Count, verified
from tongxin.registry.identity.facts import PEOPLE_JOINED, PeopleJoined

EDITED: dict[str, dict[str, Any]] = {
    **settled.EDITED,
    "account": {"roles": f'[["command","{TOWNSHIP}"]]'},
    "journey": {"category": "low"},
    "stay": {"code": "430104"},
    "kept_until": {"at": 1},
    "ledger_line": {"swab": "阴性"},
    "task": {"due_at": 9_999_999_999_999},
    "figure_part": {"amount": 1000},
    "place": {"name": "某村"},
    "pack": {"approved_by": "account-nobody"},
    "risk_area": {"level": "low"},
    "risk_list": {"high": 0},
    "case_move": {"approved_by": "account-nobody"},
    "daily_head": {"hash": "00"},
    "subject": {"area": "411526108202"},
}


@pytest.fixture
def lived(lived: Town) -> Town:
    """The same morning in a village that is settled: something stands in every derived table."""
    settled.settle(lived)
    return lived


def test_a_changed_row_of_a_derived_table(lived: Town) -> None:
    tables = {table.name: table for table in (*TABLES, subject)}
    for name, edited in EDITED.items():
        table = tables[name]
        with meddling(lived) as connection:
            row = any_row(connection, table)
            key = [column == row[column.name] for column in table.primary_key]
            connection.execute(sa.update(table).where(*key).values(edited))
            assert name in found_by(lived, connection).text.en, name


def any_row(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    rows = connection.execute(sa.select(table).where(table.c.township == TOWNSHIP).limit(1))
    return dict(rows.one()._mapping)


def test_a_changed_look_is_found(lived: Town) -> None:
    from tongxin.access import facts as access  # noqa: PLC0415

    looked = access.Revealed(subject="person-1", fields=("name",), reason="核对身份")
    lived.record(
        lived.draft(
            access.REVEALED, looked, by=SUN, subject=lived.account(SUN), purpose=REGISTRATION,
            area=TOWNSHIP,
        )
    )  # fmt: skip
    at_the_console(lived, sa.text("UPDATE look SET reason = 'x' WHERE kind = 'access.revealed'"))
    assert "look" in first(lived).text.en


def test_a_changed_certificate_is_found(lived: Town) -> None:
    came = lived.arrive(MA)
    lived.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", lived.now)
    at_the_console(lived, sa.text("UPDATE certificate SET facts = 0"))
    assert "certificate" in first(lived).text.en


def test_a_hidden_correction_is_found(lived: Town) -> None:
    came = lived.arrive(CHEN)
    body = TakenBack(fact=came.id, reason="出发地选错了")
    lived.record(lived.draft(TAKEN_BACK, body, by=WU, subject=came.subject, purpose=came.purpose))
    at_the_console(lived, sa.text("DELETE FROM correction"))
    assert "correction" in first(lived).text.en


def test_an_exception_approved_at_the_console_is_found(lived: Town) -> None:
    came = lived.arrive(CHEN)
    until = lived.now + timedelta(hours=8)
    body = ExceptionProposed(reason="血液透析", from_=lived.now, until=until)
    lived.record(lived.draft(EXCEPTION_PROPOSED, body, subject=came.subject, purpose=came.purpose))
    at_the_console(lived, sa.text("UPDATE exception SET approved_by = 'account-nobody'"))
    assert "exception" in first(lived).text.en


def test_who_is_one_with_whom_cannot_be_changed_at_the_console(lived: Town) -> None:
    """Two records of 陈静, joined by her ID number, and one that waits for the township; and a
    decision about two others.
    """
    lived.arrive(CHEN)
    lived.arrive(CHEN, by=ZHOU, area=QUANJI)
    one, other = sorted((lived.arrive(MA).subject, lived.arrive(HE_LI).subject))
    joined = PeopleJoined(one=one, other=other, reason="证件照片核对过")
    lived.record(
        lived.draft(PEOPLE_JOINED, joined, by=LI, subject=pair_of(one, other), purpose=OFFICE)
    )
    assert findings(lived) == []
    here, number = lived.installation, CHEN.id_number
    for table, change in (
        ("mark", f"UPDATE mark SET mark = 'id:x' WHERE mark = 'id:{number}'"),
        ("mark", f"DELETE FROM mark WHERE mark = 'id:{number}'"),
        ("mark_aside", "DELETE FROM mark_aside"),
        ("tie", "DELETE FROM tie"),
        ("tie", "UPDATE tie SET together = NOT together"),
        ("member", "DELETE FROM member"),
        ("member", "UPDATE member SET lead = 'person-x'"),
    ):
        with meddling(lived) as connection:
            assert connection.execute(sa.text(change)).rowcount > 0
            told = verified(connection, here.keys, catalogue(), TOWNSHIP, Count())
            assert any(f"of {table} about" in finding.text.en for finding in told), change


@pytest.mark.parametrize("total", TOTALS, ids=lambda total: total.sums.name)
def test_a_changed_total_is_found(lived: Town, total: Total) -> None:
    amount = list(total.sums.c)[-1]
    for change in (sa.update(total.sums).values({amount: amount + 1}), sa.delete(total.sums)):
        with meddling(lived) as connection:
            here = total.sums.c.township == TOWNSHIP
            assert connection.execute(change.where(here)).rowcount > 0
            assert total.sums.name in found_by(lived, connection).text.en


def test_a_total_of_a_day_that_nobody_came_is_found(lived: Town) -> None:
    with meddling(lived) as connection:
        connection.execute(
            sa.insert(figure_total).values(
                township=TOWNSHIP, figure="arrivals.screened", village=TAOLIN, day="2022-01-01",
                amount=5, carried=0,
            )
        )  # fmt: skip
        assert "figure_total" in found_by(lived, connection).text.en


def test_every_derived_table_is_tried() -> None:
    tried = {
        *EDITED, "look", "certificate", "correction", "exception", "mark",
        "mark_aside", "tie", "member",
    }  # fmt: skip
    assert {table.name for table in (*TABLES, subject)} <= tried


def test_a_role_granted_at_the_database_console(lived: Town) -> None:
    at_the_console(
        lived,
        sa.text("UPDATE account SET roles = :r WHERE subject = :s").bindparams(
            r=f'[["command","{TOWNSHIP}"]]', s=lived.account(SUN)
        ),
    )
    finding = first(lived)
    assert "account" in finding.text.en and lived.account(SUN) in finding.text.en


def test_a_row_about_somebody_the_record_never_heard_of(lived: Town) -> None:
    for table in (*TABLES, subject):
        if table.name not in EDITED:
            continue
        with meddling(lived) as connection:
            stranger = any_row(connection, table) | {"subject": f"person-{new_id()}"}
            connection.execute(sa.insert(table).values(stranger))
            assert table.name in found_by(lived, connection).text.en, table.name


def test_a_deleted_row_of_a_derived_table(lived: Town) -> None:
    came = lived.arrive(MA)
    at_the_console(
        lived, sa.text("DELETE FROM journey WHERE subject = :s").bindparams(s=came.subject)
    )
    assert came.subject in first(lived).text.en


def test_a_rebuild_mends_what_was_changed(lived: Town) -> None:
    with lived.installation.database.writing() as connection:
        connection.execute(sa.text("UPDATE journey SET category = 'low'"))
        connection.execute(sa.text("DELETE FROM task"))
    lived.installation.rebuild(TOWNSHIP)
    assert findings(lived) == []


def test_a_dry_rebuild_names_what_would_change(lived: Town) -> None:
    came = lived.arrive(CHEN, id_number="")
    at_the_console(
        lived,
        sa.text("UPDATE journey SET category = 'low' WHERE subject = :s").bindparams(
            s=came.subject
        ),
    )
    installation = lived.installation
    with installation.database.reading() as connection:
        (found,) = differences(connection, installation.keys, catalogue(), TOWNSHIP)
    assert (found.subject, found.table) == (came.subject, "journey")
    assert found.found is not None and found.found["category"] == "low"
    assert found.expected is not None and found.expected["category"] == "risk-area"


def test_facts_of_a_neighbour_are_none_of_this_townships(lived: Town) -> None:
    with lived.installation.database.writing() as connection:
        connection.execute(
            sa.update(fact).where(fact.c.township != TOWNSHIP, fact.c.seq == 1).values(area="9")
        )
    assert findings(lived) == []


def test_the_heads_day_is_a_day_of_the_township(lived: Town) -> None:
    with lived.installation.database.reading() as connection:
        days = list(connection.scalars(sa.text("SELECT day FROM daily_head")))
    assert days == ["2022-04-07"]
    assert lived.now.tzinfo is ZONE
