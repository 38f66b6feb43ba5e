"""What stays in memory of the lists: a year of daily ones must fit beside everything else."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.registry.risklists.lists import HUANGCHUAN, KUNSHAN, PUDONG, body, entry, served
from tests.town import Town
from tests.village import MORNING, TOWNSHIP
from tongxin.registry import facts
from tongxin.registry.risklists import remembered
from tongxin.registry.rules import ListInForce

STREETS = [f"某街道长长的路{n}弄{n + 7}号楼" for n in range(400)]


def daily(n: int) -> bytes:
    """The list of a day: mostly what the day before said."""
    at = MORNING - timedelta(days=100 - n)
    high = [entry(where, *STREETS, f"新增{n}号") for where in (PUDONG, KUNSHAN, HUANGCHUAN)]
    return served(high, at=at)


def lists(count: int) -> Iterator[tuple[int, ListInForce]]:
    """Each list as a context keeps it, and how many bytes it has."""
    for n in range(count):
        raw, at = daily(n), MORNING - timedelta(days=100 - n)
        told = msgspec.json.decode(
            msgspec.json.encode(body(raw, at)), type=facts.RiskListProposed
        )  # fmt: skip
        yield len(raw), ListInForce(f"proposal-{n}", facts.kept(told), n, at)


def test_a_kept_list_is_the_file_byte_for_byte() -> None:
    raw = daily(1)
    told = body(raw, MORNING)
    kept = facts.kept(told)
    assert kept.text.encode() == raw
    assert (kept.sha256, kept.published_at, kept.source) == (
        told.sha256, told.published_at, told.source
    )  # fmt: skip
    again = facts.kept(body(raw, MORNING + timedelta(days=1)))
    assert again.packed is kept.packed, "the townships of a county share it"


def test_a_context_keeps_no_list_unpacked(henan: Town) -> None:
    for n in range(3):
        henan.approve(henan.listed(daily(n), MORNING - timedelta(days=100 - n)))
    with henan.installation.database.reading() as connection:
        context: Any = henan.installation.store.context(connection, TOWNSHIP)
    assert [type(one.body) for one in context.lists] == [facts.RiskListKept] * 3
    assert len(context.situation.at("310115")) == len(STREETS) + 3


def test_one_more_list_costs_a_fraction_of_its_bytes_however_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(remembered._MOST, "situations", 16)  # so that this shelf is full soon
    told, raw, held = [], 0, []
    tracemalloc.start()
    try:
        for size, one in lists(60):
            told.append(one)
            raw += size
            remembered.situation(told, ())
            if len(told) in (30, 60):
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < raw / 2 / 4, "thirty more lists"


def test_what_was_worked_out_is_kept_of_few_lists() -> None:
    told = []
    for _, one in lists(20):
        told.append(one)
        remembered.situation(told, ())
    most = remembered._MOST
    assert len(remembered._declarations) == most["declarations"]
    assert len(remembered._understood) <= most["understood"]
    assert len(remembered._timelines) <= most["timelines"]
