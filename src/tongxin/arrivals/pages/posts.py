"""Checkpoints on screen: where they are, what they have, which villages nobody watches."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.arrivals.checkpoints import api, facts, queries
from tongxin.base.problems import ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry import queries as registry

NO_POST_NAME = ProblemKind(
    "arrivals.no_post_name", 422, zh="请给卡点起个名字。", en="Give the checkpoint a name."
)
NO_COVERED = ProblemKind(
    "arrivals.no_covered",
    422,
    zh="请至少选一个它管的村。",
    en="Choose at least one village that it covers.",
)
OPENED = says("arrivals.post_opened", "卡点已登记。", "The checkpoint is recorded.")
CLOSED = says("arrivals.post_closed", "卡点已撤销。", "The checkpoint is closed.")


@get("/checkpoints", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_page(desk: AtDesk) -> Template:
    """Every checkpoint, and the villages of the asker that none covers."""
    return _page(desk, Form())


@get("/checkpoints/{checkpoint:str}", opt={"may": "places.record"}, sync_to_thread=True)
def edit_page(desk: AtDesk, checkpoint: FromPath[str]) -> Template:
    """One checkpoint, to be told anew or closed."""
    one = api.found(desk, checkpoint)
    form = Form(
        {"villages": list(one.villages)}, checkpoint=one.id, name=one.name, place=one.place,
        equipment="、".join(one.equipment),
    )  # fmt: skip
    return _page(desk, form, edited=one)


@post("/checkpoints", opt={"may": "places.record"}, sync_to_thread=True)
def open_post(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Record a checkpoint, new or told anew."""
    form = Form(data)
    name, villages = form.text("name", NO_POST_NAME), _listed(form.given.get("villages"))
    if not villages:
        form.wrong(NO_COVERED, "villages")
    body = form.made(
        facts.CheckpointOpened, name=name, place=form.text("place"), villages=villages,
        equipment=_words(form.text("equipment")),
    )  # fmt: skip
    if body is not None and form.sound:
        with form.trying():
            api.opened(
                desk, api.NewCheckpoint(opened=body, checkpoint=form.text("checkpoint") or None)
            )
            return go("/checkpoints", OPENED)
    return _page(desk, form, 422)


@post("/checkpoints/{checkpoint:str}/close", opt={"may": "places.record"}, sync_to_thread=True)
def close_post(desk: AtDesk, checkpoint: FromPath[str], data: Typed) -> Redirect:
    """Record that a checkpoint is closed."""
    api.closed(desk, checkpoint, Form(data).text("reason")[:200])
    return go("/checkpoints", CLOSED)


def _words(told: str) -> list[str]:
    """What a list in one line names."""
    words = (word.strip() for word in told.replace(",", "、").replace("，", "、").split("、"))
    return [word for word in words if word]


def _listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) and given else list(given or [])


def _page(
    desk: Desk, form: Form, status: int = 200, edited: queries.Post | None = None
) -> Template:
    named = registry.places(desk.connection, desk.township)
    form.given["villages"] = _listed(form.given.get("villages"))
    return desk.page(
        "arrivals/posts.html", status, form=form, edited=edited,
        posts=queries.checkpoints(desk.connection, desk.township),
        uncovered=queries.uncovered_in(desk.remit, desk.connection, desk.township),
        villages=[(c, n) for c, n in named.items() if len(c) > len(desk.township)],
        may=desk.remit.holds("places.record"),
    )  # fmt: skip


HANDLERS: list[Any] = [list_page, edit_page, open_post, close_post]
