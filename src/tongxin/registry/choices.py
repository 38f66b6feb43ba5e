"""What pages of the registry let choose from: villages and grids of whoever asks."""

from collections.abc import Iterable

from tongxin.base.areas import Level
from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.registry.grids import queries as grids
from tongxin.registry.grids.rules import leaves
from tongxin.registry.labels import Labels
from tongxin.registry.queries import places

Option = tuple[str, Text | str]


def villages(desk: Desk, may: str) -> list[Option]:
    """The villages in which the asker holds a capability, wholly or in part."""
    named = places(desk.connection, desk.township)
    return [
        (code, name)
        for code, name in named.items()
        if len(code) == Level.VILLAGE and desk.remit.inside(may, code)
    ]


def doors(desk: Desk, may: str) -> list[Option]:
    """Where the asker may put a household: leaf grids, and villages that are not divided."""
    found: list[Option] = []
    for village, name in villages(desk, may):
        drawn = grids.grids(desk.connection, desk.township, village)
        open_ = set(leaves([grid.code for grid in drawn]))
        here: list[Option] = [
            (grid.code, f"{name} {grid.name}") for grid in drawn if grid.code in open_
        ]
        found += [
            option for option in here or [(village, name)] if desk.remit.allows(may, option[0])
        ]
    return found


def options(labels: Labels, without: Iterable[str] = ()) -> list[Option]:
    """The choices that labels make."""
    return [(key, label) for key, label in labels.items() if key and key not in set(without)]


def grid_names(desk: Desk, area: str) -> dict[str, str]:
    """What the grids of an area are called, by code."""
    return {grid.code: grid.name for grid in grids.grids(desk.connection, desk.township, area)}
