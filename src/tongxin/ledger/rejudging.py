"""The list of subjects to be judged again, because what they are judged by has changed.

It is durable: the writer works it off in chunks between other groups, and goes on with it after a
stop. Who is listed already is not listed twice.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection, Select

from tongxin.ledger.tables import rejudge, state

_LISTED: Final = "judged-again-{township}-{cause}"


class Progress(Struct, frozen=True):
    """How many subjects a fact touched, and how many of them are still to be judged again."""

    listed: int
    left: int

    @property
    def judged(self) -> int:
        """How many have been judged again."""
        return self.listed - self.left


def put(
    connection: Connection,
    township: str,
    touched: Select[Any],
    cause: int,
    without: Collection[str] = (),
) -> None:
    """List the subjects that `touched` (one column) finds, but for those in `without`.

    `cause` is the place in the chain of the fact that touched them.
    """
    listed = touched.subquery()
    subject = listed.c[0]
    already = sa.select(rejudge.c.subject).where(rejudge.c.township == township)
    connection.execute(
        sa.insert(rejudge).from_select(
            ["township", "subject", "cause"],
            sa.select(sa.literal(township), subject, sa.literal(cause))
            .where(subject.not_in(already), subject.not_in(sorted(without)))
            .distinct(),
        )
    )


def note(connection: Connection, township: str, cause: int) -> int:
    """Note how many a fact has put on the list, for whoever asks how far it has come."""
    listed = left_of(connection, township, cause)
    name = _LISTED.format(township=township, cause=cause)
    connection.execute(sa.delete(state).where(state.c.name == name))
    if listed:
        connection.execute(sa.insert(state).values(name=name, value=str(listed)))
    return listed


def progress(connection: Connection, township: str, cause: int) -> Progress:
    """How far judging again has come of those whom fact number `cause` touched."""
    name = _LISTED.format(township=township, cause=cause)
    listed = connection.scalar(sa.select(state.c.value).where(state.c.name == name))
    return Progress(int(listed or 0), left_of(connection, township, cause))


def left_of(connection: Connection, township: str, cause: int) -> int:
    """How many of those whom fact number `cause` touched are still on the list."""
    found = connection.scalar(
        sa.select(sa.func.count())
        .select_from(rejudge)
        .where(rejudge.c.township == township, rejudge.c.cause == cause)
    )
    return found or 0


def some(
    connection: Connection, township: str, most: int, without: Collection[tuple[str, str]]
) -> list[str]:
    """Up to `most` listed subjects, but for those (township, subject) in `without`."""
    failing = [name for where, name in without if where == township]
    return list(
        connection.scalars(
            sa.select(rejudge.c.subject)
            .where(rejudge.c.township == township, rejudge.c.subject.not_in(failing))
            .limit(most)
        )
    )


def strike(connection: Connection, township: str, names: Sequence[str]) -> None:
    """Take these off the list: they have been judged again."""
    connection.execute(
        sa.delete(rejudge).where(rejudge.c.township == township, rejudge.c.subject.in_(names))
    )


def townships(connection: Connection) -> set[str]:
    """The townships in which anybody is still to be judged again."""
    return set(connection.scalars(sa.select(rejudge.c.township).distinct()))
