"""A file is brought: read in a process of its own, sealed, and shown for mapping."""

from typing import Any, Final

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Uploaded, go
from tongxin.intake import queries
from tongxin.intake.kinds import SheetKind
from tongxin.intake.running import MAY
from tongxin.intake.staging import KEPT_DAYS, Staging
from tongxin.intake.taking import NO_FILE, NO_KIND, brought, mine
from tongxin.sheets.safety import LARGEST_FILE

_SHOWN: Final = 20
# What a form carries beside its file.
_SLACK: Final = 100_000


@get("/imports", opt={"may": MAY}, sync_to_thread=True)
def imports_page(desk: AtDesk, kind: FromQuery[str] = "") -> Template:
    """Bring a file; go on with one; see what was imported."""
    kinds = mine(desk)
    only = next(iter(kinds)) if len(kinds) == 1 else ""
    return _page(desk, Form(kind=kind if kind in kinds else only))


@post(
    "/imports", opt={"may": MAY, "upload": True}, sync_to_thread=True,
    request_max_body_size=LARGEST_FILE + _SLACK,
)  # fmt: skip
def bring(desk: AtDesk, upload: Uploaded) -> Template | Redirect:
    """Read a file and seal it; then on to its columns."""
    form = Form(upload.typed)
    kind = mine(desk).get(form.text("kind"))
    if kind is None:
        form.wrong(NO_KIND, "kind")
    if not upload.file:
        form.wrong(NO_FILE, "file")
    if kind is not None and form.sound:
        with form.trying():
            return go(f"/imports/{brought(desk, kind, upload.file)}/mapping")
    return _page(desk, form, 422)


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    staging = Staging(desk.store, desk.township)
    kinds: dict[str, SheetKind] = dict(desk.sheets())
    return desk.page(
        "intake/imports.html", status, form=form, kinds=kinds,
        offered=[(kind.id, kind.title, kind.lead) for kind in mine(desk).values()],
        waiting=list(staging.mine(desk.connection, desk.who.account).items()),
        imports=queries.imports(desk.remit, desk.connection, desk.township, _SHOWN),
        people=names(desk.connection, desk.township), kept_days=KEPT_DAYS,
    )  # fmt: skip


HANDLERS: list[Any] = [imports_page, bring]
