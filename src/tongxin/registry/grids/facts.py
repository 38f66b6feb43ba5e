"""What is recorded about grids. A grid is a place: its subject is `place-` and its code."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.areas import LEAF_PATTERN
from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Kind, Purpose, Words

Code = Annotated[str, Meta(pattern=rf"^{LEAF_PATTERN}$", min_length=15)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]


class GridDrawn(Fact, frozen=True, kw_only=True):
    """There is a grid of this code: `village-NN`, or a micro-grid inside it, `village-NN-NN`."""

    code: Code
    name: Name


class GridClosed(Fact, frozen=True, kw_only=True):
    """This grid is divided or joined otherwise; its households are to be placed anew."""

    code: Code
    reason: Words


def _kind(name: str, body: type[Fact], title: Text, introduces: bool = False) -> Kind:
    return Kind(
        name=name, body=body, about=frozenset({"place"}), purpose=Purpose.OFFICE,
        may="registry.arrange", title=title, doors=DESK, introduces=introduces,
    )  # fmt: skip


GRID_DRAWN: Final = _kind(
    "registry.grid_drawn", GridDrawn, Text("划分网格", "Grid drawn"), introduces=True
)
GRID_CLOSED: Final = _kind("registry.grid_closed", GridClosed, Text("撤销网格", "Grid closed"))

KINDS: Final = (GRID_DRAWN, GRID_CLOSED)
