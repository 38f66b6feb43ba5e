"""What can be wrong with a cell: a stable code, and a sentence that names value and mend.

A fault is shown to whoever brought the file, beside his own cell, so it may hold the value. It is
never logged, and never becomes a `Problem`, which would be.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tongxin.base.texts import Text

ALL_FAULTS: Final[dict[str, "FaultKind"]] = {}


class Fault(Struct, frozen=True):
    """What is wrong with one cell, or, with `column` None, with a row. Columns count from 0.

    `grave`: the row cannot go in so. Otherwise it goes in, and this is said beside it.
    """

    code: str
    text: Text
    column: int | None = None
    grave: bool = True


class FaultKind:
    """One kind of fault; `{value}` and the like in its sentences are filled when it is found."""

    def __init__(self, code: str, zh: str, en: str, *, grave: bool = True) -> None:
        if code in ALL_FAULTS:
            raise AssertionError(f"two faults are called {code}")
        self.code, self.text, self.grave = code, Text(zh, en), grave
        ALL_FAULTS[code] = self

    def __call__(self, column: int | None = None, **values: object) -> Fault:
        return self.of(column, values)

    def of(self, column: int | None, values: Mapping[str, object]) -> Fault:
        """This fault in a column; `values` fill its sentences."""
        return Fault(self.code, self.text.filled(**values), column, self.grave)


class Unfit(Exception):
    """A value that its column cannot take, on its way to whoever reads the row."""

    def __init__(self, kind: FaultKind, **values: object) -> None:
        super().__init__(kind.code)
        self.kind, self.values = kind, values

    def fault(self, column: int | None = None) -> Fault:
        """What is wrong, said of a column."""
        return self.kind.of(column, self.values)


MISSING = FaultKind(
    "missing",
    "缺少“{title}”，必须填写。",
    "“{title_en}” is missing and must be filled in.",
)
NO_RESULT = FaultKind(
    "formula_without_result",
    "这里是公式，文件里没有算出的值。请用 Excel 打开，选择性粘贴为“数值”后再上传。",
    "This is a formula, and the file does not hold what it comes to. Open it in Excel and paste "
    "it as a value.",
)
ERROR = FaultKind(
    "formula_error",
    "公式出错（{value}）。请改正公式或直接填写。",
    "The formula fails ({value}). Mend it, or type the value.",
)
MASKED = FaultKind(
    "masked",
    "“{value}”是遮盖过的，无法登记。请用完整的名单。",
    "“{value}” is masked. Use the full list.",
)
TOO_LONG = FaultKind(
    "too_long",
    "这一格有 {length} 个字，最多 {most} 个。请缩短。",
    "This has {length} characters; {most} at most. Shorten it.",
)
NO_NAME = FaultKind(
    "not_a_name",
    "“{value}”不像姓名。请核对是否串了列。",
    "“{value}” does not look like a name. Check whether columns have slipped.",
)
ROUNDED = FaultKind(
    "id_number_rounded",
    "身份证号被 Excel 变成了数字（{value}），后几位已经丢失，无法还原。"
    "请把这一列设为“文本”，对照证件重新填写。",
    "Excel turned this ID number into a number ({value}); its last digits are lost for good. Set "
    "the column to “Text” and type it again from the card.",
)
ZEROS = FaultKind(
    "id_number_ends_in_zeros",
    "末三位是 000，可能被 Excel 四舍五入过。请对照证件核对。",
    "It ends in 000: Excel may have rounded it. Compare it with the card.",
    grave=False,
)
OLD_NUMBER = FaultKind(
    "id_number_old",
    "“{value}”是 15 位旧号，已停用。请填写 18 位身份证号。",
    "“{value}” is an old number of 15 digits. Give the one of 18.",
)
ID_LENGTH = FaultKind(
    "id_number_length",
    "“{value}”有 {length} 位，身份证号应为 18 位。没有证件可以留空。",
    "“{value}” has {length} characters; an ID number has 18. Leave it empty without papers.",
)
ID_CHARACTERS = FaultKind(
    "id_number_characters",
    "“{value}”里有不是数字的字（末位可以是 X）。请对照证件核对；其他证件请写到备注，此格留空。",
    "“{value}” holds something other than digits (the last may be X). Compare it with the card; "
    "put papers of another kind into a remark and leave this empty.",
)
ID_DATE = FaultKind(
    "id_number_date",
    "“{value}”第 7 到 14 位不是出生日期。请对照证件核对。",
    "Characters 7 to 14 of “{value}” are no date of birth. Compare it with the card.",
)
ID_CHECK = FaultKind(
    "id_number_check",
    "“{value}”校验码不对，有一位写错了。请对照证件逐位核对。",
    "The check digit of “{value}” does not fit: one character is wrong. Compare it with the card.",
)
ID_REGION = FaultKind(
    "id_number_region",
    "前两位 {value} 不是现有的省级代码，请核对。",
    "Its first two digits, {value}, are no province's. Check it.",
    grave=False,
)
BAD_PHONE = FaultKind(
    "phone",
    "“{value}”不是电话号码：手机号 11 位，座机可带区号。请核对，没有可以留空。",
    "“{value}” is no telephone number: a mobile has 11 digits. Check it, or leave it empty.",
)
TWO_PHONES = FaultKind(
    "phone_two",
    "有两个号码，登记第一个；整格原文另存。",
    "There are two numbers; the first is registered, the cell is kept as it is.",
    grave=False,
)
BAD_DATE = FaultKind(
    "date",
    "“{value}”不是日期。请写成 2022-04-07 或 2022年4月7日。",
    "“{value}” is no date. Write it as 2022-04-07.",
)
DECIMAL_DATE = FaultKind(
    "date_decimal",
    "“{value}”是小数：4.10 会变成 4.1，分不清是 1 日还是 10 日。请写成 4月10日。",
    "“{value}” is a decimal: 4.10 becomes 4.1, so it may be the 1st or the 10th. Write 4月10日.",
)
SERIAL_DATE = FaultKind(
    "date_serial",
    "{value} 按 Excel 的日期序号读作 {day}。",
    "{value} is read as Excel's number of the day {day}.",
    grave=False,
)
SHORT_YEAR = FaultKind(
    "date_short_year",
    "“{value}”只写了两位年份，读作 {day}。",
    "“{value}” gives two digits of the year; it is read as {day}.",
    grave=False,
)
NO_YEAR = FaultKind(
    "date_without_year",
    "“{value}”没有年份，按所选的 {year} 年读。",
    "“{value}” has no year; it is read as of {year}, as chosen.",
    grave=False,
)
BAD_NUMBER = FaultKind("number", "“{value}”不是数字。", "“{value}” is no number.")
BAD_CELSIUS = FaultKind(
    "celsius",
    "体温 {value} 不在 30 到 45 ℃ 之间。请核对小数点。",
    "A temperature of {value} does not lie between 30 and 45 °C. Check the point.",
)
UNKNOWN_PLACE = FaultKind(
    "place_unknown",
    "“{value}”不是本乡镇的村。请写全村名，例如“桃林村”。",
    "“{value}” is no village of this township. Write its full name.",
)
AMBIGUOUS_PLACE = FaultKind(
    "place_ambiguous",
    "叫“{value}”的不止一个。请写 12 位区划代码。",
    "More than one is called “{value}”. Give the code of 12 digits.",
)
