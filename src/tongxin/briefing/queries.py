"""How figures are counted. The remit comes first, so no query can forget it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.remit import Remit
from tongxin.ledger.remits import inside, within
from tongxin.ledger.tables import figure_total


def totals(
    remit: Remit,
    connection: Connection,
    township: str,
    since: str = "",
    until: str = "",
    area: str = "",
) -> dict[str, int]:
    """Each figure's sum over the remit, from day `since` to day `until` (ISO, inclusive)."""
    part = figure_total.c
    conditions = [part.township == township, within(remit, "figures.read", part.village)]
    if since:
        conditions.append(part.day >= since)
    if until:
        conditions.append(part.day <= until)
    if area:
        conditions.append(inside(area, part.village))
    rows = connection.execute(
        sa.select(part.figure, sa.func.sum(part.amount)).where(*conditions).group_by(part.figure)
    )
    return {figure: int(amount) for figure, amount in rows}


def by_village_and_day(
    remit: Remit, connection: Connection, township: str, figure: str
) -> list[Mapping[str, Any]]:
    """One figure's parts by village and day, and how many of them stand for the forgotten."""
    part = figure_total.c
    rows = connection.execute(
        sa.select(
            part.village,
            part.day,
            part.amount,
            part.carried.label("forgotten"),
        )
        .where(
            part.township == township,
            part.figure == figure,
            within(remit, "figures.read", part.village),
            part.amount != 0,
        )
        .order_by(part.day.desc(), part.village)
    )
    return [dict(row._mapping) for row in rows]
