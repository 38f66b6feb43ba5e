"""A file is taken in, and found again by whoever brought it: what pages and the API share."""

from collections.abc import Mapping

from tongxin.base.ids import new_subject, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import Desk
from tongxin.intake.kinds import SheetKind
from tongxin.intake.staging import Head, Staging
from tongxin.intake.survey import Asking
from tongxin.sheets import apart

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


def mine(desk: Desk) -> Mapping[str, SheetKind]:
    """The kinds of list that the asker may import somewhere."""
    kinds: Mapping[str, SheetKind] = desk.sheets()
    return {name: kind for name, kind in kinds.items() if desk.remit.holds(kind.may)}


def brought(desk: Desk, kind: SheetKind, file: bytes) -> str:
    """Read a file in a process of its own and seal it; the id of its import."""
    read = apart.read(file)
    import_id = new_subject("import")
    head = Head(desk.who.account, kind.id, read.book)
    Staging(desk.store, desk.township).begin(import_id, head, read.parts, desk.now)
    return import_id


def found(desk: Desk, import_id: str) -> tuple[Head, SheetKind]:
    """An import of the asker's own, and its kind; else `base.not_found`."""
    subject = subject_id(import_id, "import_id")
    head = Staging(desk.store, desk.township).head(desk.connection, subject, desk.who.account)
    kind = desk.sheets().get(head.kind)
    if kind is None:
        raise NOT_FOUND()
    return head, kind


def asking(desk: Desk) -> Asking:
    """Who imports, and when."""
    return Asking(desk.township, desk.who.account, desk.remit, desk.now)
