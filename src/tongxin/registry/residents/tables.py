"""The derived table of residents and visitors, and how many there are in each village."""

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement, Index

from tongxin.ledger.facts import Row
from tongxin.ledger.tables import BIG, Code, derived, summed
from tongxin.ledger.totals import Amounts, Place, Total

# `area` is that of the household. `hosted_at` is since when a visitor is here, `away_at` since when
# a resident is not; None for all others. `needs` holds words between blanks, None for most.
# `letters`, `id_tail` and `phone_tail` are what a search goes by.
resident = derived(
    "resident",
    Column("household", Code, nullable=False),
    Column("area", Code, nullable=False),
    Column("village", Code, nullable=False),
    Column("relation", Code, nullable=False),
    Column("name", Code, nullable=False),
    Column("letters", Code, nullable=False),
    Column("id_number", Code, nullable=False),
    Column("id_tail", Code, nullable=False),
    Column("phone", Code, nullable=False),
    Column("phone_tail", Code, nullable=False),
    Column("sex", Code, nullable=False),
    Column("born_on", Code),
    Column("since", BIG, nullable=False),
    Column("hosted_at", BIG),
    Column("until_on", Code),
    Column("from_area", Code, nullable=False),
    Column("from_name", sa.Text, nullable=False),
    Column("away_at", BIG),
    Column("away_area", Code),
    Column("away_name", sa.Text),
    Column("back_by", Code),
    Column("needs", Code),
    Column("needs_at", BIG),
)
_r: Final = resident.c
_IN_ORDER: Final = (_r.township, _r.village, _r.area, _r.name, _r.subject)
Index("resident_by_household", _r.township, _r.household)
Index("resident_by_village", *_IN_ORDER, _r.letters)
Index("resident_by_name", _r.township, _r.name, _r.subject, _r.area)
Index("resident_by_letters", _r.township, _r.letters, _r.subject, _r.area)
Index("resident_by_id_tail", _r.township, _r.id_tail, _r.id_number)
Index("resident_by_phone_tail", _r.township, _r.phone_tail)


def _of_those(which: ColumnElement[bool], name: str, *columns: ColumnElement[Any]) -> None:
    Index(name, *columns, sqlite_where=which, postgresql_where=which)


_of_those(_r.hosted_at.is_not(None), "resident_hosted", *_IN_ORDER)
_of_those(_r.away_at.is_not(None), "resident_away", *_IN_ORDER)
_of_those(_r.away_at.is_not(None), "resident_away_in", _r.township, _r.away_area)
_of_those(_r.needs.is_not(None), "resident_in_need", *_IN_ORDER, _r.needs)

# How many residents and visitors there are in each village, and of the residents, how many are
# away, and how many of all have special needs.
resident_total = summed(
    "resident_total",
    Column("village", Code, primary_key=True),
    Column("residents", sa.Integer, nullable=False),
    Column("visitors", sa.Integer, nullable=False),
    Column("away", sa.Integer, nullable=False),
    Column("needs", sa.Integer, nullable=False),
)

TABLES: Final = (resident,)


def _counted(row: Row) -> Iterable[tuple[Place, Amounts]]:
    hosted = row["hosted_at"] is not None
    away, needs = row["away_at"] is not None, row["needs"] is not None
    return (((row["village"],), (int(not hosted), int(hosted), int(away), int(needs))),)


RESIDENTS: Final = Total(resident_total, resident, _counted)
