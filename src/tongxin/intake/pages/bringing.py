"""A file is brought: read in a process of its own, sealed, and shown for mapping."""

from typing import Any, Final

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.base.ids import new_subject
from tongxin.base.problems import ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Uploaded, go
from tongxin.intake import queries
from tongxin.intake.kinds import SheetKind
from tongxin.intake.running import MAY
from tongxin.intake.staging import KEPT_DAYS, Head, Staging
from tongxin.sheets import apart
from tongxin.sheets.safety import LARGEST_FILE

NO_FILE = ProblemKind(
    "intake.no_file",
    422,
    zh="请选择一个 Excel 或 CSV 文件。",
    en="Choose an Excel or CSV file.",
)
NO_KIND = ProblemKind(
    "intake.no_kind",
    422,
    zh="请选择这是哪一种名单。",
    en="Choose which kind of list this is.",
)
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
            read = apart.read(upload.file)
            import_id = new_subject("import")
            head = Head(desk.who.account, kind.id, read.book)
            Staging(desk.store, desk.township).begin(import_id, head, read.parts, desk.now)
            return go(f"/imports/{import_id}/mapping")
    return _page(desk, form, 422)


def mine(desk: Desk) -> dict[str, SheetKind]:
    """The kinds of list that the asker may import somewhere."""
    kinds: dict[str, SheetKind] = dict(desk.sheets())
    return {name: kind for name, kind in kinds.items() if desk.remit.holds(kind.may)}


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
