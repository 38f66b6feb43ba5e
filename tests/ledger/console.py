"""What somebody does who has the password of the database, and what `verify` says to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tests.town import Town
from tests.village import TOWNSHIP
from tongxin.catalogue import catalogue
from tongxin.ledger.tables import chain, fact
from tongxin.ledger.verifying import Count, Finding, verified


def findings(town: Town, count: Count | None = None) -> list[Finding]:
    installation = town.installation
    with installation.database.reading() as connection:
        return list(
            verified(connection, installation.keys, catalogue(), TOWNSHIP, count or Count())
        )


@contextmanager
def meddling(town: Town) -> Iterator[sa.Connection]:
    """A connection with the database's password, whose changes are undone afterwards."""
    with town.installation.database.writer.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def found_by(town: Town, connection: sa.Connection) -> Finding:
    """The first finding, on a connection that sees what is not committed yet."""
    found = list(verified(connection, town.installation.keys, catalogue(), TOWNSHIP, Count()))
    assert found, "verify found nothing"
    return found[0]


def first(town: Town) -> Finding:
    found = findings(town)
    assert found, "verify found nothing"
    assert found[0].text.zh and found[0].text.en
    return found[0]


def at_the_console(town: Town, *statements: Any) -> None:
    """What somebody does who has the database's password."""
    with town.installation.database.writing() as connection:
        for statement in statements:
            done = connection.execute(statement)
            assert done.is_insert or done.rowcount == 1


def one(seq: int) -> Any:
    return sa.and_(fact.c.township == TOWNSHIP, fact.c.seq == seq)


def last_seq(town: Town) -> int:
    with town.installation.database.reading() as connection:
        return int(
            connection.scalars(sa.select(chain.c.seq).where(chain.c.township == TOWNSHIP)).one()
        )
