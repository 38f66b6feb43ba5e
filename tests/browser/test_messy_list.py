"""A list as villages keep it goes in by the page: shown, corrected, looked through, recorded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.browser.walk import Walk
from tests.intake.test_running import head, journeys
from tests.sheets.files import xlsx
from tests.town import Town
from tests.village import LI, id_number

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]

HEAD: Final = (
    "序号", "返乡人员姓名", "证件号码(18位)", "手机号", "出发地", "返乡日期", "行政村", "怎么回来",
    "体温℃",
)  # fmt: skip
HIDDEN: Final = 6
ROWS: Final[list[list[Any]]] = [
    ["桃林铺镇返乡人员摸排表", *[None] * 8],
    ["填表说明：每行一人，身份证号务必填全。", *[None] * 8],
    list(HEAD),
    [1, "测甲一", id_number("19800101", "101"), "１９９００００１００１", "上海浦东", "4月3日",
     "桃林村", "自驾", None],
    [2, "测乙二", 4.11526e17, 19900001002, "苏州", 44655, None, "火车", 36.5],
    [3, "测丙三", id_number("19820303", "103"), 19900001003, "郑州", "2022.4.5", None, "", 36.6],
    [4, "测丁四", id_number("19840404", "104"), 19900001004, "广州", "四月上旬", "全集村", "大巴",
     36.4],
    ["合计", "4人", *[None] * 7],
]  # fmt: skip


def touched(book: Workbook, sheet: Worksheet) -> None:
    """What makes it a real one: merged cells, a formula, a row that somebody hid."""
    sheet.merge_range(0, 0, 0, 8, ROWS[0][0], book.add_format({"align": "center"}))
    sheet.merge_range(3, 6, 5, 6, "桃林村")
    sheet.write_formula(3, 8, "=36+0.4", None, 36.4)
    sheet.set_row(HIDDEN - 1, None, None, {"hidden": True})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "摸排表.xlsx"
    made.write_bytes(xlsx(ROWS, touched))
    return made


def test_a_messy_list_goes_in_and_what_cannot_comes_back(
    open_walk: OpenWalk, size: str, language: str, henan: Town, file: Path, tmp_path: Path
) -> None:
    walk = open_walk(size, language)
    walk.sign_in(LI)
    bring(walk, file)
    look_at_the_columns(walk)
    look_through(walk, henan)
    result = confirm(walk, henan)
    back = fetch_what_came_back(walk, tmp_path)
    mend(back)
    bring(walk, back)
    expect(column(walk, "怎么回来")).to_have_value("note")
    walk.press("看看会登记什么", "See what would be recorded")
    expect(tally(walk, "new")).to_have_text("2")
    walk.press("登记这 2 行", "Record these 2 rows", walk.page.locator(".page-title"))
    walk.sees("已登记 2 行", "2 rows are recorded")
    assert len(journeys(henan)) == result + 2

    bring(walk, file)
    expect(column(walk, "怎么回来")).to_have_value("note")
    before = head(henan)
    walk.press("看看会登记什么", "See what would be recorded")
    expect(tally(walk, "known")).to_have_text("2")
    assert head(henan) == before


def bring(walk: Walk, file: Path) -> None:
    walk.open("/imports?kind=arrivals")
    walk.page.set_input_files("#f-file", str(file))
    walk.press("上传，看对照", "Upload and look at the columns")


def column(walk: Walk, title: str) -> Any:
    """The choice for the column of a header."""
    header = walk.page.locator("th[scope=row]", has_text=title)
    return walk.page.locator("form.mapping tbody tr", has=header).first.locator("select")


def tally(walk: Walk, outcome: str) -> Any:
    return walk.page.locator(f".tally a[href='#{outcome}']")


def look_at_the_columns(walk: Walk) -> None:
    """Synonyms are known by their headers, nobody is named in full, one column is corrected."""
    wanted = {
        "返乡人员姓名": "name", "证件号码": "id_number", "手机号": "phone", "出发地": "from_name",
        "返乡日期": "arrived_at", "行政村": "village", "怎么回来": "kept", "体温": "temperature",
    }  # fmt: skip
    for title, key in wanted.items():
        expect(column(walk, title)).to_have_value(key)
    walk.sees("有 1 个公式", "1 formulas")
    expect(walk.page.locator("[name=hidden]")).to_be_checked()
    text = walk.page.locator("#main").inner_text()
    assert "测甲一" not in text
    assert "测*" in text or "测＊" in text, text
    column(walk, "怎么回来").select_option("note")
    walk.press("看看会登记什么", "See what would be recorded")


def look_through(walk: Walk, town: Town) -> None:
    """Two rows would go in; a rounded number and a day that is none would come back."""
    expect(tally(walk, "new")).to_have_text("2")
    expect(tally(walk, "returned")).to_have_text("2")
    walk.sees("还没有登记任何内容", "Nothing has been recorded yet")
    walk.sees("四月上旬", "四月上旬")
    assert journeys(town) == []


def confirm(walk: Walk, town: Town) -> int:
    walk.press("登记这 2 行", "Record these 2 rows", walk.page.locator(".page-title"))
    walk.sees("已登记 2 行", "2 rows are recorded")
    found = {row.name: row for row in journeys(town)}
    assert set(found) == {"测甲一", "测丙三"}, "the hidden row went in too"
    assert found["测甲一"].phone == "19900001001", "full-width digits are digits"
    assert found["测丙三"].village == found["测甲一"].village, "from the merged cell"
    return len(found)


def fetch_what_came_back(walk: Walk, folder: Path) -> Path:
    with walk.page.expect_download() as taken:
        walk.page.locator("#main a[href$='/returned']").click()
    saved = folder / "退回.xlsx"
    taken.value.save_as(saved)
    return saved


def mend(file: Path) -> None:
    """Read the reasons beside the cells, and mend both cells as somebody at the office would."""
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    at = next(n for n, row in enumerate(rows) if "证件号码(18位)" in row)
    titles, back = rows[at], rows[at + 1 :]
    reasons = {str(row[titles.index("返乡人员姓名")]): str(row[0]) for row in back}
    assert "证件号码" in reasons["测乙二"]
    assert "返乡日期" in reasons["测丁四"]
    for row in back:
        if row[titles.index("返乡人员姓名")] == "测乙二":
            row[titles.index("证件号码(18位)")] = id_number("19810202", "102")
        else:
            row[titles.index("返乡日期")] = "2022-04-06"
    file.write_bytes(xlsx([*rows[:at], titles, *back]))
