"""How lists of areas at risk are found."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.remit import Remit
from tongxin.registry.tables import risk_list


def list_rows(remit: Remit, connection: Connection, township: str) -> list[Mapping[str, Any]]:
    """All lists, newest hour first; needs `policy.read` there."""
    if not remit.allows("policy.read", township):
        return []
    rows = connection.execute(
        sa.select(risk_list)
        .where(risk_list.c.township == township)
        .order_by(risk_list.c.published_at.desc(), risk_list.c.proposal.desc())
    )
    return [dict(row._mapping) for row in rows]


def list_row(
    remit: Remit, connection: Connection, township: str, subject: str
) -> Mapping[str, Any] | None:
    """One list; needs `policy.read` there."""
    if not remit.allows("policy.read", township):
        return None
    row = connection.execute(
        sa.select(risk_list).where(risk_list.c.township == township, risk_list.c.subject == subject)
    ).first()
    return dict(row._mapping) if row else None
