"""What is in the record after a storm, read without the program that was hurt."""

from collections.abc import Collection

import sqlalchemy as sa

from tests.village import TOWNSHIP
from tongxin.arrivals.tables import journey
from tongxin.base.clock import system_clock
from tongxin.catalogue import catalogue
from tongxin.installation import Installation, Settings, open_
from tongxin.ledger.tables import fact, subject
from tongxin.ledger.verifying import Count, Finding, verified


def opened(settings: Settings) -> Installation:
    """The installation as the next start finds it."""
    return open_(settings, system_clock)


def findings(installation: Installation, township: str = TOWNSHIP) -> list[Finding]:
    """What `tongxin verify` finds."""
    with installation.database.reading() as connection:
        return list(verified(connection, installation.keys, catalogue(), township, Count()))


def places(installation: Installation, ids: Collection[str]) -> dict[str, int]:
    """The places in the chain of those of these facts that are recorded."""
    with installation.database.reading() as connection:
        rows = connection.execute(
            sa.select(fact.c.id, fact.c.seq).where(fact.c.township == TOWNSHIP)
        )
        return {row.id: row.seq for row in rows if row.id in ids}


def seen(installation: Installation, ids: Collection[str]) -> set[str]:
    """Those of these arrivals that stand in the list and have a place."""
    with installation.database.reading() as connection:
        rows = connection.execute(
            sa.select(journey.c.episode).join(
                subject,
                sa.and_(
                    subject.c.township == journey.c.township,
                    subject.c.subject == journey.c.subject,
                ),
            )
        )
        return {row.episode for row in rows} & set(ids)
