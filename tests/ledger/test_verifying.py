"""`verify` finds whatever somebody changes behind the program's back, and names the place."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from tests.town import Town
from tests.village import CHEN, LI, LIN, SUN, TAOLIN, TOWNSHIP, WU, arrival, wire
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.base.clock import ZONE
from tongxin.base.ids import new_id
from tongxin.catalogue import TABLES, catalogue
from tongxin.ledger import heads, opening
from tongxin.ledger.facts import (
    INIT,
    OFFICE,
    REGISTRATION,
    Door,
    Header,
    Outcome,
    township_subject,
)
from tongxin.ledger.heads import Head
from tongxin.ledger.kinds import HEAD_SIGNED, HeadSigned
from tongxin.ledger.rebuilding import differences
from tongxin.ledger.sealing import GENESIS, link
from tongxin.ledger.tables import HEADER_COLUMNS, chain, fact, figure_total, subject
from tongxin.ledger.verifying import Count, Finding, compared, verified
from tongxin.ledger.wire import authored


@pytest.fixture
def lived(henan: Town) -> Town:
    """A morning has passed: a risk area, arrivals by form and by device, a reveal, a head."""
    henan.at_risk()
    henan.arrive(CHEN)
    phone, came = henan.device(WU), new_id()
    raw = wire(
        phone, ARRIVAL_RECORDED, arrival(LIN), subject=f"person-{came}",
        purpose=f"episode:{came}", id=came,
    )  # fmt: skip
    assert henan.sent([raw])[0].outcome == "recorded"
    henan.clock.advance(days=1)
    sign_heads(henan)
    return henan


def sign_heads(town: Town) -> None:
    installation = town.installation
    with installation.database.reading() as connection:
        drafts = heads.due(connection, installation.keys, TOWNSHIP, town.now)
    for verdict in town.record(*drafts):
        assert verdict.outcome is Outcome.RECORDED


def findings(town: Town, count: Count | None = None) -> list[Finding]:
    installation = town.installation
    with installation.database.reading() as connection:
        return list(
            verified(connection, installation.keys, catalogue(), TOWNSHIP, count or Count())
        )


@contextmanager
def meddling(town: Town) -> Iterator[sa.Connection]:
    """A connection with the database's password, whose changes are undone afterwards."""
    with town.installation.database.writer.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def found_by(town: Town, connection: sa.Connection) -> Finding:
    """The first finding, on a connection that sees what is not committed yet."""
    found = list(verified(connection, town.installation.keys, catalogue(), TOWNSHIP, Count()))
    assert found, "verify found nothing"
    return found[0]


def first(town: Town) -> Finding:
    found = findings(town)
    assert found, "verify found nothing"
    assert found[0].text.zh and found[0].text.en
    return found[0]


def at_the_console(town: Town, *statements: Any) -> None:
    """What somebody does who has the database's password."""
    with town.installation.database.writing() as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount == 1


def one(seq: int) -> Any:
    return sa.and_(fact.c.township == TOWNSHIP, fact.c.seq == seq)


def last_seq(town: Town) -> int:
    with town.installation.database.reading() as connection:
        return int(
            connection.scalars(sa.select(chain.c.seq).where(chain.c.township == TOWNSHIP)).one()
        )


def test_a_morning_as_it_was_recorded_is_in_order(lived: Town) -> None:
    count = Count()
    assert findings(lived, count) == []
    assert (count.facts, count.forgotten) == (last_seq(lived), 0)


CHANGED = {
    "id": "0197f5a0-0000-7000-8000-000000000000",
    "kind": "arrivals.symptom_seen",
    "subject": "person-somebody-else",
    "purpose": "office",
    "area": "411526108202",
    "author": "account-somebody-else",
    "device": "device-another",
    "happened_at": 1,
    "offset_ms": 77,
    "recorded_at": 1,
}


def test_every_column_of_the_header_is_tried() -> None:
    assert {*CHANGED, "township", "seq"} == {column.name for column in HEADER_COLUMNS}


def test_an_altered_column_of_the_header(lived: Town) -> None:
    seq = last_seq(lived) - 2
    for column, value in CHANGED.items():
        with meddling(lived) as connection:
            connection.execute(sa.update(fact).where(one(seq)).values({column: value}))
            assert found_by(lived, connection).seq == seq, column


def test_an_altered_number(lived: Town) -> None:
    last = last_seq(lived)
    at_the_console(lived, sa.update(fact).where(one(last - 2)).values(seq=last + 9))
    assert first(lived).seq == last - 2


def test_one_altered_bit(lived: Town) -> None:
    seq = last_seq(lived) - 2
    for column, place in itertools.product(("sealed", "hash"), (0, 17, -1)):
        with meddling(lived) as connection:
            stored = bytearray(connection.scalars(sa.select(fact.c[column]).where(one(seq))).one())
            stored[place] ^= 1
            connection.execute(sa.update(fact).where(one(seq)).values({column: bytes(stored)}))
            assert found_by(lived, connection).seq == seq, (column, place)


def test_a_deleted_fact_in_the_middle(lived: Town) -> None:
    seq = last_seq(lived) - 3
    at_the_console(lived, sa.delete(fact).where(one(seq)))
    assert first(lived).seq == seq


def test_a_deleted_last_fact(lived: Town) -> None:
    at_the_console(lived, sa.delete(fact).where(one(last_seq(lived))))
    assert "cut off" in first(lived).text.en


def cut_off(town: Town, keep: int) -> None:
    """Delete the tail, and set the chain's own head back to match."""
    with town.installation.database.writing() as connection:
        connection.execute(sa.delete(fact).where(fact.c.township == TOWNSHIP, fact.c.seq > keep))
        stored = connection.scalars(sa.select(fact.c.hash).where(one(keep))).one()
        connection.execute(
            sa.update(chain).where(chain.c.township == TOWNSHIP).values(seq=keep, hash=stored)
        )
    town.installation.rebuild(TOWNSHIP)


def printed_head(town: Town) -> Head:
    installation = town.installation
    with installation.database.reading() as connection:
        head = heads.current(connection, installation.keys, TOWNSHIP, town.now)
    assert head is not None
    return heads.read(head.printed)


def compare(town: Town, head: Head) -> list[Finding]:
    with town.installation.database.reading() as connection:
        return list(compared(connection, town.installation.keys, head))


def test_a_tail_cut_off_with_care_is_found_by_a_printed_head(lived: Town) -> None:
    head = printed_head(lived)
    assert compare(lived, head) == []
    cut_off(lived, head.seq - 1)
    assert findings(lived) == [], "nothing but a head from outside can tell"
    assert [finding.seq for finding in compare(lived, head)] == [head.seq]


def chained_again(town: Town, change: Callable[[Header], Header]) -> None:
    """Rewrite every header with `change`, seal anew and chain again: the township's own keys.

    Whoever does this holds the database, the keys and the program.
    """
    installation = town.installation
    previous = GENESIS
    with installation.database.writing() as connection:
        rows = connection.execute(
            sa.select(*HEADER_COLUMNS, fact.c.sealed)
            .where(fact.c.township == TOWNSHIP)
            .order_by(fact.c.seq)
        ).all()
        for row in rows:
            old = opening.header_of(tuple(row))
            new = change(old)
            previous = link(previous, new.encoded(), row.sealed)
            connection.execute(
                sa.update(fact)
                .where(one(old.seq))
                .values(area=new.area, recorded_at=new.recorded_at, hash=previous)
            )
        connection.execute(
            sa.update(chain).where(chain.c.township == TOWNSHIP).values(hash=previous)
        )


def test_headers_rewritten_and_chained_again_no_longer_fit_their_seals(lived: Town) -> None:
    def later(header: Header) -> Header:
        fields = header.__struct_fields__
        known = {name: getattr(header, name) for name in fields}
        return Header(**(known | {"recorded_at": header.recorded_at + 1}))

    chained_again(lived, later)
    finding = first(lived)
    assert finding.seq == 1
    assert "seal" in finding.text.en


def test_a_chain_rewritten_as_a_whole_is_found_by_a_printed_head(lived: Town) -> None:
    """Somebody with all keys drops the last facts and records others in their place."""
    head = printed_head(lived)
    cut_off(lived, head.seq - 3)
    for _ in range(5):
        lived.arrive(LIN)
    assert findings(lived) == []
    assert [finding.seq for finding in compare(lived, head)] == [head.seq]


def test_a_head_that_another_key_signed_is_refused(lived: Town) -> None:
    head = printed_head(lived)
    forged = Head(head.township, head.seq, "0" * 64, head.signature)
    (finding,) = compare(lived, forged)
    assert "did not sign" in finding.text.en


def test_a_head_of_the_future_is_found(lived: Town) -> None:
    installation = lived.installation
    signer = installation.keys.signer(TOWNSHIP, lived.now)
    (finding,) = compare(lived, heads.signed(signer, TOWNSHIP, 10_000, "0" * 64))
    assert finding.seq == 10_000


def test_a_wrong_daily_head(town: Town) -> None:
    installation = town.installation
    signer = installation.keys.signer(TOWNSHIP, town.now)
    wrong = heads.signed(signer, TOWNSHIP, 3, "ab" * 32)
    body = HeadSigned(day="2022-04-06", seq=3, hash=wrong.hash, signature=wrong.signature)
    draft = authored(
        signer, HEAD_SIGNED, body, township=TOWNSHIP, id=new_id(),
        subject=township_subject(TOWNSHIP), purpose=OFFICE, area=TOWNSHIP, author=INIT,
        happened_at=town.now, door=Door.INIT,
    )  # fmt: skip
    (verdict,) = town.record(draft)
    finding = first(town)
    assert finding.seq == verdict.seq
    assert "daily head" in finding.text.en


def test_a_missing_key(lived: Town) -> None:
    came = lived.arrive(CHEN)
    delete_key(lived, came.subject)
    assert "key is gone" in first(lived).text.en


def delete_key(town: Town, subject: str) -> None:
    from sqlcipher3 import dbapi2 as sqlite  # noqa: PLC0415

    keys = town.installation.keys
    with sqlite.connect(str(keys.path)) as connection:
        done = connection.execute("DELETE FROM subject_key WHERE subject = ?", (subject,))
        assert done.rowcount == 1
    connection.close()


def test_a_key_destroyed_without_a_certificate(lived: Town) -> None:
    came = lived.arrive(CHEN)
    lived.installation.keys.destroy(TOWNSHIP, came.subject, lived.now, [came.purpose])
    finding = first(lived)
    assert "without a certificate" in finding.text.en
    assert finding.seq == last_seq(lived)


def test_somebody_forgotten_leaves_the_record_in_order(lived: Town) -> None:
    came = lived.arrive(CHEN)
    lived.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", lived.now)
    count = Count()
    assert findings(lived, count) == []
    assert count.forgotten == 1


def test_a_forgotten_account_leaves_what_its_device_signed_in_order(lived: Town) -> None:
    phone, came = lived.device(SUN), new_id()
    raw = wire(
        phone, ARRIVAL_RECORDED, arrival(), subject=f"person-{came}", purpose=f"episode:{came}"
    )
    assert lived.sent([raw])[0].outcome == "recorded"
    lived.installation.forgetting.forget(
        TOWNSHIP, lived.account(SUN), [REGISTRATION], "离职", lived.now
    )
    assert findings(lived) == []


def test_whoever_is_forgotten_may_do_nothing_any_more(lived: Town) -> None:
    draft = lived.arrival(LIN, by=SUN, area=TAOLIN)
    lived.installation.forgetting.forget(
        TOWNSHIP, lived.account(SUN), [REGISTRATION], "离职", lived.now
    )
    assert lived.record(draft)[0].code == "access.not_in_remit"


def test_what_a_withdrawn_device_signed_before_stays_in_order(lived: Town) -> None:
    phone, came = lived.device(SUN), new_id()
    raw = wire(
        phone, ARRIVAL_RECORDED, arrival(), subject=f"person-{came}", purpose=f"episode:{came}"
    )
    lived.sent([raw])
    lived.withdraw_device(SUN, phone)
    assert findings(lived) == []


def test_a_fact_whose_signature_was_replaced(lived: Town) -> None:
    """Sealed with the right key, chained rightly, but the author never signed it."""
    draft = lived.arrival(CHEN)
    forged = type(draft)(
        **{n: getattr(draft, n) for n in draft.__struct_fields__} | {"author": lived.account(LI)}
    )
    (verdict,) = lived.record(forged)
    finding = first(lived)
    assert (finding.seq, "signature" in finding.text.en) == (verdict.seq, True)


EDITED: dict[str, dict[str, Any]] = {
    "account": {"roles": f'[["command","{TOWNSHIP}"]]'},
    "device": {"public_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    "journey": {"category": "low"},
    "stay": {"code": "430104"},
    "task": {"due_at": 9_999_999_999_999},
    "figure_part": {"amount": 1000},
    "place": {"name": "某村"},
    "pack": {"approved_by": "account-nobody"},
    "risk_area": {"level": "low"},
    "daily_head": {"hash": "00"},
    "subject": {"area": "411526108202"},
}


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
    came = lived.arrive(CHEN)
    lived.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", lived.now)
    at_the_console(lived, sa.text("UPDATE certificate SET facts = 0"))
    assert "certificate" in first(lived).text.en


def test_a_changed_total_is_found(lived: Town) -> None:
    with meddling(lived) as connection:
        connection.execute(
            sa.text("UPDATE figure_total SET amount = amount + 1 WHERE township = :t"),
            {"t": TOWNSHIP},
        )
        assert "figure_total" in found_by(lived, connection).text.en


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
    tried = {*EDITED, "look", "certificate"}
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
    came = lived.arrive(CHEN)
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
    came = lived.arrive(CHEN)
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
