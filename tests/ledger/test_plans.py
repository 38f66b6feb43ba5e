"""The plans of hot queries on 100,000 journeys in 28 townships: an index, and never a scan.

A bare range over a township's key is a scan too: it reads the whole township to find a village.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from tests.conftest import Postgres
from tongxin.arrivals import queries as arrivals
from tongxin.arrivals import tables as arrivals_tables
from tongxin.base.remit import Remit, remit_of
from tongxin.briefing import queries as briefing
from tongxin.ledger import holding
from tongxin.ledger.chains import areas_of
from tongxin.ledger.database import Database
from tongxin.ledger.migrations import migrate
from tongxin.ledger.tables import (
    HEADER_COLUMNS,
    fact,
    figure_part,
    figure_total,
    held,
    subject,
)
from tongxin.work import queries as work
from tongxin.work import tables as work_tables

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("plans")]

TOWNSHIPS: Final = [f"4115{n:05}" for n in range(26101, 26129)]
HERE: Final = TOWNSHIPS[7]
VILLAGE: Final = f"{HERE}203"
PEOPLE: Final = 100_000
BIG: Final = ("fact", "journey", "task", "subject", "stay", "held", "figure_part", "figure_total")
MINE: Final = remit_of(["arrivals.read", "work.read", "figures.read", "held.read"], [VILLAGE])
NOW: Final = 1_649_300_000_000
ONE: Final = "person-0000000700"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Tables with as many rows as a county has; what the rows say does not matter to a plan."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('plans') / 'plans.db'}"
        name = None
    else:
        server: Postgres = request.getfixturevalue("postgres")
        name = server.new()
        url = server.address(name)
    database = Database(url)
    migrate(database)
    with database.writing() as connection:
        fill(connection)
    database.refresh_statistics()
    yield database
    database.close()
    if name is not None:
        server.drop(name)


def fill(connection: Connection) -> None:
    makers: dict[sa.Table, Callable[[int, str, str], dict[str, Any]]] = {
        fact: a_fact,
        subject: a_subject,
        arrivals_tables.journey: a_journey,
        arrivals_tables.stay: a_stay,
        work_tables.task: a_task,
        figure_part: a_part,
    }
    for table, made in makers.items():
        connection.execute(sa.insert(table), [made(n, *where(n)) for n in range(PEOPLE)])
    connection.execute(sa.insert(held), [a_held(n, *where(n)) for n in range(0, PEOPLE, 10)])
    places = {where(n) for n in range(PEOPLE)}
    connection.execute(
        sa.insert(figure_total),
        [
            {**key(township, village, f"arrivals.{n}"), "amount": 1, "carried": 0}
            for township, village in places
            for n in range(20)
        ],
    )


def where(n: int) -> tuple[str, str]:
    """The township and village of the nth person."""
    township = TOWNSHIPS[n % len(TOWNSHIPS)]
    return township, f"{township}2{n // len(TOWNSHIPS) % 16 + 1:02}"


def key(township: str, village: str, figure: str) -> dict[str, Any]:
    return {"township": township, "figure": figure, "village": village, "day": "2022-04-07"}


def a_fact(n: int, township: str, village: str) -> dict[str, Any]:
    return {
        "township": township, "seq": n // len(TOWNSHIPS) + 1, "id": f"id-{n:010}",
        "kind": "arrivals.arrival_recorded", "subject": f"person-{n:010}", "purpose": "episode:x",
        "area": village, "author": "account-1", "device": "server", "happened_at": NOW,
        "offset_ms": 0, "recorded_at": NOW, "sealed": b"", "hash": b"",
    }  # fmt: skip


def a_subject(n: int, township: str, village: str) -> dict[str, Any]:
    return {
        "township": township, "subject": f"person-{n:010}", "area": village, "first_seq": n,
        "last_seq": n, "change": n,
    }  # fmt: skip


def a_journey(n: int, township: str, village: str) -> dict[str, Any]:
    return {
        "township": township, "subject": f"person-{n:010}", "episode": "x", "area": village,
        "name": "某某", "id_number": "", "phone": "", "address": "", "arrived_at": NOW + n,
        "from_area": "310115", "from_name": "", "category": "low", "label_zh": "", "label_en": "",
        "words": "low", "spans": "[]", "until_at": None, "released_at": None, "pack": "watch@1",
        "pack_proposal": "x", "recorded_seq": n,
    }  # fmt: skip


def a_stay(n: int, township: str, _: str) -> dict[str, Any]:
    return {
        "township": township, "subject": f"person-{n:010}", "episode": "x", "n": 0,
        "code": f"{310100 + n % 300}", "until_at": NOW,
    }  # fmt: skip


def a_task(n: int, township: str, village: str) -> dict[str, Any]:
    done = NOW if n % 3 else None
    return {
        "township": township, "subject": f"person-{n:010}", "episode": "x", "task": "register",
        "kind": "register", "title_zh": "", "title_en": "", "area": village, "opens_at": NOW,
        "due_at": NOW + n, "lapses_at": None, "done_at": done, "done_by": None,
        "done_author": None, "alarm_seq": None,
    }  # fmt: skip


def a_part(n: int, township: str, village: str) -> dict[str, Any]:
    return {
        **key(township, village, f"arrivals.{n % 20}"), "subject": f"person-{n:010}",
        "purpose": "x", "amount": 1, "carried": False,
    }  # fmt: skip


def a_held(n: int, township: str, village: str) -> dict[str, Any]:
    return {
        "township": township, "digest": f"{n:010}", "id": f"held-{n}", "kind": "work.task_done",
        "subject": f"person-{n:010}", "purpose": "episode:x", "area": village,
        "author": "account-1", "device": "server", "door": "form", "happened_at": NOW,
        "offset_ms": 0, "held_at": NOW, "code": "ledger.unknown_subject",
        "waits_for": f"person-{n:010}", "resolved_by": None if n % 20 else "x", "sealed": b"",
    }  # fmt: skip


def facts_of_a_subject(connection: Connection, _: Remit) -> None:
    connection.execute(
        sa.select(*HEADER_COLUMNS, fact.c.sealed)
        .where(fact.c.township == HERE, fact.c.subject.in_([ONE]))
        .order_by(fact.c.subject, fact.c.seq)
    )


def a_fact_by_its_id(connection: Connection, _: Remit) -> None:
    connection.execute(
        sa.select(*HEADER_COLUMNS).where(fact.c.township == HERE, fact.c.id.in_(["id-7", "id-8"]))
    )


def who_is_where(connection: Connection, _: Remit) -> None:
    areas_of(connection, HERE, {ONE})


def newest_arrivals(connection: Connection, remit: Remit) -> None:
    arrivals.journeys(remit, connection, HERE, arrivals.Wanted(), 50, 0)


def arrivals_of_one_person(connection: Connection, remit: Remit) -> None:
    arrivals.journeys_of(remit, connection, HERE, ONE)


def how_many_arrivals(connection: Connection, remit: Remit) -> None:
    arrivals.how_many(remit, connection, HERE, arrivals.Wanted())


def urgent_tasks(connection: Connection, remit: Remit) -> None:
    work.open_tasks(remit, connection, HERE, NOW, 50)


def tasks_of_one_person(connection: Connection, remit: Remit) -> None:
    work.tasks_of(remit, connection, HERE, ONE)


def tasks_to_sound_an_alarm_for(connection: Connection, _: Remit) -> None:
    work.unalarmed(connection, HERE, NOW + 100, 50)


def whom_an_area_at_risk_touches(connection: Connection, _: Remit) -> None:
    connection.execute(arrivals.touched_by(HERE, {"310115"}))


def what_waits_for_a_subject(connection: Connection, _: Remit) -> None:
    connection.execute(
        sa.select(held).where(
            held.c.township == HERE, held.c.waits_for.in_([ONE]), held.c.resolved_by.is_(None)
        )
    )


def the_inbox(connection: Connection, remit: Remit) -> None:
    holding.inbox(remit, connection, HERE)


def one_figure(connection: Connection, remit: Remit) -> None:
    briefing.by_village_and_day(remit, connection, HERE, "arrivals.3")


def the_next_changes(connection: Connection, _: Remit) -> None:
    connection.execute(
        sa.select(subject.c.subject)
        .where(subject.c.township == HERE, subject.c.change > PEOPLE - 100)
        .order_by(subject.c.change)
        .limit(50)
    )


HOT: Final = (
    facts_of_a_subject, a_fact_by_its_id, who_is_where, newest_arrivals, arrivals_of_one_person,
    how_many_arrivals, urgent_tasks, tasks_of_one_person, tasks_to_sound_an_alarm_for,
    whom_an_area_at_risk_touches, what_waits_for_a_subject, the_inbox, one_figure,
    the_next_changes,
)  # fmt: skip


@pytest.mark.parametrize("ask", HOT, ids=[ask.__name__ for ask in HOT])
def test_a_hot_query_reads_no_more_than_it_answers(
    filled: Database, ask: Callable[[Connection, Remit], None]
) -> None:
    plans = list(plans_of(filled, ask))
    assert plans
    for statement, plan in plans:
        assert not scans(plan, sqlite=filled.is_sqlite), f"{statement}\n{plan}"


def plans_of(
    database: Database, ask: Callable[[Connection, Remit], None]
) -> Iterator[tuple[str, str]]:
    """Every statement that `ask` runs, with the plan that the database makes of it."""
    asked: list[tuple[str, Any]] = []

    def hear(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _m: bool) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.reading() as connection:
        event.listen(connection, "before_cursor_execute", hear)
        ask(connection, MINE)
        event.remove(connection, "before_cursor_execute", hear)
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(explain + statement, parameters).all()
            yield statement, "\n".join(str(row[-1]) for row in rows)


def scans(plan: str, *, sqlite: bool) -> bool:
    """Whether the plan reads a whole table, or a whole township by the head of a key."""
    tables = "|".join(BIG)
    if sqlite:
        whole = re.search(rf"SCAN ({tables})\b", plan)
        township = re.search(rf"SEARCH ({tables}) USING .*\(township=\?\)", plan)
        return bool(whole or township)
    whole = re.search(rf"Seq Scan on ({tables})\b", plan)
    township = re.search(r"Index Cond: \(township = '\d+'::text\)$", plan, re.MULTILINE)
    return bool(whole or township)


def test_the_test_knows_a_scan_when_it_sees_one(filled: Database) -> None:
    def by_name(connection: Connection, _: Remit) -> None:
        table = arrivals_tables.journey
        connection.execute(sa.select(table).where(table.c.from_name == "x"))

    assert all(scans(plan, sqlite=filled.is_sqlite) for _, plan in plans_of(filled, by_name))
