"""A remit as a condition on a column of areas: the one gate of every query that returns records."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.sql import operators

from tongxin.base.areas import span
from tongxin.base.remit import Remit

_PLUS: Final[operators.custom_op[Any]] = operators.custom_op("+")


def within(
    remit: Remit, capability: str, column: ColumnElement[Any], township: str = ""
) -> ColumnElement[bool]:
    """Whether `column` lies in an area where `capability` is granted: ranges of one index.

    With `township`, the query narrows to that township itself, and a remit for all of it adds
    nothing: PostgreSQL takes the two conditions for independent, expects a thirtieth of the rows
    that come, and sorts a whole township instead of reading fifty rows in order.
    """
    if township and covers(remit, capability, township):
        return sa.true()
    ranges = [span(area) for area in remit.areas(capability)]
    if not ranges:
        return sa.false()
    return sa.or_(*(sa.and_(column >= low, column < high) for low, high in ranges))


def inside(area: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` is `area` or lies inside it."""
    low, high = span(area)
    return sa.and_(column >= low, column < high)


def covers(remit: Remit, capability: str, township: str) -> bool:
    """Whether the remit holds the whole township, so that order alone may choose the index."""
    return any(township.startswith(area) for area in remit.areas(capability))


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """`column`, kept from choosing the index of a sort.

    To sort the rows of one village is cheap; to walk the whole township in the order of an index
    until fifty of its rows happen to lie in the village is not, and planners do not know it.
    """
    return sa.UnaryExpression(column, operator=_PLUS, type_=column.type)
