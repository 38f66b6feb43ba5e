"""What leaves the program: nothing in it runs, it says who took it, and it can be read again."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import pytest

from tests.sheets import files
from tongxin.sheets import apart, writing
from tongxin.sheets.book import Moment, Note
from tongxin.sheets.reading import read
from tongxin.sheets.writing import Cells, Wide, Written

AT: Final = datetime(2022, 4, 7, 6)
WHAT: Final = Written(
    "返乡人员台账", ("桃林铺镇返乡人员台账", "导出人：李建国"),
    (Wide("姓名"), Wide("身份证号", 22), Wide("体温", 8, "number"), Wide("返回时间", 12, "moment")),
    "李建国 & 王芳 2022-04-07 06:00", "李建国", "镇里汇总上报", AT, 1,
)  # fmt: skip


def written(*rows: Sequence[Any]) -> bytes:
    return writing.written(WHAT, [Cells(row) for row in rows])


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def test_what_is_written_is_read_again_as_it_was() -> None:
    row = ["陈静", "411599198806120241", 36.5, Moment(AT)]
    assert files.values(written(row))[3] == row


def test_title_and_who_took_it_stand_above_the_header() -> None:
    assert files.values(written())[:3] == [
        ["桃林铺镇返乡人员台账"], ["导出人：李建国"], ["姓名", "身份证号", "体温", "返回时间"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "http://a.b/", "007"])
def test_no_text_becomes_a_formula_a_number_or_a_link(text: str) -> None:
    data = written([text])
    assert read(data).sheets[0].lines[3].cells == [text]
    assert Note.FORMULA not in read(data).sheets[0].lines[3].notes.values()
    assert "<f" not in part(data, files.SHEET)
    assert "hyperlink" not in part(data, files.SHEET)


def test_a_text_that_begins_like_a_formula_stays_one_when_it_is_edited() -> None:
    assert 'quotePrefix="1"' in part(written(["=1+1"]), "xl/styles.xml")


def test_an_id_number_typed_into_a_column_of_texts_stays_whole() -> None:
    """Excel rounds what is typed into a cell of the general format, and not into one of texts."""
    styles = part(written(), "xl/styles.xml")
    columns = re.findall(r"<col [^>]*>", part(written(), files.SHEET))
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    found = [re.findall(r'style="(\d+)"', column) for column in columns]
    text = "49"  # the built-in format @
    assert [[formats[int(n)] == text for n in each] for each in found] == [[True], [True], [], []]


def test_who_took_it_stands_in_the_properties_and_on_each_page() -> None:
    data = written()
    core = part(data, "docProps/core.xml")
    assert "<dc:creator>李建国</dc:creator>" in core
    assert "<dc:subject>镇里汇总上报</dc:subject>" in core
    assert "2022-04-07T06:00:00" in core
    assert "李建国 &amp;&amp; 王芳 2022-04-07 06:00" in part(data, files.SHEET)


def test_it_is_the_same_when_a_process_of_its_own_writes_it() -> None:
    rows = [Cells([f"人{n}", None, 36.5, Moment(AT)], [1]) for n in range(1_200)]
    assert files.values(apart.written(WHAT, rows)) == files.values(writing.written(WHAT, rows))


def test_control_characters_do_no_harm() -> None:
    assert len(files.values(written(["陈\x00静\x0b", "x"]))) == 4
