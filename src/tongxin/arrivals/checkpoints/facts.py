"""What is recorded about a checkpoint. A later telling replaces an earlier one."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Kind, Purpose

Village = Annotated[str, Meta(pattern=r"^[1-9][0-9]{11}$")]


class CheckpointOpened(Fact, frozen=True, kw_only=True):
    """A checkpoint is open: its name, where it stands, whom it covers, what it has.

    Recorded again for the same checkpoint, the latest telling counts, also after it was closed.
    """

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    place: Annotated[str, Meta(max_length=120)] = ""
    villages: Annotated[tuple[Village, ...], Meta(max_length=60)]
    equipment: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(max_length=20)
    ] = ()


class CheckpointClosed(Fact, frozen=True, kw_only=True):
    """A checkpoint is closed: its villages are no longer covered by it."""

    reason: Annotated[str, Meta(max_length=200)] = ""


_CHECKPOINT: Final = frozenset({"checkpoint"})

CHECKPOINT_OPENED: Final = Kind(
    name="arrivals.checkpoint_opened", body=CheckpointOpened, about=_CHECKPOINT,
    purpose=Purpose.OFFICE, may="places.record", title=Text("设立卡点", "Checkpoint opened"),
    doors=DESK, introduces=True,
)  # fmt: skip
CHECKPOINT_CLOSED: Final = Kind(
    name="arrivals.checkpoint_closed", body=CheckpointClosed, about=_CHECKPOINT,
    purpose=Purpose.OFFICE, may="places.record", title=Text("撤销卡点", "Checkpoint closed"),
    doors=DESK,
)  # fmt: skip

KINDS: Final = (CHECKPOINT_OPENED, CHECKPOINT_CLOSED)
