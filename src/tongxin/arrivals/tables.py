"""Derived tables of arrivals: a journey for each episode, where it led, and its ledger's line."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.facts import Row
from tongxin.ledger.tables import BIG, Code, derived, summed
from tongxin.ledger.totals import Amounts, Place, Total

# `village` is that of `area`, so that a list of a village is read in the order of an index.
# `spans` is where the person stands from when to when, as JSON: [[from_ms, word, mode], …].
journey = derived(
    "journey",
    Column("episode", Code, primary_key=True),
    Column("area", Code, nullable=False),
    Column("village", Code, nullable=False),
    Column("name", Code, nullable=False),
    Column("letters", Code, nullable=False),
    Column("id_number", Code, nullable=False),
    Column("id_tail", Code, nullable=False),
    Column("phone", Code, nullable=False),
    Column("phone_tail", Code, nullable=False),
    Column("address", sa.Text, nullable=False),
    Column("arrived_at", BIG, nullable=False),
    Column("from_area", Code, nullable=False),
    Column("from_name", sa.Text, nullable=False),
    Column("category", Code),
    Column("label_zh", sa.Text, nullable=False),
    Column("label_en", sa.Text, nullable=False),
    Column("words", Code, nullable=False),
    Column("spans", sa.Text, nullable=False),
    Column("until_at", BIG),
    Column("released_at", BIG),
    Column("pack", Code, nullable=False),
    Column("pack_proposal", Code, nullable=False),
    Column("recorded_seq", BIG, nullable=False),
)
# Each holds a whole order, so that fifty journeys are fifty rows, and what lists are narrowed by.
Index(
    "journey_newest", journey.c.township, journey.c.arrived_at, journey.c.subject,
)  # fmt: skip
Index(
    "journey_by_village", journey.c.township, journey.c.village, journey.c.arrived_at.desc(),
    journey.c.subject.desc(), journey.c.area, journey.c.category,
)  # fmt: skip
Index(
    "journey_by_category", journey.c.township, journey.c.category, journey.c.arrived_at,
    journey.c.subject,
)  # fmt: skip
# By these a list that comes in is compared with who is known.
Index("journey_by_id_number", journey.c.township, journey.c.id_number)
# By these, and by the last digits, somebody is sought.
Index(
    "journey_by_name", journey.c.township, journey.c.name, journey.c.subject, journey.c.area,
)  # fmt: skip
Index(
    "journey_by_letters", journey.c.township, journey.c.letters, journey.c.subject, journey.c.area,
)  # fmt: skip
Index("journey_by_id_tail", journey.c.township, journey.c.id_tail, journey.c.id_number)
Index("journey_by_phone_tail", journey.c.township, journey.c.phone_tail)
Index("journey_by_episode", journey.c.township, journey.c.episode)
Index("journey_by_pack", journey.c.township, journey.c.pack_proposal)

# How many journeys there are in each village and category; "" where none applies.
journey_total = summed(
    "journey_total",
    Column("village", Code, primary_key=True),
    Column("category", Code, primary_key=True),
    Column("journeys", sa.Integer, nullable=False),
)

stay = derived(
    "stay",
    Column("episode", Code, primary_key=True),
    Column("n", sa.Integer, primary_key=True, autoincrement=False),
    Column("code", Code, nullable=False),
    Column("until_at", BIG),
    Index("stay_by_code", "township", "code"),
)

# What the returnee ledger shows of an episode besides the journey. Words are as somebody told them.
ledger_line = derived(
    "ledger_line",
    Column("episode", Code, primary_key=True),
    Column("transport", sa.Text, nullable=False),
    Column("celsius", sa.Float),
    Column("swab_at", BIG),
    Column("swab_positive", sa.Boolean),
    Column("reported_on", sa.Text, nullable=False),
    Column("note", sa.Text, nullable=False),
    Column("travel_code", sa.Text, nullable=False),
    Column("health_code", sa.Text, nullable=False),
    Column("swab", sa.Text, nullable=False),
    Column("vaccine", sa.Text, nullable=False),
    Column("temperature", sa.Text, nullable=False),
    Column("grid_worker", sa.Text, nullable=False),
)

# From when on the clock forgets a journey (`retention`); only where its end is known.
kept_until = derived(
    "kept_until",
    Column("episode", Code, primary_key=True),
    Column("at", BIG, nullable=False),
    Index("kept_until_by_at", "township", "at"),
)

TABLES: Final = (journey, stay, ledger_line, kept_until)


def _counted(row: Row) -> Iterable[tuple[Place, Amounts]]:
    return (((row["village"], row["category"] or ""), (1,)),)


JOURNEYS: Final = Total(journey_total, journey, _counted)
