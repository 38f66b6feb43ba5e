"""The derived row of a grid."""

from collections.abc import Sequence

from tongxin.ledger.facts import Entry, Row
from tongxin.registry.grids import rules


def rows(entries: Sequence[Entry]) -> dict[str, list[Row]]:
    """The row of `grid`, where these entries of a place make one."""
    found = rules.grid(entries)
    return {} if found is None else {"grid": [{"code": found.code, "name": found.name}]}
