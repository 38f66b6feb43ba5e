"""A list of people to try on: the columns that any pillar might want."""

from typing import Final

from tests.village import VILLAGES
from tongxin.base.texts import Text
from tongxin.sheets import values
from tongxin.sheets.book import Line, Sheet, Value
from tongxin.sheets.columns import Column, fits
from tongxin.sheets.values import Setting

COLUMNS: Final = (
    Column("name", Text("姓名", "Name"), values.name, ("姓名", "返乡人员"), never=("户主",),
           required=True),
    Column("id_number", Text("身份证号", "ID number"), values.id_number, ("身份证号", "身份证号码"),
           looks=fits(values.id_number)),
    Column("phone", Text("电话", "Telephone"), values.phone, ("电话", "联系电话"),
           looks=fits(values.phone)),
    Column("address", Text("家庭住址", "Home"), values.words(120), ("家庭住址",), ("地址", "住址")),
    Column("from_name", Text("来自", "From"), values.words(120), ("来自",), ("地址",)),
    Column("arrived_at", Text("返回时间", "Came back"), values.moment, ("返回时间",), required=True,
           looks=fits(values.moment)),
    Column("village", Text("村", "Village"), values.place, ("村", "上报村"),
           looks=fits(values.place)),
    Column("code", Text("健康码", "Health code"), values.words(40), ("健康码",), kept=True),
)  # fmt: skip


def setting() -> Setting:
    return Setting(2022, places=values.places(VILLAGES))


def sheet(*rows: list[Value]) -> Sheet:
    """A sheet of these rows; an empty one leaves its number out."""
    lines = [Line(n, list(row)) for n, row in enumerate(rows, start=1) if row]
    return Sheet("台账", lines, max(map(len, rows)), len(rows))
