"""`verify` finds whatever somebody changes in the chain, and names the place."""

import itertools
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.console import at_the_console, findings, first, found_by, last_seq, meddling, one
from tests.town import Town
from tests.village import CHEN, LI, LIN, MA, SUN, TAOLIN, TOWNSHIP, arrival, wire
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.base.ids import new_id
from tongxin.ledger import heads, opening
from tongxin.ledger.facts import (
    INIT,
    OFFICE,
    REGISTRATION,
    Door,
    Header,
    township_subject,
)
from tongxin.ledger.heads import Head
from tongxin.ledger.kinds import HEAD_SIGNED, HeadSigned
from tongxin.ledger.sealing import GENESIS, link
from tongxin.ledger.tables import HEADER_COLUMNS, chain, fact
from tongxin.ledger.verifying import Count, Finding, compared
from tongxin.ledger.wire import authored


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


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    place=st.integers(0, 10_000), column=st.sampled_from(["sealed", "hash", *CHANGED]),
    byte=st.integers(0, 10_000), by=st.integers(1, 255),
)  # fmt: skip
def test_any_edit_anywhere_is_found_where_it_was_made(
    lived: Town, place: int, column: str, byte: int, by: int
) -> None:
    seq = 1 + place % last_seq(lived)
    with meddling(lived) as connection:
        stored = connection.scalars(sa.select(fact.c[column]).where(one(seq))).one()
        connection.execute(
            sa.update(fact).where(one(seq)).values({column: edited(stored, byte, by)})
        )
        assert found_by(lived, connection).seq == seq


def edited(stored: Any, byte: int, by: int) -> Any:
    """Another value of the same type."""
    if isinstance(stored, int):
        return stored + by
    raw = bytearray(stored if isinstance(stored, bytes) else stored.encode())
    raw[byte % len(raw)] = (raw[byte % len(raw)] + by) % (256 if isinstance(stored, bytes) else 64)
    changed = bytes(raw) if isinstance(stored, bytes) else raw.decode(errors="replace")
    return f"{stored}x" if changed == stored or "\0" in str(changed) else changed


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
    came = lived.arrive(MA)
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
