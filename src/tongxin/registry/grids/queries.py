"""How grids are found. How a village is divided is public, so it takes no remit."""

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.areas import Level
from tongxin.base.remit import Remit
from tongxin.ledger.remits import inside, within
from tongxin.registry.grids.rules import Grid
from tongxin.registry.grids.tables import grid


def grids(connection: Connection, township: str, area: str) -> list[Grid]:
    """The grids of an area that are drawn, by code."""
    rows = connection.execute(
        sa.select(grid.c.code, grid.c.name)
        .where(grid.c.township == township, inside(area, grid.c.code))
        .order_by(grid.c.code)
    )
    return [Grid(row.code, row.name) for row in rows]


def grid_of(connection: Connection, township: str, code: str) -> Grid | None:
    """One grid, or None where it is not drawn."""
    row = connection.execute(
        sa.select(grid.c.code, grid.c.name).where(grid.c.township == township, grid.c.code == code)
    ).first()
    return None if row is None else Grid(row.code, row.name)


def with_team(remit: Remit, connection: Connection, township: str, area: str) -> list[str]:
    """The grids of an area that are to have a team, as far as the remit counts: no micro-grids."""
    rows = connection.scalars(
        sa.select(grid.c.code).where(
            grid.c.township == township,
            inside(area, grid.c.code),
            within(remit, "figures.read", grid.c.code),
            sa.func.length(grid.c.code) == int(Level.GRID),
        )
    )
    return sorted(rows)
