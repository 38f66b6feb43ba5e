"""The bench runs to its end, and every figure but those without one stands beside its ceiling."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tongxin.bench.lists import LEDGER
from tongxin.bench.load import request
from tongxin.bench.measures import Figure, percentile
from tongxin.bench.population import Cell
from tongxin.bench.table import line_of, markdown

# What nothing barer can be measured beside.
WITHOUT_CEILING = {"the load generator's own ceiling", "demo built from nothing"}
# One line of each kind that the budgets ask for.
LINES = (
    "64 connections", "spread over 3 townships", "batch sync", "put at risk, 150 of 150",
    "put at risk, 150 of 300", "verify", "rebuild", "Excel import", "Excel export",
    "GET /api/v1/arrivals, 3 townships", "GET /api/v1/arrivals, one township",
    "GET /tasks, one township", "POST /arrivals/find by name, 3 townships",
    "POST /arrivals/find by pinyin letters, one township",
    "POST /arrivals/find by last digits, 300 in one township", "GET /arrivals, 300 in one township",
    "demo built from nothing", "idle",
)  # fmt: skip


@pytest.mark.slow
def test_a_quick_bench_yields_every_figure_beside_its_ceiling(tmp_path: Path) -> None:
    command = "from tongxin.bench import main; main(['--quick', '--json'])"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, check=False, timeout=560,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    report = json.loads(done.stdout)
    figures = report["figures"]
    assert report["machine"]["sync_ms"] > 0
    assert all(figure["value"] > 0 for figure in figures), figures
    bare = {figure["name"] for figure in figures if not figure["ceiling"]}
    assert bare == WITHOUT_CEILING
    names = " ".join(figure["name"] for figure in figures)
    for part in LINES:
        assert part in names
    assert list(tmp_path.iterdir()) == [], "the bench leaves nothing behind"


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile([7.0], 99) == 7
    assert percentile([], 99) == 0


def test_a_ratio_is_one_at_the_ceiling_whichever_way_is_better() -> None:
    rate = Figure(name="rate", database="SQLite", unit="/s", value=50, ceiling=100)
    late = Figure(name="time", database="SQLite", unit="ms", value=20, ceiling=10)
    assert rate.ratio == late.ratio == 0.5
    assert Figure(name="alone", database="SQLite", unit="s", value=1).ratio is None
    assert "50%" in line_of(rate)
    table = markdown([rate, late])
    assert "| rate | 50.0 /s | 100 /s | 50% |" in table
    assert "| time | 20.0 ms | 10.0 ms | 50% |" in table


def test_addresses_stand_in_the_table_as_code() -> None:
    found = Figure(
        name="POST /arrivals/find by name, one township", database="SQLite", unit="ms", value=1
    )
    assert "| `POST /arrivals/find` by name, one township |" in markdown([found])


def test_a_search_is_sent_as_a_form_and_leaves_nothing_in_the_address() -> None:
    cell = Cell("411526101", ("one", "two"))
    searches = [route for route in LEDGER if route.sought]
    assert {route.by for route in searches} == {"name", "pinyin letters", "last digits"}
    for route in searches:
        for words, sent in zip(route.sought, route.requests(cell, "t"), strict=True):
            head, _, body = sent.partition(b"\r\n\r\n")
            assert head.startswith(b"POST /arrivals/find HTTP/1.1")
            assert b"application/x-www-form-urlencoded" in head
            assert quote(words).encode() in body


def test_a_request_is_whole() -> None:
    sent = request("POST", "/api/v1/facts", token="t", body=b"{}")
    head, _, body = sent.partition(b"\r\n\r\n")
    assert body == b"{}"
    assert b"Content-Length: 2" in head
    assert b"Authorization: Bearer t" in head
