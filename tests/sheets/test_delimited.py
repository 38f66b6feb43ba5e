"""CSV is read in the encodings and with the delimiters that offices use."""

import pytest

from tests.sheets import files
from tongxin.base.problems import Problem
from tongxin.sheets.reading import read

TABLE = "姓名,电话\r\n陈静,19900000001\r\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gbk", "gb18030"), ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
    ],
)  # fmt: skip
def test_the_encoding_is_found(encoding: str, told: str) -> None:
    book = read(TABLE.encode(encoding))
    assert book.encoding == told
    assert book.sheets[0].lines[1].cells == ["陈静", "19900000001"]


def test_a_letter_that_only_gb18030_has_is_read() -> None:
    assert files.values("姓名,村\n𠮷田,桃林村\n".encode("gb18030"))[1][0] == "𠮷田"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = f"姓名{delimiter}住址\n陈静{delimiter}东头，三号\n刘洋{delimiter}西头\n"
    assert files.values(text.encode()) == [
        ["姓名", "住址"],
        ["陈静", "东头，三号"],
        ["刘洋", "西头"],
    ]


def test_the_wrapping_that_keeps_excel_from_rounding_is_taken_off() -> None:
    assert files.values('姓名,证件\n陈静,"=""411599198806120241"""\n'.encode())[1][1] == (
        "411599198806120241"
    )


def test_a_cell_may_hold_line_breaks_and_quotes() -> None:
    assert files.values('姓名,备注\n陈静,"两行\n""引""号"\n'.encode())[1][1] == '两行\n"引"号'


def test_a_quote_without_a_partner_is_told_and_rows_do_not_run_together() -> None:
    with pytest.raises(Problem) as told:
        read('姓名,备注\n陈静,"没有结束\n刘洋,好\n'.encode())
    assert told.value.code == "sheets.bad_quotes"


def test_bytes_in_no_encoding_are_told() -> None:
    with pytest.raises(Problem) as told:
        read(b"\xff\x00\x01\x80\x81\xff")
    assert told.value.code == "sheets.no_text"
