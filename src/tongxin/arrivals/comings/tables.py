"""Derived table of comings: one row for each journey that was declared, passed, found or sought."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.base.clock import day_of, from_ms
from tongxin.ledger.facts import Row
from tongxin.ledger.tables import BIG, Code, derived, summed
from tongxin.ledger.totals import Amounts, Place, Total

# `word` is `rules.Word`; `at` is by what lists are sorted: the arrival, else the plan.
# `no_show_at`: from when on somebody expected counts as a no-show. `held`: by the rules
# of the post waits there for somebody to take over. `found`: what the latest look at a door found.
# `sound` is how the name is read, `born` and `tail` are the year of birth and the last characters
# that the ID number tells, `sure` whether that number is valid: see `doubts`.
coming = derived(
    "coming",
    Column("episode", Code, primary_key=True),
    Column("area", Code, nullable=False),
    Column("village", Code, nullable=False),
    Column("word", Code, nullable=False),
    Column("at", BIG, nullable=False),
    Column("party", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("id_number", Code, nullable=False),
    Column("phone", Code, nullable=False),
    Column("address", sa.Text, nullable=False),
    Column("from_area", Code, nullable=False),
    Column("from_name", sa.Text, nullable=False),
    Column("vehicle", sa.Text, nullable=False),
    Column("declared_at", BIG),
    Column("planned_at", BIG),
    Column("in_time", sa.Boolean),
    Column("no_show_at", BIG),
    Column("came_at", BIG),
    Column("came_by", Code, nullable=False),
    Column("checkpoint", Code, nullable=False),
    Column("held", sa.Boolean, nullable=False),
    Column("bound_for", Code, nullable=False),
    Column("bound_for_name", sa.Text, nullable=False),
    Column("handed_at", BIG),
    Column("handed_to", sa.Text, nullable=False),
    Column("found", Code, nullable=False),
    Column("sound", Code, nullable=False),
    Column("born", Code, nullable=False),
    Column("tail", Code, nullable=False),
    Column("sure", sa.Boolean, nullable=False),
)
# Each holds a whole order, so that fifty comings are fifty rows.
Index(
    "coming_by_word", coming.c.township, coming.c.word, coming.c.at, coming.c.subject,
)  # fmt: skip
Index(
    "coming_by_village", coming.c.township, coming.c.village, coming.c.word, coming.c.at,
    coming.c.subject,
)  # fmt: skip
Index(
    "coming_held", coming.c.township, coming.c.at,
    sqlite_where=sa.text("held = 1"), postgresql_where=coming.c.held,
)  # fmt: skip
# By what two records can be found alike: how the name is read, the telephone, the ID number's end;
# and who came together. Queries say TOLD too, in these very words, or the index is not taken.
Index("coming_by_sound", coming.c.township, coming.c.sound, coming.c.sure, coming.c.subject)
TOLD: Final = {
    name: coming.c[name] != sa.literal_column("''") for name in ("party", "phone", "tail")
}
for _name, _told in TOLD.items():
    Index(
        f"coming_by_{_name}", coming.c.township, coming.c[_name], coming.c.subject,
        sqlite_where=_told, postgresql_where=_told,
    )  # fmt: skip

# How many comings there are in each village, of each word, by the day of their instant.
coming_total = summed(
    "coming_total",
    Column("village", Code, primary_key=True),
    Column("word", Code, primary_key=True),
    Column("day", Code, primary_key=True),
    Column("comings", sa.Integer, nullable=False),
)

TABLES: Final = (coming,)


def _counted(row: Row) -> Iterable[tuple[Place, Amounts]]:
    day = day_of(from_ms(row["at"])).isoformat()
    return (((row["village"], row["word"], day), (1,)),)


COMINGS: Final = Total(coming_total, coming, _counted)
