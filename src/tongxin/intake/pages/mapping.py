"""Which sheet, which row is the header, and which column is what: proposed, corrected, saved."""

import re
from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from tongxin.base.clock import day_of
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go
from tongxin.intake import mapping
from tongxin.intake.kinds import SheetKind
from tongxin.intake.proposing import Chosen, year_of
from tongxin.intake.running import MAY
from tongxin.intake.staging import Head
from tongxin.intake.taking import found


@get("/imports/{import_id:str}/mapping", opt={"may": MAY}, sync_to_thread=True)
def mapping_page(
    desk: AtDesk, import_id: FromPath[str], sheet: FromQuery[int] = -1, row: FromQuery[int] = 0
) -> Template:
    """What each column is taken for; another sheet or header row can be looked at."""
    head, kind = found(desk, import_id)
    if head.confirmed:
        raise mapping.CONFIRMED()
    mapped = head.mapped if sheet < 0 and row == 0 else None
    chosen = mapping.chosen(desk, head, kind, sheet, row)
    form = Form(
        area=head.area, year=str(head.year or year_of(chosen.sheet, day_of(desk.now))),
        hidden="yes" if mapped is None or mapped.hidden_rows else "",
    )  # fmt: skip
    if mapped is not None:
        form.given |= {f"column-{n}": key for n, key in enumerate(mapped.keys)}
    return _page(desk, import_id, head, kind, chosen, form)


@post("/imports/{import_id:str}/mapping", opt={"may": MAY}, sync_to_thread=True)
def save_mapping(desk: AtDesk, import_id: FromPath[str], data: Typed) -> Template | Redirect:
    """Save what each column is; then what would become of each row."""
    head, kind = found(desk, import_id)
    if head.confirmed:
        raise mapping.CONFIRMED()
    form = Form(data)
    chosen = mapping.chosen(desk, head, kind, _whole(form, "sheet", -1), _whole(form, "row", 0))
    hidden = form.text("hidden") == "yes"
    mapped, wrong = mapping.mapped(kind, chosen, _keys(form, chosen), hidden=hidden)
    form.problems += wrong
    year = form.text("year")
    if not mapping.is_year(year):
        form.wrong(mapping.BAD_YEAR, "year")
    if not form.sound:
        return _page(desk, import_id, head, kind, chosen, form, 422)
    mapping.save(desk, import_id, head, kind, mapped, form.text("area"), int(year))
    return go(f"/imports/{import_id}")


def _whole(form: Form, name: str, otherwise: int) -> int:
    typed = form.text(name)
    return int(typed) if re.fullmatch(r"-?\d{1,6}", typed, re.ASCII) else otherwise


def _keys(form: Form, chosen: Chosen) -> dict[int, str]:
    """What was chosen for each column, by its number."""
    every = range(len(chosen.header.proposals))
    return {n: form.text(f"column-{n}") for n in every}


def _page(
    desk: Desk, import_id: str, head: Head, kind: SheetKind, chosen: Chosen, form: Form,
    status: int = 200,
) -> Template:  # fmt: skip
    return desk.page(
        "intake/mapping.html", status, import_id=import_id, kind=kind, form=form,
        sheets=[(n, sheet.name) for n, sheet in enumerate(head.book.sheets)], chosen=chosen,
        columns=mapping.choices(kind, chosen, _keys(form, chosen)), options=mapping.options(kind),
        areas=mapping.areas(desk, kind), rows=max(chosen.sheet.height - chosen.header.last, 0),
    )  # fmt: skip


HANDLERS: list[Any] = [mapping_page, save_mapping]
