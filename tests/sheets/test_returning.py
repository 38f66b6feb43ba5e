"""Rows that did not go in come back as they were, with the reason, and can be brought again."""

from datetime import datetime
from typing import Final

from tests.sheets import files
from tests.sheets.lists import COLUMNS, setting, sheet
from tests.village import CHEN, MA
from tongxin.base.texts import Language
from tongxin.sheets import returning, writing
from tongxin.sheets.book import Value
from tongxin.sheets.header import header
from tongxin.sheets.reading import read
from tongxin.sheets.returning import Returned
from tongxin.sheets.rows import Row, mapped, reading

HEAD: Final[list[Value]] = ["序号", "姓名", "身份证号", "返回时间", "单位"]
BAD: Final[list[Value]] = [1.0, CHEN.name, 4.11599198806120e17, "2022-4-7", "=1+1"]
WORSE: Final[list[Value]] = [2.0, None, MA.id_number, "昨天", None]


def returned(language: Language = Language.ZH) -> bytes:
    of = sheet(HEAD, BAD, WORSE)
    how = mapped(header(of, COLUMNS, setting()))
    rows = list(reading(how, COLUMNS, setting()).rows(of.lines))
    bad = [Returned(row.line, row.faults) for row in rows if isinstance(row, Row)]
    what = returning.workbook(how, len(bad), "李建国", datetime(2022, 4, 7, 6), language)
    return writing.written(what, returning.rows(bad, how.titles, language))


def test_rows_come_back_as_they_were_with_the_reason_before_them() -> None:
    title, head, first, second = files.values(returned())
    assert str(title[0]).startswith("有 2 行没有登记")
    assert head == ["退回原因", "原行号", *HEAD]
    assert first[1:] == [2.0, *BAD]
    assert second[1:] == [3.0, *WORSE[:-1]]
    assert str(first[0]).startswith("身份证号：身份证号被 Excel 变成了数字")
    assert [line.partition("：")[0] for line in str(second[0]).splitlines()] == ["返回时间", "姓名"]


def test_the_reasons_are_told_in_english_too() -> None:
    assert "Excel turned this ID number into a number" in str(
        files.values(returned(Language.EN))[2]
    )


def test_the_workbook_can_be_brought_again_and_is_understood() -> None:
    for language in Language:
        (again,) = read(returned(language)).sheets
        told = header(again, COLUMNS, setting())
        assert (told.first, told.last) == (2, 2)
        assert [proposal.key for proposal in told.proposals] == [
            "left", "left", "left", "name", "id_number", "arrived_at", "kept",
        ]  # fmt: skip


def test_mended_it_goes_in() -> None:
    (again,) = read(returned()).sheets
    again.lines[2].cells[4] = CHEN.id_number
    how = mapped(header(again, COLUMNS, setting()))
    first, second = list(reading(how, COLUMNS, setting()).rows(again.lines))
    assert isinstance(first, Row)
    assert first.sound
    assert first.kept == {"单位": "=1+1"}
    assert isinstance(second, Row)
    assert not second.sound
