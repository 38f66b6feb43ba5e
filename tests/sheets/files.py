"""Files as people bring them: workbooks by XlsxWriter, and such as no decent program writes."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tongxin.sheets.book import Book
from tongxin.sheets.reading import read

Rows = Sequence[Sequence[Any]]
DAY: Final = "yyyy-m-d"
REAL: Final = (
    "序号", "姓名", "身份证号", "电话", "地址", "家庭住址", "返回说明", "返回时间", "行程码",
    "健康码", "核酸结果", "疫苗", "体温", "上报村", "网格员", "上报日期", "返乡类型", "防控措施",
)  # fmt: skip
"""The columns of a real township's ledger of April 2022, in their order."""


def xlsx(
    rows: Rows,
    touch: Callable[[xlsxwriter.Workbook, Worksheet], None] | None = None,
    *,
    name: str = "台账",
    from_1904: bool = False,
) -> bytes:
    """A workbook with these rows; `touch` does the rest. Days are formatted, texts are texts."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "date_1904": from_1904})
    day = book.add_format({"num_format": DAY})
    sheet = book.add_worksheet(name)
    for n, row in enumerate(rows):
        for m, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(n, m, value)
            elif isinstance(value, datetime | date):
                sheet.write_datetime(n, m, value, day)
            elif value is not None:
                sheet.write(n, m, value)
    if touch is not None:
        touch(book, sheet)
    book.close()
    return target.getvalue()


def replaced(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The same ZIP with some entries replaced, or, with None, left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = parts.get(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry.filename, content, zipfile.ZIP_DEFLATED)
        for name in parts.keys() - {entry.filename for entry in old.infolist()}:
            if (content := parts[name]) is not None:
                new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


SHEET: Final = "xl/worksheets/sheet1.xml"


def sheet_xml(data: bytes, change: Callable[[str], str]) -> bytes:
    """The same workbook, the XML of its first sheet changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(SHEET).decode()
    return replaced(data, {SHEET: change(text).encode()})


def values(data: bytes) -> list[list[Any]]:
    """The values of a file's first sheet, as they are read."""
    return [line.cells for line in first(data).sheets[0].lines]


def first(data: bytes) -> Book:
    """A file as it is read here and now."""
    return read(data)


def ods(cell: str) -> bytes:
    """An OpenDocument file whose one cell holds this."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "manifest")
    )
    manifest = (
        f'<manifest:manifest {names}><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>'
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        '<table:table table:name="台账"><table:table-row>'
        f'<table:table-cell office:value-type="string">{cell}</table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return target.getvalue()
