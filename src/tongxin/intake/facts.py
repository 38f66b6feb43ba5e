"""What is recorded about an import itself: the office's note of it, without anybody's data."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.areas import LEAF_PATTERN
from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Kind, Purpose

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0)]


class FileImported(Fact, frozen=True, kw_only=True):
    """A list was brought, and its rows became facts.

    `list_kind` is a pillar's kind of list, `area` whose office did it (a township, a village or a
    grid); `digest` is the SHA-256 of the file, of which nothing else is kept. Each row that is no
    title, total or remark counts once: `new`, `added` (to what was known), `known`, `doubtful`
    (recorded apart, for a person to decide) or `returned`. `mapping` is what each header, bare of
    remarks, was taken for.
    """

    list_kind: Annotated[str, Meta(pattern="^[a-z]+$", max_length=30)]
    area: Annotated[str, Meta(pattern=rf"^([1-9][0-9]{{8}}|{LEAF_PATTERN})$")]
    digest: Digest
    new: Count
    added: Count
    known: Count
    doubtful: Count
    returned: Count
    mapping: dict[str, str]


FILE_IMPORTED: Final = Kind(
    name="intake.file_imported", body=FileImported, about=frozenset({"import"}),
    purpose=Purpose.OFFICE, may="intake.import", title=Text("导入名单", "List imported"),
    doors=DESK, introduces=True,
)  # fmt: skip

KINDS: Final = (FILE_IMPORTED,)


def place_told(body: object) -> str | None:
    """Where the office is that brought a list, if the fact tells of one."""
    return body.area if isinstance(body, FileImported) else None
