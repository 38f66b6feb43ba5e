"""A county of 28 townships with 100,000 people between them: each with a journey, a stay, a task.

Rows are written as they are, for a plan asks how many there are and how they differ, not whether
they follow from facts.
"""

from typing import Any, Final

import sqlalchemy as sa

from tests.village import MORNING
from tongxin.arrivals.tables import JOURNEYS
from tongxin.base.clock import to_ms
from tongxin.ledger.database import Database
from tongxin.ledger.inserting import Gathered
from tongxin.ledger.tables import DERIVED, METADATA
from tongxin.ledger.totals import Changes, add
from tongxin.work.counting import TASKS

TOWNSHIPS: Final = [f"411526{n:03}" for n in range(101, 129)]
EACH: Final = 100_000 // len(TOWNSHIPS)
NOW: Final = to_ms(MORNING)
FAMILIES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余"


def journey_of(township: str, who: str, n: int) -> dict[str, Any]:
    return {
        "township": township, "subject": who, "episode": "1",
        "area": f"{township}{201 + n % 16}", "village": f"{township}{201 + n % 16}",
        "name": f"{FAMILIES[n % len(FAMILIES)]}{chr(0x4E00 + n % 3000)}",
        "letters": f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}", "id_number": f"{10**17 + n}",
        "id_tail": f"{n % 10_000:04}", "phone": f"{19_900_000_000 + n}",
        "phone_tail": f"{n % 10_000:04}",
        "address": "", "arrived_at": NOW + n * 1000, "from_area": f"{310000 + n % 1000}",
        "from_name": "", "category": "low" if n % 50 else "risk-area", "label_zh": "",
        "label_en": "", "words": "low", "spans": "[]",
        "until_at": None, "released_at": None, "pack": "watch@1", "pack_proposal": "p",
        "recorded_seq": n + 1,
    }  # fmt: skip


def facts_of(township: str, n: int) -> dict[str, Any]:
    who = f"person-{township}-{n}"
    return {
        "fact": {
            "township": township, "seq": n + 1, "id": f"{township}-{n}",
            "kind": "arrivals.arrival_recorded", "subject": who, "purpose": "episode:1",
            "area": f"{township}{201 + n % 16}", "author": "account-1", "device": "server",
            "happened_at": NOW + n, "offset_ms": 0, "recorded_at": NOW + n,
            "sealed": b"0" * 300, "hash": b"0" * 32,
        },
        "subject": {
            "township": township, "subject": who, "area": f"{township}{201 + n % 16}",
            "first_seq": n + 1, "last_seq": n + 1, "change": n + 1,
        },
        "member": {"township": township, "subject": who, "lead": who},
        "journey": journey_of(township, who, n),
        "stay": {
            "township": township, "subject": who, "episode": "1", "n": 0,
            "code": f"{310000 + n % 1000}", "until_at": None,
        },
        "task": {
            "township": township, "subject": who, "episode": "1", "task": "register",
            "kind": "register", "title_zh": "", "title_en": "", "area": f"{township}{201 + n % 16}",
            "village": f"{township}{201 + n % 16}",
            "opens_at": NOW, "due_at": NOW + n * 1000, "lapses_at": None,
            "done_at": None if n % 20 == 0 else NOW, "done_by": None, "done_author": None,
            "alarm_seq": None if n % 40 == 0 else 1,
        },
        "figure_part": {
            "township": township, "subject": who, "figure": "arrivals.screened",
            "village": f"{township}{201 + n % 16}", "day": f"2022-04-{1 + n % 28:02}",
            "purpose": "episode:1", "amount": 1, "carried": False,
        },
        "correction": {
            "township": township, "subject": who, "id": f"{township}-{n}-back",
            "fact": f"{township}-{n}", "kind": "arrivals.arrival_recorded", "by": "account-1",
            "at": NOW + n, "approved_by": None, "counts": n % 300 != 0, "waits": n % 300 == 0,
        },
    }  # fmt: skip


def fill(database: Database) -> None:
    tables = {table.name: table for table in (*METADATA.tables.values(), *DERIVED.tables.values())}
    for township in TOWNSHIPS:
        made = [facts_of(township, n) for n in range(EACH)]
        with database.writing() as connection:
            for name in made[0]:
                rows = [each[name] for each in made]
                # What a table gained since is filled with nothing at all.
                for column in tables[name].columns:
                    if column.name not in rows[0]:
                        for row in rows:
                            row[column.name] = None if column.nullable else ""
                connection.execute(sa.insert(tables[name]), rows)
            kept_rows(connection, township, made)
    held_rows(database)
    bonds_rows(database)
    totals_rows(database)


def kept_rows(
    connection: sa.Connection, township: str, made: list[dict[str, dict[str, Any]]]
) -> None:
    """What is kept of these journeys and tasks."""
    sums: Changes = {total.sums.name: {} for total in (TASKS, JOURNEYS)}
    for total in (TASKS, JOURNEYS):
        total.gather(sums[total.sums.name], [each[total.rows.name] for each in made])
    gathered = Gathered(connection)
    add(gathered, (TASKS, JOURNEYS), township, {name: {} for name in sums}, sums)
    gathered.flush()


def totals_rows(database: Database) -> None:
    rows = [
        {
            "township": township, "figure": "arrivals.screened", "village": f"{township}{village}",
            "day": f"2022-04-{day:02}", "amount": 1, "carried": 0,
        }
        for township in TOWNSHIPS
        for village in range(201, 217)
        for day in range(1, 29)
    ]  # fmt: skip
    with database.writing() as connection:
        connection.execute(sa.insert(DERIVED.tables["figure_total"]), rows)


def held_rows(database: Database) -> None:
    rows = [
        {
            "township": township, "digest": f"{township}-{n}", "id": f"{township}-{n}",
            "kind": "arrivals.symptom_seen", "subject": f"person-x-{n}", "purpose": "episode:1",
            "area": f"{township}201", "author": "account-1", "device": "d", "door": "device",
            "happened_at": NOW, "offset_ms": 0, "held_at": NOW, "code": "c",
            "waits_for": f"person-x-{n}" if n % 2 else None,
            "resolved_by": None if n % 3 else "f", "sealed": b"0",
        }
        for township in TOWNSHIPS
        for n in range(200)
    ]  # fmt: skip
    with database.writing() as connection:
        connection.execute(sa.insert(METADATA.tables["held"]), rows)


def bonds_rows(database: Database) -> None:
    """Everybody has an ID number; every tenth was joined with the next by somebody."""
    with database.writing() as connection:
        for township in TOWNSHIPS:
            who = [f"person-{township}-{n}" for n in range(EACH)]
            pairs = [(who[n], who[n + 1]) for n in range(0, EACH - 1, 10)]
            rows: dict[str, list[dict[str, Any]]] = {
                "mark": [{"subject": each, "mark": f"id:{each}"} for each in who],
                "tie": [
                    {"subject": f"pair-{one}", "one": one, "other": other, "together": True}
                    for one, other in pairs
                ],
                "joined_episode": [
                    {"subject": one, "episode": "2", "journey": "1"} for one, _ in pairs
                ],
            }
            for table, of in rows.items():
                connection.execute(
                    sa.insert(DERIVED.tables[table]), [{"township": township, **row} for row in of]
                )
