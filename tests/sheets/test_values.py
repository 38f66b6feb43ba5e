"""Names, ID numbers, telephones, days and places as people write them."""

from datetime import date, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.village import CHEN, VILLAGES, id_number
from tongxin.sheets import values
from tongxin.sheets.book import Moment, Value
from tongxin.sheets.dates import year_in
from tongxin.sheets.faults import Unfit
from tongxin.sheets.values import Parser, Setting

NUMBER: Final = CHEN.id_number


def taken(parser: Parser, value: Value, **setting: Any) -> tuple[Any, list[str]]:
    """What a parser makes of a value, and the codes of what it remarks."""
    given = Setting(2022, **setting)
    found = parser(value, given)
    return found, [fault.code for fault in given.remarks]


def unfit(parser: Parser, value: Value, **setting: Any) -> str:
    with pytest.raises(Unfit) as told:
        parser(value, Setting(2022, **setting))
    fault = told.value.fault()
    assert "{" not in fault.text.zh + fault.text.en
    return fault.code


@pytest.mark.parametrize(
    "told",
    [
        NUMBER, f" {NUMBER} ", f"'{NUMBER}", f"‘{NUMBER}", f"{NUMBER[:6]} {NUMBER[6:]}",
        "".join(chr(ord("０") + int(digit)) for digit in NUMBER[:-1]) + NUMBER[-1],
        f"\u200b{NUMBER}\xa0",
    ],
)  # fmt: skip
def test_an_id_number_is_the_same_however_it_is_dressed(told: str) -> None:
    assert taken(values.id_number, told) == (NUMBER, [])


@pytest.mark.parametrize("last", ["x", "X", "ｘ", "×", "Х", "х"])
def test_the_x_at_the_end_may_be_written_in_any_way(last: str) -> None:
    number = next(n for n in (id_number("19880612", f"{k:03}") for k in range(99)) if n[-1] == "X")
    assert taken(values.id_number, number[:-1] + last)[0] == number


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (4.11526198806120e17, "id_number_rounded"),
        (float(NUMBER[:17] + "0"), "id_number_rounded"),
        ("4.11526E+17", "id_number_rounded"),
        ("4.11526e17", "id_number_rounded"),
        (NUMBER[:15] + "000", "id_number_rounded"),
        (NUMBER[:17] + str((int(NUMBER[17].replace("X", "0")) + 1) % 10), "id_number_check"),
        (NUMBER[:-1], "id_number_length"),
        (NUMBER[:5] + "O" + NUMBER[6:], "id_number_characters"),
        ("411599198802300249", "id_number_date"),
        ("411599880612024", "id_number_old"),
        (411599880612024.0, "id_number_old"),
        ("**************0241", "masked"),
    ],
)
def test_an_id_number_that_cannot_be_right_comes_back_and_is_never_guessed(
    told: Value, code: str
) -> None:
    assert unfit(values.id_number, told) == code


@pytest.mark.parametrize("told", ["无", "/", "-", "", "  ", "不详", None, 0])
def test_no_id_number_is_no_fault(told: Value) -> None:
    assert taken(values.id_number, told) == ("", [])


def test_a_number_that_ends_in_zeros_and_fits_is_remarked() -> None:
    orders = (f"{k}00" for k in range(10))
    number = next(n for o in orders for d in range(10, 28)
                  if (n := id_number(f"199506{d}", o)).endswith("000"))  # fmt: skip
    assert taken(values.id_number, number) == (number, ["id_number_ends_in_zeros"])


def test_an_unknown_region_is_a_warning() -> None:
    digits = "991599198806120"
    number = next(
        n for k in range(100) for c in "0123456789X"
        if values.fits(n := f"{digits}{k:02}{c}") and not n.endswith("000")
    )  # fmt: skip
    assert taken(values.id_number, number) == (number, ["id_number_region"])


@given(st.integers(0, 99_999_999), st.integers(0, 999))
def test_whatever_is_taken_for_an_id_number_fits(born: int, order: int) -> None:
    number = id_number(f"{born:08}", f"{order:03}")
    try:
        found = values.id_number(number, Setting(2022))
    except Unfit as told:
        assert told.kind.code == "id_number_date"
    else:
        assert found == number
        assert date(int(number[6:10]), int(number[10:12]), int(number[12:14])) > date(1899, 1, 1)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**20), 10**20))
def test_no_number_is_ever_taken_for_an_id_number(told: float) -> None:
    try:
        assert values.id_number(told, Setting(2022)) == ""
    except Unfit:
        return
    assert told == 0


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("19900000001", "19900000001"), (19900000001.0, "19900000001"),
        ("+86 199 0000 0001", "19900000001"), ("１９９０００００００１", "19900000001"),
        ("199-0000-0001", "19900000001"), ("0376-3811234", "0376-3811234"),
        ("(0376)3811234", "0376-3811234"), ("无", ""), (None, ""), ("8619900000001", "19900000001"),
    ],
)  # fmt: skip
def test_telephones(told: Value, number: str) -> None:
    assert taken(values.phone, told) == (number, [])


@pytest.mark.parametrize(
    "told", ["1990000000", "199000000012", "找他爸", 1.99e10 + 0.5, "138****0001"]
)
def test_what_is_no_telephone_comes_back(told: Value) -> None:
    assert unfit(values.phone, told) in {"phone", "masked"}


def test_of_two_telephones_the_first_is_taken_and_it_is_remarked() -> None:
    for told in ("19900000001/19900000002", "19900000001、0376-3811234", "19900000001 19900000002"):
        assert taken(values.phone, told) == ("19900000001", ["phone_two"])


@pytest.mark.parametrize(
    ("told", "when", "remarks"),
    [
        (Moment(datetime(2022, 4, 7, 6, 30)), (2022, 4, 7, 6, 30), []),
        ("2022-4-7", (2022, 4, 7), []), ("2022.4.7", (2022, 4, 7), []),
        ("2022/04/07", (2022, 4, 7), []), ("2022年4月7日", (2022, 4, 7), []),
        ("２０２２年４月７日", (2022, 4, 7), []), ("2022年4月7号", (2022, 4, 7), []),
        ("20220407", (2022, 4, 7), []), (20220407.0, (2022, 4, 7), []),
        ("202204070630", (2022, 4, 7, 6, 30), []),
        ("2022-4-7 6:30", (2022, 4, 7, 6, 30), []),
        ("2022/4/7 下午3:05:20", (2022, 4, 7, 15, 5, 20), []),
        ("2022年4月7日上午8点", (2022, 4, 7, 8), []),
        ("2022年4月7日 18时30分", (2022, 4, 7, 18, 30), []),
        ("2022-04-07T06:00:00+08:00", (2022, 4, 7, 6), []),
        ("4月7日", (2022, 4, 7), ["date_without_year"]),
        ("4.10", (2022, 4, 10), ["date_without_year"]),
        ("4/7 6:30", (2022, 4, 7, 6, 30), ["date_without_year"]),
        ("22.4.7", (2022, 4, 7), ["date_short_year"]),
        (44658.0, (2022, 4, 7), ["date_serial"]), ("44658", (2022, 4, 7), ["date_serial"]),
        (44658.25, (2022, 4, 7, 6), ["date_serial"]),
    ],
)  # fmt: skip
def test_days(told: Value, when: tuple[int, ...], remarks: list[str]) -> None:
    assert taken(values.moment, told) == (datetime(*when), remarks)  # type: ignore[arg-type]  # parts


def test_a_bare_number_of_days_is_counted_as_the_file_counts() -> None:
    assert taken(values.moment, 43196.0, from_1904=True)[0] == datetime(2022, 4, 7)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (4.7, "date_decimal"), (4.1, "date_decimal"), ("昨天", "date"), ("2022-13-1", "date"),
        ("2022年2月30日", "date"), ("07/04/22", "date"), ("220407", "date"), (7.0, "date"),
        ("2022年4月", "date"), ("2022-4-7 25:00", "date"), (1e300, "date"), (-3.0, "date"),
    ],
)  # fmt: skip
def test_what_may_be_several_days_or_none_comes_back(told: Value, code: str) -> None:
    assert unfit(values.moment, told) == code


def test_the_year_stands_in_the_title_or_is_this_one() -> None:
    today = date(2022, 4, 7)
    assert year_in(["桃林铺镇2021年返乡人员台账"], today) == 2021
    assert year_in(["桃林铺镇返乡人员台账", "填表日期：2020.12.1"], today) == 2020
    assert year_in(["返乡人员台账", "共 2021 人"], today) == 2022


def test_names_lose_the_spaces_that_fill_a_column() -> None:
    assert taken(values.name, "陈　静")[0] == "陈静"
    assert taken(values.name, " 买买提•艾力 ")[0] == "买买提·艾力"
    assert taken(values.name, "John  Smith")[0] == "John Smith"


@pytest.mark.parametrize("told", ["12", 3.0, "陈静2", NUMBER, "陈*"])
def test_what_is_no_name_comes_back(told: Value) -> None:
    assert unfit(values.name, told) in {"not_a_name", "masked"}


def test_a_temperature_may_be_a_number_with_its_unit() -> None:
    assert [taken(values.celsius, told)[0] for told in (36.5, "36.5℃", "３６．５ 度")] == [36.5] * 3


def test_a_temperature_in_words_is_none() -> None:
    assert taken(values.celsius, "正常")[0] is None


def test_a_temperature_that_nobody_has_comes_back() -> None:
    assert unfit(values.celsius, 365.0) == "celsius"


def test_a_village_is_found_by_name_with_what_people_add_or_leave_out() -> None:
    named = values.places(VILLAGES)
    for told in ("桃林村", "桃林", "桃林村委会", "桃林铺镇桃林村", "潢川县桃林铺镇桃林村民委员会"):
        assert taken(values.place, told, places=named)[0] == "411526108201"
    assert taken(values.place, "411526108202", places=named)[0] == "411526108202"


def test_a_village_that_is_not_here_or_not_the_only_one_comes_back() -> None:
    named = values.places({"411526108201": "和平村", "411526108202": "和平社区"})
    assert unfit(values.place, "和平", places=named) == "place_ambiguous"
    assert unfit(values.place, "石寨村", places=named) == "place_unknown"
