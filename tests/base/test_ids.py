"""Ids are UUIDs of version 7 in one spelling; the clock's ids are always the same ones."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.village import MORNING
from tongxin.base.ids import fact_id, id_at, kind_of, new_id, new_subject, subject_id
from tongxin.base.problems import Problem

MOMENTS = st.integers(0, 10**10).map(lambda ms: MORNING + timedelta(milliseconds=ms))
SEEDS = st.lists(st.text(max_size=20), max_size=3)


def test_a_new_id_is_of_version_7() -> None:
    assert fact_id(new_id())
    assert UUID(new_id()).version == 7


def test_a_new_subject_is_a_subject_of_its_kind() -> None:
    assert kind_of(subject_id(new_subject("person"))) == "person"


@given(MOMENTS, SEEDS)
def test_the_clocks_id_is_always_the_same_and_one_of_ours(at: datetime, seed: list[str]) -> None:
    assert id_at(at, *seed) == id_at(at, *seed) == fact_id(id_at(at, *seed))


@given(MOMENTS, SEEDS, SEEDS)
def test_another_seed_is_another_id(at: datetime, one: list[str], other: list[str]) -> None:
    if "\x1f".join(one) != "\x1f".join(other):
        assert id_at(at, *one) != id_at(at, *other)


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_their_instant(one: datetime, other: datetime) -> None:
    if one < other:
        assert id_at(one, "x") < id_at(other, "x")


@pytest.mark.parametrize(
    "text",
    ["", "x", str(UUID(int=7)), "{0197f5a0-0000-7000-8000-000000000000}",
     "0197f5a0000070008000000000000000", "0197F5A0-0000-7000-8000-000000000000"],
)  # fmt: skip
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(Problem) as raised:
        fact_id(text, "id")
    assert raised.value.code == "base.bad_id"


@pytest.mark.parametrize(
    "text", ["", "person", "person-", "Person-1", "person_1", "person-A", "-1", "person-1\n",
             "person-" + "1" * 60]
)  # fmt: skip
def test_what_is_no_subject_is_said_so(text: str) -> None:
    with pytest.raises(Problem) as raised:
        subject_id(text)
    assert raised.value.code == "base.bad_subject"


@given(st.text(max_size=50))
def test_no_text_breaks_the_reading(text: str) -> None:
    for read in (fact_id, subject_id):
        try:
            assert read(text) == text
        except Problem as problem:
            assert problem.code.startswith("base.")
