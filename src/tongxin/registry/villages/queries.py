"""How the registry's figures are read off the kept totals. The remit comes first.

A figure of a million people is a sum over villages and days, never a walk over households.
"""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.remit import Remit
from tongxin.ledger.remits import inside, within
from tongxin.ledger.tables import figure_total

READ: Final = "figures.read"


def by_day(
    remit: Remit, connection: Connection, township: str, figures: Collection[str], area: str
) -> dict[str, dict[str, int]]:
    """Each figure's amount in an area by day (ISO), as far as the remit may count."""
    found: dict[str, dict[str, int]] = {figure: {} for figure in figures}
    total = figure_total.c
    rows = connection.execute(
        sa.select(total.figure, total.day, sa.func.sum(total.amount))
        .where(
            total.township == township,
            total.figure.in_(sorted(figures)),
            within(remit, READ, total.village, township),
            inside(area, total.village),
        )
        .group_by(total.figure, total.day)
    )
    for figure, day, amount in rows:
        found[figure][day] = int(amount)
    return found


def by_village(
    remit: Remit, connection: Connection, township: str, figures: Collection[str], area: str
) -> dict[str, dict[str, int]]:
    """Each village's amount of these figures, by village and figure."""
    found: dict[str, dict[str, int]] = {}
    total = figure_total.c
    rows = connection.execute(
        sa.select(total.village, total.figure, sa.func.sum(total.amount))
        .where(
            total.township == township,
            total.figure.in_(sorted(figures)),
            within(remit, READ, total.village, township),
            inside(area, total.village),
        )
        .group_by(total.village, total.figure)
    )
    for village, figure, amount in rows:
        found.setdefault(village, {})[figure] = int(amount)
    return found
