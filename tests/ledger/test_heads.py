"""Daily heads: one for each day that ended, caught up after days of being off, never twice."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.town import Town
from tests.village import CHEN, NEIGHBOUR, TOWNSHIP
from tongxin.base.clock import day_of, from_ms
from tongxin.base.problems import Problem
from tongxin.ledger import heads
from tongxin.ledger.facts import Draft
from tongxin.ledger.kinds import HeadSigned
from tongxin.ledger.sealing import Signer

SIGNER = Signer(bytes(range(32)))
HEAD = heads.signed(SIGNER, TOWNSHIP, 42, "ab" * 32)


def due(town: Town, township: str = TOWNSHIP) -> list[Draft]:
    with town.installation.database.reading() as connection:
        return heads.due(connection, town.installation.keys, township, town.now)


def days(drafts: list[Draft]) -> list[str]:
    return [draft.body.day for draft in drafts if isinstance(draft.body, HeadSigned)]


def test_the_day_that_runs_has_no_head_yet(town: Town) -> None:
    town.clock.advance(hours=17, minutes=59)
    assert due(town) == []


def test_a_day_has_its_head_from_midnight_on(town: Town) -> None:
    town.clock.advance(hours=18)
    assert days(due(town)) == ["2022-04-07"]


def test_days_of_being_off_are_caught_up(town: Town) -> None:
    town.clock.advance(days=3)
    assert days(due(town)) == ["2022-04-07", "2022-04-08", "2022-04-09"]


def test_a_head_is_as_of_the_end_of_its_day(town: Town) -> None:
    town.clock.advance(days=3)
    assert [
        day_of(from_ms(d.happened_at) - timedelta(milliseconds=1)).isoformat() for d in due(town)
    ] == days(due(town))


def test_what_came_after_the_day_is_not_in_its_head(town: Town) -> None:
    with town.installation.database.reading() as connection:
        before = heads.current(connection, town.installation.keys, TOWNSHIP, town.now)
    town.clock.advance(days=1)
    town.arrive(CHEN)
    (draft,) = due(town)
    assert before is not None and isinstance(draft.body, HeadSigned)
    assert (draft.body.seq, draft.body.hash) == (before.seq, before.hash)


def test_asked_twice_the_same_heads_are_due_and_recorded_once(town: Town) -> None:
    town.clock.advance(days=2)
    one, two = due(town), due(town)
    assert [d.id for d in one] == [d.id for d in two]
    assert [str(v.outcome) for v in town.record(*one)] == ["recorded", "recorded"]
    assert [str(v.outcome) for v in town.record(*two)] == ["duplicate", "duplicate"]
    assert due(town) == []


def test_each_township_has_heads_of_its_own(town: Town) -> None:
    town.clock.advance(days=1)
    (mine,), (theirs,) = due(town), due(town, NEIGHBOUR)
    assert mine.id != theirs.id


def test_a_township_without_a_record_owes_none(town: Town) -> None:
    town.clock.advance(days=1)
    assert due(town, "411526110") == []


@given(st.lists(st.integers(0, 200), max_size=6))
def test_a_printed_head_can_be_typed_with_gaps_and_in_capitals(gaps: list[int]) -> None:
    typed = HEAD.printed.upper()
    for gap in sorted(gaps, reverse=True):
        typed = typed[:gap] + " \n" + typed[gap:]
    assert heads.read(typed) == HEAD


@pytest.mark.parametrize(
    "text",
    ["", "x", HEAD.printed[:-1], HEAD.printed + "0", HEAD.printed.replace(":", ";"),
     HEAD.printed.replace("4", "４"), "0" + HEAD.printed],
)  # fmt: skip
def test_what_is_no_head_is_said_so(text: str) -> None:
    with pytest.raises(Problem) as raised:
        heads.read(text)
    assert raised.value.code == "ledger.bad_head"


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    with pytest.raises(Problem):
        heads.read(text)


@pytest.mark.parametrize(
    "other",
    [
        heads.Head(NEIGHBOUR, HEAD.seq, HEAD.hash, HEAD.signature),
        heads.Head(TOWNSHIP, 43, HEAD.hash, HEAD.signature),
        heads.Head(TOWNSHIP, 42, "cd" * 32, HEAD.signature),
        heads.Head(TOWNSHIP, 42, HEAD.hash, "00" * 64),
    ],
    ids=["township", "number", "hash", "signature"],
)
def test_a_head_is_authentic_as_a_whole(other: heads.Head) -> None:
    assert heads.is_authentic(HEAD, SIGNER.verify_key)
    assert not heads.is_authentic(other, SIGNER.verify_key)
