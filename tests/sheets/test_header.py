"""The header is found below titles and instructions, and each column is proposed for what it is."""

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.sheets import files
from tests.sheets.lists import COLUMNS, setting, sheet
from tests.village import CHEN, LIN, MA
from tongxin.sheets.book import Sheet, Value
from tongxin.sheets.header import Header, bare, header
from tongxin.sheets.reading import read

HEAD: list[Value] = ["序号", "姓名", "身份证号", "电话", "返回时间"]


def found(of: Sheet, remembered: dict[str, str] | None = None, at: int = 0) -> Header:
    return header(of, COLUMNS, setting(), remembered, at)


def keys(of: Header) -> list[str]:
    return [proposal.key for proposal in of.proposals]


def test_a_header_stands_below_a_title_and_instructions() -> None:
    told = found(
        sheet(["2022年返乡人员台账"], ["填表说明：逐人填写姓名、电话"], [], HEAD, ["1", "陈静"])
    )
    assert (told.first, told.last) == (4, 4)
    assert keys(told) == ["left", "name", "id_number", "phone", "arrived_at"]


def test_remarks_in_a_header_do_not_hide_it() -> None:
    told = found(sheet(["*姓 名\n（必填）", "身份证号码（18位）", "联系电话：", "返回时间*"]))
    assert keys(told) == ["name", "id_number", "phone", "arrived_at"]
    assert {proposal.sure for proposal in told.proposals} == {100}


def test_a_header_of_two_rows_is_put_together() -> None:
    def merge(_book: Workbook, on: Worksheet) -> None:
        on.merge_range(0, 0, 0, 4, "桃林铺镇返乡人员台账")
        on.merge_range(1, 0, 2, 0, "序号")
        on.merge_range(1, 1, 1, 2, "返乡人员")
        on.merge_range(1, 3, 1, 4, "家庭")
        on.write_row(2, 1, ["姓名", "身份证号", "住址", "电话"])

    (of,) = read(
        files.xlsx([[], [], [], [1, "陈静", CHEN.id_number, "东头", "19900000001"]], merge)
    ).sheets
    told = found(of)
    assert (told.first, told.last) == (2, 3)
    assert [p.header for p in told.proposals] == [
        "序号", "返乡人员姓名", "返乡人员身份证号", "家庭住址", "家庭电话",
    ]  # fmt: skip
    assert keys(told) == ["left", "name", "id_number", "address", "phone"]


def test_a_header_merged_over_two_rows_without_parts_ends_with_the_second() -> None:
    def merge(_book: Workbook, on: Worksheet) -> None:
        on.merge_range(0, 0, 1, 0, "姓名")
        on.merge_range(0, 1, 1, 1, "电话")
        on.merge_range(0, 2, 0, 3, "返回时间")
        on.write_row(1, 2, ["月", "日"])

    (of,) = read(files.xlsx([[], [], ["陈静", "19900000001", 4, 7]], merge)).sheets
    assert found(of).last == 2


def test_a_header_that_belongs_to_somebody_else_is_not_taken() -> None:
    told = found(sheet(["户主姓名", "姓名", "电话", "返回时间"]))
    assert keys(told) == ["kept", "name", "phone", "arrived_at"]


def test_a_word_of_two_meanings_goes_where_there_is_room() -> None:
    both = found(sheet(["姓名", "地址", "家庭住址", "电话"]))
    assert keys(both) == ["name", "from_name", "address", "phone"]
    alone = found(sheet(["姓名", "地址", "电话"]))
    assert keys(alone) == ["name", "address", "phone"]
    assert [p.sure for p in alone.proposals if p.key == "address"] == [60]


def test_a_part_of_a_header_is_believed_less() -> None:
    told = found(sheet(["返乡人员姓名", "本人联系电话", "身份证号"]))
    assert keys(told) == ["name", "phone", "id_number"]
    assert told.proposals[0].sure < 60 < told.proposals[2].sure


def test_values_tell_what_a_header_does_not() -> None:
    rows: list[list[Value]] = [
        [who.name, who.id_number, who.phone, "桃林村"] for who in (CHEN, MA, LIN)
    ]
    told = found(sheet(["姓名", "证件", None, "在哪里"], *rows), at=1)
    assert [(p.key, p.why) for p in told.proposals] == [
        ("name", "header"), ("id_number", "values"), ("phone", "values"), ("village", "values"),
    ]  # fmt: skip


def test_a_column_that_nobody_knows_is_kept() -> None:
    told = found(sheet(["姓名", "电话", "婚否"], ["陈静", "19900000001", "是"]))
    assert (told.proposals[2].key, told.proposals[2].header) == ("kept", "婚否")


def test_what_was_decided_before_is_remembered() -> None:
    told = found(sheet(["姓名", "电话", "单位"]), {bare("单位"): "from_name", bare("电话"): "left"})
    assert keys(told) == ["name", "left", "from_name"]
    assert told.proposals[2].why == "remembered"


def test_without_a_header_nothing_is_made_up() -> None:
    told = found(sheet(["陈静", "东头"], ["刘洋", "西头"]))
    assert (told.first, told.last) == (0, 0)


def test_a_person_may_say_where_the_header_is() -> None:
    told = found(sheet(["甲", "乙"], ["姓名", "电话"], ["名字", "号码"]), at=3)
    assert (told.first, told.last) == (3, 3)
    assert [p.header for p in told.proposals] == ["名字", "号码"]


def test_the_columns_of_a_real_ledger_are_all_known() -> None:
    assert len(files.REAL) == 18
    told = found(sheet(list(files.REAL)))
    assert keys(told)[:8] == [
        "left", "name", "id_number", "phone", "from_name", "address", "kept", "arrived_at",
    ]  # fmt: skip
