"""From the bytes of a file to a `Book`. What it is, its bytes say; its name is not believed."""

import hashlib
import re
import zipfile
from typing import Final

from tongxin.base.problems import ProblemKind
from tongxin.sheets import delimited, excel, safety
from tongxin.sheets.book import Book

EMPTY = ProblemKind(
    "sheets.empty",
    422,
    zh="文件里没有内容。请检查是否选错了文件。",
    en="There is nothing in this file. Check whether it is the right one.",
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# An .xlsx with a password is an OLE file that holds a stream of this name, in UTF-16.
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_MARKUP: Final = re.compile(
    rb"\s*<(\?xml|!doctype|html|table|head|meta|div|style)\b", re.IGNORECASE
)
_BINARY: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8")


def read(data: bytes) -> Book:
    """All that a file holds. Problems: those of `safety`, `excel` and `delimited`, `sheets.empty`.

    To be called where memory and time are bounded: see `apart`.
    """
    if len(data) > safety.LARGEST_FILE:
        raise safety.TOO_LARGE(size=-(-len(data) // 1_000_000), most=safety.LARGEST_FILE // 10**6)
    book = Book("", hashlib.sha256(data).hexdigest(), [])
    if data.startswith(_ZIP):
        _read_zip(book, data)
    elif data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise safety.HAS_PASSWORD()
        book.kind = "xls"
        book.sheets, book.from_1904 = excel.xls(data)
    elif (known := _named(data)) is not None:
        raise excel.OTHER_KIND(kind=known)
    else:
        book.kind = "csv"
        text, book.encoding = delimited.text_of(data)
        book.delimiter = delimited.delimiter_of(text)
        book.sheets = [delimited.sheet_of(text, book.delimiter)]
    if not any(sheet.lines for sheet in book.sheets):
        raise EMPTY()
    return book


def _read_zip(book: Book, data: bytes) -> None:
    with safety.unpacked(data) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            book.kind = "xlsx"
            book.sheets, book.from_1904 = excel.xlsx(archive, data)
        elif "content.xml" in names and _is_calc(archive):
            book.kind = "ods"
            book.sheets = excel.ods(data)
        else:
            kinds = {"xl/workbook.bin": ".xlsb", "word/document.xml": ".docx"}
            kind = next((told for name, told in kinds.items() if name in names), ".zip")
            raise excel.OTHER_KIND(kind=kind)


def _is_calc(archive: zipfile.ZipFile) -> bool:
    return "mimetype" in archive.namelist() and b"spreadsheet" in archive.read("mimetype")[:200]


def _named(data: bytes) -> str | None:
    """What a file is that is none of ours; web pages that were named .xls are frequent."""
    if _MARKUP.match(data[:400].removeprefix(b"\xef\xbb\xbf")):
        return "HTML / XML"
    return next((f"{magic[:4]!r}" for magic in _BINARY if data.startswith(magic)), None)
