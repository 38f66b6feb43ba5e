"""Checkpoints for programs: open one, say anew what it covers, close it, see what is uncovered."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from tongxin.arrivals.checkpoints import facts, queries
from tongxin.base.ids import new_subject, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import OFFICE, Verdict

NOT_HERE = ProblemKind(
    "arrivals.village_not_here",
    422,
    zh="{village} 不是本镇的村。",
    en="{village} is no village of this township.",
)


class NewCheckpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checkpoint as it is opened; `checkpoint` names one that is told anew."""

    opened: facts.CheckpointOpened
    checkpoint: str | None = None


class Closing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a checkpoint is closed."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class Village(Struct, frozen=True):
    """A village by code and name."""

    code: str
    name: str


class Posts(Struct, frozen=True):
    """All checkpoints, and the asker's villages that none of the open ones covers."""

    checkpoints: list[queries.Post]
    uncovered: list[Village]


class Opened(Struct, frozen=True):
    """Under which id a checkpoint is known from now on."""

    checkpoint: str
    id: str


@get("/api/v1/checkpoints", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_checkpoints(desk: AtDesk) -> Posts:
    """Every checkpoint with the villages it covers, and those of the asker that none covers."""
    bare = queries.uncovered_in(desk.remit, desk.connection, desk.township)
    return Posts(
        queries.checkpoints(desk.connection, desk.township),
        [Village(code, name) for code, name in bare],
    )


@post("/api/v1/checkpoints", opt={"may": "places.record"}, sync_to_thread=True)
def open_checkpoint(desk: AtDesk, data: JSONBody[NewCheckpoint]) -> Opened:
    """Open a checkpoint, or tell anew what one is."""
    return opened(desk, data)


@post("/api/v1/checkpoints/{checkpoint:str}/close", opt={"may": "places.record"},
      sync_to_thread=True)  # fmt: skip
def close_checkpoint(desk: AtDesk, checkpoint: FromPath[str], data: JSONBody[Closing]) -> Verdict:
    """Close a checkpoint: its villages are uncovered until another covers them."""
    return closed(desk, checkpoint, data.reason)


def opened(desk: Desk, new: NewCheckpoint) -> Opened:
    """Record that a checkpoint is open, with the villages of this township that it covers."""
    for village in new.opened.villages:
        if not village.startswith(desk.township):
            raise NOT_HERE(field="villages", village=village)
    subject = found(desk, new.checkpoint).id if new.checkpoint else new_subject("checkpoint")
    verdict = desk.record(
        facts.CHECKPOINT_OPENED, new.opened, subject=subject, purpose=OFFICE, area=desk.township
    )
    return Opened(subject, verdict.id)


def closed(desk: Desk, checkpoint: str, reason: str) -> Verdict:
    """Record that a checkpoint is closed."""
    post = found(desk, checkpoint)
    return desk.record(
        facts.CHECKPOINT_CLOSED, facts.CheckpointClosed(reason=reason), subject=post.id,
        purpose=OFFICE, area=desk.township,
    )  # fmt: skip


def found(desk: Desk, checkpoint: str) -> queries.Post:
    """A checkpoint of the asker's township, or `base.not_found`."""
    subject = subject_id(checkpoint, "checkpoint")
    posts = queries.checkpoints(desk.connection, desk.township)
    one = next((post for post in posts if post.id == subject), None)
    if one is None:
        raise NOT_FOUND()
    return one


HANDLERS: list[Any] = [list_checkpoints, open_checkpoint, close_checkpoint]
