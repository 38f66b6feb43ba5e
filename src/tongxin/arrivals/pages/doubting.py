"""Doubts on screen: both sides, in what they are alike, and the decision."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect, Template

from tongxin.arrivals.doubts import api, queries
from tongxin.base.problems import ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry.identity.deciding import same_number

NO_DECISION = ProblemKind(
    "arrivals.no_likeness_reason",
    422,
    zh="请写明怎样核对的（至少 2 个字），不要写姓名。",
    en="Say how it was checked (2 characters at least). Name nobody.",
)
ONE = says(
    "arrivals.one_person",
    "已认定为同一人：一起判断，数字只算一次。",
    "Found to be one person: judged together, counted once.",
)
TWO = says(
    "arrivals.two_people", "已认定为两个人，不再提示。", "Found to be two people; asked no more."
)

_NUMBERS = 50  # pairs with one ID number on a page; the next come when these are decided


@get("/doubts", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_page(
    desk: AtDesk,
    person: FromQuery[str] = "",
    step: Annotated[int, QueryParameter(ge=0, le=10_000)] = 0,
) -> Template:
    """Records that may be one person, the likeliest first."""
    return _page(desk, Form(), person, step)


@post("/doubts", opt={"may": "people.join"}, sync_to_thread=True)
def decide(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Record whether two records are one person."""
    form = Form(data)
    reason, same = form.text("reason"), form.text("decision") == "same"
    if len(reason) < 2:
        form.wrong(NO_DECISION, "reason")
    else:
        with form.trying():
            new = api.Decision(
                one=form.text("one"), other=form.text("other"), is_same=same, reason=reason[:400]
            )
            api.decided(desk, new)
            return go("/doubts", ONE if same else TWO)
    return _page(desk, form, "", 0, 422)


def _page(desk: Desk, form: Form, person: str, step: int, status: int = 200) -> Template:
    found = api.found(desk, person, step)
    first = not person and not step and desk.remit.holds("people.join")
    return desk.page(
        "arrivals/doubts.html", status, form=form, doubts=found, person=person,
        numbers=same_number(desk, _NUMBERS) if first else [], step=step,
        looked_at=queries.STEP, days=api.RECENT.days, may=desk.remit.holds("people.join"),
        further=not person and api.reaches(desk, step + 1), here="/doubts",
    )  # fmt: skip


HANDLERS: list[Any] = [list_page, decide]
