"""Tasks on screen: what is to be done, overdue first; done in one tap."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Template
from msgspec import Struct

from tongxin.base.clock import from_ms, to_ms
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Called, Desk
from tongxin.forms import go, says
from tongxin.work import api, queries
from tongxin.work.rules import PROVED_AT, PROVED_BY, urgency

DONE = says(
    "work.done",
    "已记为完成。点错了？24 小时内可以在本人页面撤回；撤回也会记录。",
    "Recorded as done. By mistake? Within 24 hours you can take it back on the person's page; that "
    "is recorded too.",
)
PAGE: Final = 50
# Lists on which a task may be done, to come back to.
_LISTS: Final = ("/", "/tasks", "/changed")


class Owed(Struct, frozen=True):
    """One task as a list shows it; `action` does it in one tap, `href` leads to its form."""

    door: str
    who: str
    title: Text
    state: str
    due_at: int
    action: str
    href: str


@get("/tasks", opt={"may": "work.read"}, sync_to_thread=True)
def tasks_page(
    desk: AtDesk,
    late: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1,
) -> Template:
    """All that is to be done in the remit, by when it is due: the overdue come first."""
    now_ms, only_late, after = to_ms(desk.now), late == "1", (page - 1) * PAGE
    counted = queries.counts(desk.remit, desk.connection, desk.township, now_ms)
    total = counted["overdue"] if only_late else counted["open"]
    most = min(PAGE, max(total - after, 0)) if only_late else PAGE
    rows = queries.open_tasks(desk.remit, desk.connection, desk.township, now_ms, most, after)
    return desk.page(
        "work/tasks.html", tasks=owed(desk, rows, "/tasks"), counted=counted, late=only_late,
        page=page, pages=max(-(-total // PAGE), 1),
    )  # fmt: skip


@post(
    "/tasks/{person:str}/{episode:str}/{task:str}/done", opt={"may": "work.do"}, sync_to_thread=True
)
def done(
    desk: AtDesk,
    person: FromPath[str],
    episode: FromPath[str],
    task: FromPath[str],
    back: FromQuery[str] = "/tasks",
) -> Redirect:
    """Record that a task was done now, and go back to the list."""
    api.done(desk, person, episode, task, api.Doing())
    return go(back if back in (*_LISTS, f"/arrivals/{person}") else "/tasks", DONE)


def owed(desk: Desk, rows: Sequence[queries.Row], back: str) -> list[Owed]:
    """Rows of tasks as a list shows them, with whom they are about."""
    people = desk.called({row["subject"] for row in rows})
    return [_owed(desk, row, people.get(row["subject"]), back) for row in rows]


def _owed(desk: Desk, row: queries.Row, called: Called | None, back: str) -> Owed:
    person = row["subject"]
    lapses = None if row["lapses_at"] is None else from_ms(row["lapses_at"])
    state = urgency(desk.now, from_ms(row["opens_at"]), from_ms(row["due_at"]), lapses, None)
    form = f"#{PROVED_BY[row['kind']]}" if row["kind"] in PROVED_BY else ""
    reads = desk.remit.allows("arrivals.read", row["area"])
    page = PROVED_AT.get(row["kind"], "")
    does = desk.remit.allows("work.do", row["area"]) and not form and not page
    href = (
        f"{page}?person={person}&episode={row['episode']}" if page else f"/arrivals/{person}{form}"
    )
    return Owed(
        door=called.address if called and called.address else row["area"],
        who=called.name if called else "", title=Text(row["title_zh"], row["title_en"]),
        state=state.value, due_at=row["due_at"],
        action=f"/tasks/{person}/{row['episode']}/{row['task']}/done?back={back}" if does else "",
        href=href if reads else "",
    )  # fmt: skip


HANDLERS: list[Any] = [tasks_page, done]
