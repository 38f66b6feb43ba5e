"""Each row says what it holds and what is wrong with it; nothing is lost and nothing guessed."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.sheets import files
from tests.sheets.lists import COLUMNS, setting, sheet
from tests.village import CHEN, CHEN_FAMILY
from tongxin.sheets.book import Line, Note, Sheet, Value
from tongxin.sheets.faults import ALL_FAULTS
from tongxin.sheets.header import header
from tongxin.sheets.reading import read
from tongxin.sheets.rows import Passed, Row, Why, mapped, reading

HEAD: Final[list[Value]] = [
    "序号",
    "姓名",
    "身份证号",
    "电话",
    "返回时间",
    "上报村",
    "健康码",
    "单位",
]
GOOD: Final[list[Value]] = [
    1.0, CHEN.name, CHEN.id_number, CHEN.phone, "2022-4-7", "桃林村", "绿码", "某厂",
]  # fmt: skip


def rows_of(of: Sheet, hidden: bool = True) -> list[Row | Passed]:
    how = mapped(header(of, COLUMNS, setting()))
    if not hidden:
        how = type(how)(how.sheet, how.after, how.titles, how.keys, hidden_rows=False)
    return list(reading(how, COLUMNS, setting()).rows(of.lines))


def one(**changed: Value) -> Row:
    """The good row with some cells changed, by header."""
    cells = [changed.get(str(title), value) for title, value in zip(HEAD, GOOD, strict=True)]
    (row,) = rows_of(sheet(HEAD, cells))
    assert isinstance(row, Row)
    return row


def noted(cells: list[Value], notes: dict[int, Note]) -> Sheet:
    return Sheet("台账", [Line(1, list(HEAD)), Line(2, cells, notes)], 8)


def codes(row: Row) -> list[tuple[str, int | None, bool]]:
    return [(fault.code, fault.column, fault.grave) for fault in row.faults]


def test_a_good_row_is_taken_whole() -> None:
    row = one()
    assert row.sound
    assert row.values["name"] == CHEN.name
    assert row.values["village"] == "411526108201"
    assert (row.values["code"], row.kept) == ("绿码", {"单位": "某厂"})


def test_an_id_number_that_excel_rounded_comes_back_with_the_reason() -> None:
    row = one(身份证号=4.11599198806120e17)
    assert codes(row) == [("id_number_rounded", 2, True)]
    assert "4.11599E+17" in row.faults[0].text.zh
    assert "文本" in row.faults[0].text.zh


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    row = one(身份证号="12", 电话="找他爸", 返回时间=4.1)
    assert [code for code, *_ in codes(row)] == ["id_number_length", "phone", "date_decimal"]


def test_what_is_missing_is_said_where_it_should_be() -> None:
    assert codes(one(姓名=None)) == [("missing", 1, True)]
    assert codes(one(返回时间="无")) == [("missing", 4, True)]


def test_a_cell_that_is_wrong_is_not_called_missing_too() -> None:
    assert codes(one(返回时间="昨天")) == [("date", 4, True)]


def test_a_remark_does_not_keep_a_row_out() -> None:
    row = one(返回时间="4月7日")
    assert row.sound
    assert codes(row) == [("date_without_year", 4, False)]


def test_remarks_of_one_row_do_not_spill_into_the_next() -> None:
    _, second = rows_of(sheet(HEAD, [*GOOD[:4], "4月7日", *GOOD[5:]], GOOD))
    assert isinstance(second, Row)
    assert second.faults == []


def test_a_formula_without_its_result_comes_back() -> None:
    (row,) = rows_of(noted([*GOOD[:4], None, *GOOD[5:]], {4: Note.NO_RESULT}))
    assert isinstance(row, Row)
    assert codes(row) == [("formula_without_result", 4, True)]


def test_an_error_of_excel_comes_back_but_not_where_words_are_only_kept() -> None:
    cells = [*GOOD[:3], "#N/A", *GOOD[4:6], "#N/A", GOOD[7]]
    (row,) = rows_of(noted(cells, {3: Note.ERROR, 6: Note.ERROR}))
    assert isinstance(row, Row)
    assert codes(row) == [("formula_error", 3, True)]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([7.0], Why.BLANK),
        (["合计", None, None, None, 281.0], Why.TOTALS),
        ([None, "共计：281人"], Why.TOTALS),
        ([None, "填表人：孙丽"], Why.REMARK),
        ([None, "注：以身份证为准"], Why.REMARK),
        (HEAD, Why.HEADER),
    ],
)
def test_rows_that_are_nobodys_are_passed_over_and_told(cells: list[Value], why: Why) -> None:
    assert rows_of(sheet(HEAD, cells, GOOD))[0] == Passed(2, why)


def test_somebody_whose_name_sounds_like_a_total_is_somebody() -> None:
    (row,) = rows_of(sheet(HEAD, [GOOD[0], "总计", *GOOD[2:]]))
    assert isinstance(row, Row)


def test_a_row_without_a_name_is_returned_and_not_passed_over() -> None:
    (row,) = rows_of(sheet(HEAD, [1.0, None, None, "19900000001"]))
    assert isinstance(row, Row)
    assert not row.sound


def test_hidden_rows_are_read_unless_somebody_says_otherwise() -> None:
    of = Sheet("台账", [Line(1, list(HEAD)), Line(2, list(GOOD), hidden=True)], 8)
    assert isinstance(rows_of(of)[0], Row)
    assert rows_of(of, hidden=False) == [Passed(2, Why.HIDDEN)]


def test_two_columns_of_one_name_are_both_kept() -> None:
    (row,) = rows_of(sheet([*HEAD[:5], "备注", "备注"], [*GOOD[:5], "甲", "乙"]))
    assert isinstance(row, Row)
    assert row.kept == {"备注": "甲；乙"}


def test_a_merged_village_counts_for_each_row() -> None:
    def merge(_book: Workbook, on: Worksheet) -> None:
        on.merge_range(1, 2, 2, 2, "桃林村")

    data = files.xlsx(
        [
            ["姓名", "返回时间", "上报村"],
            [CHEN.name, "2022-4-7"],
            [CHEN_FAMILY[1].name, "2022-4-7"],
        ],
        merge,
    )
    found = rows_of(read(data).sheets[0])
    assert [row.values["village"] for row in found if isinstance(row, Row)] == ["411526108201"] * 2


CELL: Final[st.SearchStrategy[Value]] = (
    st.none() | st.text(max_size=30) | st.floats() | st.booleans() | st.integers(-(10**19), 10**19)
)


@given(st.lists(CELL, max_size=8))
def test_no_row_is_lost_and_none_stops_the_reading(cells: list[Any]) -> None:
    found = rows_of(sheet(HEAD, cells or [None], GOOD))
    assert len(found) == 2
    first = found[0]
    if isinstance(first, Row) and not first.sound:
        assert all(fault.code in ALL_FAULTS for fault in first.faults)
    assert isinstance(found[1], Row)
    assert found[1].sound


def phoned(*phones: Value) -> list[Row]:
    """The good row once for each of these telephone numbers."""
    place = HEAD.index("电话")
    lines = [[*GOOD[:place], phone, *GOOD[place + 1 :]] for phone in phones]
    return [row for row in rows_of(sheet(HEAD, *lines)) if isinstance(row, Row)]


def test_what_is_said_again_is_read_as_the_first_time() -> None:
    """What a cell says is worked out once; what is wrong with it is told of each row."""
    bad, good, again, once_more = phoned("199", CHEN.phone, "199", CHEN.phone)
    assert codes(bad) == codes(again) != []
    assert bad.faults[0].text == again.faults[0].text
    assert good.values == once_more.values


def test_cells_that_are_equal_and_not_the_same_are_read_apart() -> None:
    """To Python 1 is 1.0 and True."""
    cells: list[Value] = [True, 1, 1.0]
    alone = [[fault.text for row in phoned(cell) for fault in row.faults] for cell in cells]
    assert [[fault.text for fault in row.faults] for row in phoned(*cells)] == alone
    assert alone[0] != alone[1]
