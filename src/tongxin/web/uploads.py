"""Forms with a file, taken apart in memory: the framework would put larger files on a disk."""

import io
from typing import Final

from litestar import Request
from multipart import MultipartError, MultipartParser, parse_options_header

from tongxin.base.problems import ProblemKind
from tongxin.forms import Upload

NO_UPLOAD = ProblemKind(
    "web.no_upload",
    400,
    zh="没有收到完整的表单。请刷新页面，重新选择文件。",
    en="The form did not arrive whole. Reload the page and choose the file again.",
)
# A route that takes a file says so in its `opt`.
TAKES: Final = "upload"
_FILE: Final = "file"
_KIND: Final = "multipart/form-data"
_PARTS: Final = 20


def is_form(request: Request) -> bool:  # type: ignore[type-arg]  # as below
    """Whether what was sent says that it is a form with a file."""
    kind: str = parse_options_header(request.headers.get("content-type", ""))[0]
    return kind == _KIND


async def received(request: Request) -> Upload:  # type: ignore[type-arg]  # Litestar leaves the parameters of its own guards open
    """The fields and the file of a form; `web.no_upload` where it is none."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    body = await request.body()
    if kind != _KIND or not options.get("boundary"):
        raise NO_UPLOAD()
    parser = MultipartParser(
        io.BytesIO(body), options["boundary"], len(body), part_limit=_PARTS,
        spool_limit=len(body) + 1, memory_limit=len(body) + 1, disk_limit=0,
    )  # fmt: skip
    try:
        parts = {part.name: part for part in parser}
        file = parts.pop(_FILE).raw if _FILE in parts else b""
        return Upload({name: part.value for name, part in parts.items()}, file)
    except (MultipartError, UnicodeDecodeError):
        raise NO_UPLOAD() from None
