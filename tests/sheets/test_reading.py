"""A workbook is read as it is: values, what they are, and what stands beside them."""

from datetime import date, datetime

import pytest
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.sheets import files
from tests.sheets.old_excel import xls
from tongxin.base.problems import Problem
from tongxin.sheets.book import Line, Moment, Note, shown
from tongxin.sheets.reading import read


def moment(*told: int) -> Moment:
    return Moment(datetime(*told))  # type: ignore[arg-type]  # year, month, day and so on


def test_values_keep_their_kind() -> None:
    told = files.values(files.xlsx([["陈静", 36.5, True, date(2022, 4, 7)]]))
    assert told == [["陈静", 36.5, True, moment(2022, 4, 7)]]


def test_a_line_knows_its_row_though_rows_between_are_empty() -> None:
    book = files.first(files.xlsx([["表"], [], [], ["姓名"]]))
    assert [line.number for line in book.sheets[0].lines] == [1, 4]


def test_a_sheet_that_begins_in_the_middle_keeps_its_columns() -> None:
    book = files.first(files.xlsx([[], [], [None, None, "姓名"]]))
    assert book.sheets[0].lines == [Line(3, [None, None, "姓名"])]


def test_days_are_counted_from_1900_or_from_1904_as_the_file_says() -> None:
    for from_1904 in (False, True):
        book = files.first(files.xlsx([[date(2022, 4, 7)]], from_1904=from_1904))
        assert book.sheets[0].lines[0].cells == [moment(2022, 4, 7)]
        assert book.from_1904 is from_1904


def test_a_formula_shows_what_it_came_to_and_is_told() -> None:
    data = files.xlsx([], lambda _, sheet: sheet.write_formula(0, 0, '="陈"&"静"', None, "陈静"))
    (sheet,) = files.first(data).sheets
    assert (sheet.lines[0].cells, sheet.lines[0].notes) == (["陈静"], {0: Note.FORMULA})
    assert sheet.formulas == 1


def test_a_formula_without_a_result_is_told_and_not_taken_for_empty() -> None:
    data = files.xlsx([], lambda _, sheet: sheet.write_formula(0, 1, "=B2", None, ""))
    assert files.first(data).sheets[0].lines == [Line(1, [], {1: Note.NO_RESULT})]


def test_a_formula_that_came_to_an_empty_text_has_a_result() -> None:
    data = files.sheet_xml(
        files.xlsx([["姓名"]]),
        lambda text: text.replace("</row>", '<c r="B1" t="str"><f>A2</f><v></v></c></row>'),
    )
    assert files.first(data).sheets[0].lines[0].notes == {1: Note.FORMULA}


def test_an_error_of_excel_is_not_taken_for_empty() -> None:
    data = files.xlsx([], lambda _, sheet: sheet.write_formula(0, 0, "=1/0", None, "#DIV/0!"))
    assert files.first(data).sheets[0].lines == [Line(1, ["#DIV/0!"], {0: Note.ERROR})]


def test_hidden_rows_columns_and_sheets_are_told() -> None:
    def hide(book: Workbook, sheet: Worksheet) -> None:
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(1, 2, None, None, {"hidden": True})
        book.add_worksheet("旧表").hide()

    book = files.first(files.xlsx([["姓名", "村"], ["陈静", "桃林村"]], hide))
    sheet, old = book.sheets
    assert [line.hidden for line in sheet.lines] == [False, True]
    assert (sheet.hidden_rows, sheet.hidden_columns) == (1, (1, 2))
    assert (sheet.hidden, old.hidden, old.name) == (False, True, "旧表")


def test_a_merged_cell_stands_in_each_row_that_it_covers() -> None:
    data = files.xlsx(
        [["村", "姓名"], [None, "陈静"], [None, "刘洋"], ["全集村", "林小满"]],
        lambda _, sheet: sheet.merge_range(1, 0, 2, 0, "桃林村"),
    )
    lines = files.first(data).sheets[0].lines
    assert [line.cells[0] for line in lines] == ["村", "桃林村", "桃林村", "全集村"]
    assert [line.notes for line in lines] == [{}, {}, {0: Note.MERGED}, {}]


def test_all_sheets_are_read_in_their_order() -> None:
    def add(book: Workbook, _sheet: Worksheet) -> None:
        book.add_worksheet("全集村").write_string(0, 0, "二")
        book.add_worksheet("空表")

    names = [(s.name, len(s.lines)) for s in files.first(files.xlsx([["一"]], add)).sheets]
    assert names == [("台账", 1), ("全集村", 1), ("空表", 0)]


def test_a_workbook_whose_elements_carry_a_prefix_is_read() -> None:
    prefixed = files.sheet_xml(
        files.xlsx([["姓名"], ["陈静"]], lambda _, s: s.set_row(1, None, None, {"hidden": True})),
        lambda text: (
            text.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
            .replace("xmlns=", "xmlns:x=")
        ),
    )  # fmt: skip
    book = files.first(prefixed)
    assert [line.hidden for line in book.sheets[0].lines] == [False, True]


def test_an_old_xls_is_read_with_its_days_errors_and_hidden_rows() -> None:
    data = xls([["姓名", "返回时间"], ["陈静", 44658 + 0j], ["#N/A", 44658.25 + 0j]], hidden={2})
    (sheet,) = read(data).sheets
    assert [line.cells for line in sheet.lines] == [
        ["姓名", "返回时间"], ["陈静", moment(2022, 4, 7)], ["#N/A", moment(2022, 4, 7, 6)],
    ]  # fmt: skip
    assert sheet.lines[2].notes == {0: Note.ERROR}
    assert [line.hidden for line in sheet.lines] == [False, False, True]
    assert not sheet.known_formulas, "an .xls tells what formulas came to, not that they were"


def test_an_old_xls_may_count_from_1904() -> None:
    (sheet,) = read(xls([[43196 + 0j]], from_1904=True)).sheets
    assert sheet.lines[0].cells == [moment(2022, 4, 7)]


def test_an_open_document_is_read_and_says_what_it_cannot_tell() -> None:
    (sheet,) = read(files.ods("<text:p>陈静</text:p>")).sheets
    assert (sheet.name, sheet.lines[0].cells) == ("台账", ["陈静"])
    assert not sheet.known_hidden
    assert not sheet.known_formulas


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheets.empty"),
        (b"\n\n", "sheets.empty"),
        (files.xlsx([]), "sheets.empty"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "sheets.other_kind"),
        (b'<?xml version="1.0"?><Workbook/>', "sheets.other_kind"),
        (b"%PDF-1.7 \x00", "sheets.other_kind"),
        (files.replaced(files.xlsx([]), {"xl/workbook.xml": None, "xl/workbook.bin": b"x"}),
         "sheets.other_kind"),
        (files.replaced(files.xlsx([["a"]]), {files.SHEET: b"<worksheet><sheetData><row>"}),
         "sheets.damaged"),
        (files.xlsx([["a"]])[:-200], "sheets.damaged"),
        (xls([["a"]])[:1500], "sheets.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "sheets.has_password"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_how_to_mend_it(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as told:
        read(data)
    assert told.value.code == code


def test_numbers_are_shown_as_excel_shows_them() -> None:
    told = [4.11526198806120e17, 13812345678.0, 36.5, 0.1 + 0.2, 1.0, 44658]
    assert [shown(value) for value in told] == [
        "4.11526E+17", "13812345678", "36.5", "0.3", "1", "44658",
    ]  # fmt: skip
