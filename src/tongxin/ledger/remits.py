"""A remit as a condition on a column of areas: the one gate of every query that returns records."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tongxin.base.areas import span
from tongxin.base.remit import Remit


def within(remit: Remit, capability: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` lies in an area where `capability` is granted: ranges of one index."""
    ranges = [span(area) for area in remit.areas(capability)]
    if not ranges:
        return sa.false()
    return sa.or_(*(sa.and_(column >= low, column < high) for low, high in ranges))


def inside(area: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` is `area` or lies inside it."""
    low, high = span(area)
    return sa.and_(column >= low, column < high)
