"""How places, packs in force and areas at risk are found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.clock import from_ms
from tongxin.base.remit import Remit
from tongxin.ledger.facts import township_subject
from tongxin.ledger.remits import anywhere
from tongxin.ledger.tables import correction, subject
from tongxin.registry.rules import PackInForce, pack_of
from tongxin.registry.tables import case_move, pack, place, risk_area, risk_list

_PROPOSED: Final = (pack, risk_area, risk_list, case_move)


def packs_in_force(connection: Connection, township: str) -> tuple[PackInForce, ...]:
    """Every pack that has come into force, oldest first: for pages, and public in the township."""
    rows = connection.execute(
        sa.select(pack)
        .where(pack.c.township == township, pack.c.in_force_seq.is_not(None))
        .order_by(pack.c.in_force_seq)
    )
    return tuple(
        PackInForce(pack_of(row.text), row.proposal, row.in_force_seq, row.in_force_from)
        for row in rows
    )


def areas_since(connection: Connection, township: str, since_ms: int) -> list[Any]:
    """Areas that were declared by themselves and were at risk at that instant or later, by code:
    for pages, and public in the township.
    """
    return list(
        connection.execute(
            sa.select(risk_area.c.code, risk_area.c.name, risk_area.c.level)
            .where(
                risk_area.c.township == township,
                risk_area.c.in_force_seq.is_not(None),
                sa.or_(risk_area.c.until_at.is_(None), risk_area.c.until_at > since_ms),
            )
            .order_by(risk_area.c.code, risk_area.c.from_at)
        )
    )


def places(connection: Connection, township: str) -> dict[str, str]:
    """Names of the township's areas by code: public knowledge, so it takes no remit."""
    rows = connection.execute(
        sa.select(place.c.code, place.c.name)
        .where(place.c.township == township)
        .order_by(place.c.code)
    )
    return {row.code: row.name for row in rows}


def proposals(
    remit: Remit, connection: Connection, township: str, *, undecided: bool = False
) -> dict[str, list[Mapping[str, Any]]]:
    """All proposals by table (`pack`, `risk_area`, `risk_list`, `case_move`), newest first; needs
    `policy.read` there.

    `undecided`: only those that are not in force yet.
    """
    if not remit.allows("policy.read", township):
        return {table.name: [] for table in _PROPOSED}
    return {
        table.name: [
            dict(row._mapping)
            for row in connection.execute(
                sa.select(table, subject.c.first_seq)
                .join(
                    subject,
                    sa.and_(
                        subject.c.township == table.c.township,
                        subject.c.subject == table.c.subject,
                    ),
                )
                .where(
                    table.c.township == township,
                    table.c.in_force_seq.is_(None) if undecided else sa.true(),
                )
                .order_by(subject.c.first_seq.desc())
            )
        ]
        for table in _PROPOSED
    }


def in_force_at(packs: tuple[PackInForce, ...], now: datetime) -> PackInForce:
    """The pack that a person who arrives at `now` is judged by."""
    usable = [p for p in packs if from_ms(p.in_force_from) <= now] or list(packs)
    return max(usable, key=lambda p: p.seq)


def township_name(connection: Connection, township: str) -> str:
    """The township's own name, or its code where nobody has named it."""
    return places(connection, township).get(township, township_subject(township))


def area_of(
    remit: Remit, capability: str, connection: Connection, township: str, about: str
) -> str | None:
    """Where a subject is now, or None where it is unknown or outside the remit."""
    found: str | None = connection.scalar(
        sa.select(subject.c.area).where(subject.c.township == township, subject.c.subject == about)
    )
    return found if found is not None and remit.allows(capability, found) else None


def corrections(
    remit: Remit, capability: str, connection: Connection, township: str, most: int
) -> list[Mapping[str, Any]]:
    """Wishes to take facts back about subjects in the remit, the newest first, with their area."""
    return _corrections(remit, capability, connection, township, most, sa.true())


def corrections_waiting(
    remit: Remit, capability: str, connection: Connection, township: str, most: int
) -> list[Mapping[str, Any]]:
    """Those of them that a second person has still to decide."""
    return _corrections(remit, capability, connection, township, most, correction.c.waits)


def _corrections(
    remit: Remit,
    capability: str,
    connection: Connection,
    township: str,
    most: int,
    which: sa.ColumnElement[bool],
) -> list[Mapping[str, Any]]:
    places = remit.inside(capability, township)
    if not places:
        return []
    here = sa.and_(
        subject.c.township == correction.c.township, subject.c.subject == correction.c.subject
    )
    rows = connection.execute(
        sa.select(correction, subject.c.area)
        .join(subject, here)
        .where(
            correction.c.township == township,
            which,
            # Whoever sees the whole township needs no look at where each is.
            *([] if township in places else [anywhere(places, subject.c.area)]),
        )
        .order_by(correction.c.at.desc(), correction.c.id)
        .limit(most)
    )
    return [dict(row._mapping) for row in rows]
