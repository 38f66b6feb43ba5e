"""Limits that hold before anything is parsed: a small file must not become a large one.

A workbook is a ZIP of XML. Entries that unpack to a thousand times their size, lie about it,
share their bytes or are locked are refused; so is XML that defines entities of its own.
"""

import io
import zipfile
import zlib
from itertools import pairwise
from typing import Final
from xml.parsers import expat

from tongxin.base.problems import ProblemKind

LARGEST_FILE: Final = 30_000_000
_LARGEST_UNPACKED: Final = 600_000_000
_LARGEST_ENTRY: Final = 450_000_000
_MOST_ENTRIES: Final = 2_000
_HIGHEST_RATIO: Final = 300
# Small entries may be as dense as they like.
_RATIO_COUNTS_FROM: Final = 5_000_000
_CHUNK: Final = 1 << 20
_LOCKED: Final = 0x1
_BROKEN: Final = (
    expat.ExpatError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, OSError,
    NotImplementedError,
)  # fmt: skip

TOO_LARGE = ProblemKind(
    "sheets.too_large",
    413,
    zh="文件太大（{size} MB，最多 {most} MB）。请拆成几个文件，或删去图片再上传。",
    en="The file is too large ({size} MB, {most} MB at most). Split it, or take out pictures.",
)
UNPACKS_TOO_LARGE = ProblemKind(
    "sheets.unpacks_too_large",
    413,
    zh="文件解开后大得不正常，没有打开。请把需要的表另存为一个新文件再上传。",
    en="The file unpacks to an unreasonable size and was not opened. Save the sheet that you need "
    "as a new file.",
)
DAMAGED = ProblemKind(
    "sheets.damaged",
    422,
    zh="文件打不开，可能已损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。",
    en="The file does not open; it may be damaged. Open it in Excel or WPS and save it as .xlsx.",
)
HAS_PASSWORD = ProblemKind(
    "sheets.has_password",
    422,
    zh="文件有密码。请在 Excel 或 WPS 里去掉密码，另存后再上传。",
    en="The file has a password. Take it off in Excel or WPS, save, and try again.",
)


def unpacked(data: bytes) -> zipfile.ZipFile:
    """The ZIP, once its directory promises nothing unreasonable."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise DAMAGED() from None
    entries = archive.infolist()
    if any(entry.flag_bits & _LOCKED for entry in entries):
        raise HAS_PASSWORD()
    if (
        len(entries) > _MOST_ENTRIES
        or sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED
        or any(_too_dense(entry) for entry in entries)
        or _share_bytes(entries)
    ):
        raise UNPACKS_TOO_LARGE()
    return archive


def _too_dense(entry: zipfile.ZipInfo) -> bool:
    if entry.file_size > _LARGEST_ENTRY:
        return True
    dense = entry.file_size > _HIGHEST_RATIO * max(entry.compress_size, 1)
    return dense and entry.file_size > _RATIO_COUNTS_FROM


def _share_bytes(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries are made of the same bytes: the way to a bomb of any size."""
    placed = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    return any(start + size > following for (start, size), (following, _) in pairwise(placed))


def fed(archive: zipfile.ZipFile, name: str, parser: expat.XMLParserType) -> None:
    """Parse one entry bit by bit; `sheets.damaged` where it is no XML or not what it says."""
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk)
            parser.Parse(b"", True)
    except _BROKEN:
        raise DAMAGED() from None


def _refuse_doctype(*_told: object) -> None:
    """Office writes none; somebody who wants entities that grow does."""
    raise UNPACKS_TOO_LARGE()
