"""Which rows of our own export are known for what they are, whatever was masked in them."""

from typing import Any

import pytest

from tests.intake.lists import ledger, row, taken_in
from tests.sheets.files import REAL
from tests.town import Town
from tests.village import CHEN
from tongxin.arrivals.imports.own import TITLES
from tongxin.base import masking
from tongxin.intake.staging import Counts

HEAD = (*REAL, "记录编号")


def exported(town: Town, **told: Any) -> bytes:
    """The masked line of 陈静 as the export writes it; `told` replaces single cells."""
    episode = town.arrive(CHEN).purpose.partition(":")[2]
    cells = {
        "姓名": masking.name(CHEN.name), "身份证号": masking.id_number(CHEN.id_number),
        "电话": masking.phone(CHEN.phone), "地址": CHEN.from_name,
        "家庭住址": masking.all_of(CHEN.address), "返回说明": CHEN.transport,
        "返回时间": "2022-04-07 06:00", "行程码": None, "健康码": None, "核酸结果": None,
        "疫苗": None, "体温": None, "上报村": "桃林村", "网格员": None, "上报日期": "2022-04-07",
    }  # fmt: skip
    return ledger([*row(**(cells | told)), episode], head=HEAD)


def test_what_is_masked_is_known_by_its_record(town: Town) -> None:
    assert taken_in(town, exported(town)) == Counts(known=1)


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("姓名", "陈晶"), ("电话", "19911112222"), ("地址", "北京市"), ("家庭住址", "西头"),
        ("返回时间", "2022-04-01"), ("上报村", "全集村"),
    ],
)  # fmt: skip
def test_a_change_of_who_or_when_comes_back(town: Town, title: str, value: str) -> None:
    assert title in {text.zh for text in TITLES.values()} | {"地址"}
    assert taken_in(town, exported(town, **{title: value})) == Counts(returned=1)


@pytest.mark.parametrize(("title", "value"), [("疫苗", "三针"), ("核酸结果", "阴性 2022-04-06")])
def test_what_was_filled_in_is_added(town: Town, title: str, value: str) -> None:
    data = exported(town, **{title: value})
    assert taken_in(town, data) == Counts(added=1)
    assert taken_in(town, data) == Counts(known=1)


def test_measures_and_type_in_it_say_nothing(town: Town) -> None:
    data = exported(town, 返乡类型="省外", 防控措施="解除，任何人都看得出")
    assert taken_in(town, data) == Counts(known=1)
