"""What somebody of the cast finds in the registry, by the queries and with his own remit."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from tests.registry.doors import Doors
from tests.town import Town
from tests.village import (
    LI,
    TOWNSHIP,
    Worker,
)
from tongxin.base.remit import Remit
from tongxin.briefing.queries import totals
from tongxin.catalogue import catalogue
from tongxin.ledger.tables import subject
from tongxin.ledger.verifying import Count, verified
from tongxin.registry.figures import SUMS
from tongxin.registry.households import queries as households
from tongxin.registry.residents import queries as residents
from tongxin.registry.residents.rules import sought


def remit_of(town: Town, who: Worker) -> Remit:
    return town.believed(who).remit


def asked(doors: Doors, who: Worker, query: Callable[..., Any], *more: Any) -> Any:
    """What somebody gets from a query of his own township."""
    remit = remit_of(doors.town, who)
    with doors.town.installation.database.reading() as connection:
        return query(remit, connection, TOWNSHIP, *more)


def addresses(doors: Doors, who: Worker, **wanted: Any) -> list[str]:
    """Which doors somebody finds, and that the count says the same."""
    narrowed = households.Wanted(**wanted)
    rows = asked(doors, who, households.households, narrowed, 50, 0)
    assert asked(doors, who, households.how_many, narrowed) == len(rows)
    return [row["address"] for row in rows]


def names(doors: Doors, who: Worker, words: str = "", **wanted: Any) -> list[str]:
    narrowed = residents.Wanted(sought=sought(words), **wanted)
    rows = asked(doors, who, residents.residents, narrowed, 50, 0)
    assert words or asked(doors, who, residents.how_many, narrowed) == len(rows)
    return [row["name"] for row in rows]


def figures(doors: Doors, who: Worker = LI, until: str = "", area: str = "") -> dict[str, int]:
    found: dict[str, int] = asked(doors, who, totals, "", until, area)
    return {name: n for name, n in found.items() if name in SUMS and n}


def findings(doors: Doors) -> list[str]:
    installation = doors.town.installation
    with installation.database.reading() as connection:
        found = verified(connection, installation.keys, catalogue(), TOWNSHIP, Count())
        return [finding.text.en for finding in found]


def area_of(doors: Doors, name: str) -> str | None:
    with doors.town.installation.database.reading() as connection:
        return connection.scalar(sa.select(subject.c.area).where(subject.c.subject == name))
