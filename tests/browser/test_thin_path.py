"""The thin path of the day, lived in the pages: desk and telephone, Chinese and English."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.browser.walk import Walk
from tests.town import Town
from tests.village import CHEN, LI, SUN, TAOLIN, WANG, WU

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]


def test_from_the_rules_to_the_figure(
    open_walk: OpenWalk, size: str, language: str, town: Town
) -> None:
    walk = open_walk(size, language)
    adopt_rules(walk)
    declare_pudong(walk)
    person = register_chen(walk)
    do_the_task(walk, person)
    open_the_figure(walk, person)
    assert town.stream(person) is not None


def adopt_rules(walk: Walk) -> None:
    """李建国 proposes the rules of Henan; nobody approves his own; 王芳 does."""
    walk.sign_in(LI)
    walk.open("/rules")
    walk.page.select_option("#f-shipped", "henan-2022-04")
    walk.page.fill("#f-reason", "疫情防控需要")
    walk.press("提议", "Propose")
    walk.sees("已提交，还没有生效", "Proposed, and not in force yet")
    walk.sees("须由另一个人批准", "somebody else has to approve it")
    expect(walk.page.locator("form.confirm")).to_have_count(0)

    walk.sign_in(WANG)
    walk.follow("先看清楚，再决定", "Look first, then decide")
    walk.sees("没有人的状态会改变", "changes nobody's standing")
    walk.press("批准", "Approve")
    walk.sees("已批准，现在起生效", "Approved and in force")


def declare_pudong(walk: Walk) -> None:
    """王芳 proposes Pudong as an area of high risk, and 李建国 approves it."""
    walk.open("/areas")
    walk.press("提议", "Propose")
    walk.sees("请填写地名", "Fill in the name of the area")
    walk.page.fill("#f-code", "上海市浦东新区")
    walk.page.locator("#main").get_by_text(walk.say("高风险", "high risk"), exact=True).click()
    walk.page.fill("#f-from_", "2022-03-28T00:00")
    walk.page.fill("#f-source", "国务院客户端通报")
    walk.press("提议", "Propose")
    walk.sign_in(LI)
    walk.follow("先看清楚，再决定", "Look first, then decide")
    walk.sees("现在只是预览", "This is a preview")
    walk.press("批准", "Approve")
    walk.sees("已批准，现在起生效", "Approved and in force")


def register_chen(walk: Walk) -> str:
    """吴强 at the checkpoint mistypes a digit, is told so, mends it, and sees what is asked."""
    walk.sign_in(WU)
    walk.open("/arrivals/new")
    page = walk.page
    page.fill("#f-name", CHEN.name)
    page.select_option("#f-village", TAOLIN)
    page.fill("#f-origin", "上海市浦东新区")
    page.press("#f-origin", "Tab")
    page.fill("#f-celsius", "36.4")
    page.fill("#f-phone", CHEN.phone)
    page.fill("#f-id_number", CHEN.id_number[:-1] + ("1" if CHEN.id_number[-1] != "1" else "2"))
    walk.press("登记", "Record the arrival")
    walk.sees("身份证号对不上", "This ID number cannot be right")
    expect(page.locator("#f-name")).to_have_value(CHEN.name)
    expect(page.locator("#f-id_number")).to_have_attribute("aria-invalid", "true")
    page.fill("#f-id_number", CHEN.id_number)
    walk.press("登记", "Record the arrival")

    walk.sees("已登记", "is registered")
    walk.sees("居家健康监测", "Monitored at home")
    walk.sees("高风险地区", "high-risk area")
    walk.sees("不同意？", "Do not agree?")
    text = page.locator("#main").inner_text()
    assert CHEN.id_number not in text, "the ID number is masked once it is saved"
    assert CHEN.id_number[-4:] in text
    found = re.search(r"/arrivals/(person-[0-9a-f-]+)", page.url)
    assert found, page.url
    return found[1]


def do_the_task(walk: Walk, person: str) -> None:
    """孙丽 has the new tasks, does one in one tap, and takes a temperature."""
    walk.sign_in(SUN)
    walk.open("/tasks")
    tasks = walk.page.locator(".task")
    before = tasks.count()
    assert before >= 2
    walk.press("完成", "Done", tasks.filter(has=walk.page.locator("form")).first)
    walk.sees("已记为完成", "Recorded as done")
    expect(tasks).to_have_count(before - 1)

    walk.open(f"/arrivals/{person}")
    walk.page.fill("#f-celsius", "63")
    walk.press("记体温", "Record the temperature")
    walk.sees("体温应在 30 到 45", "A temperature lies between 30 and 45")
    walk.page.fill("#f-celsius", "36.6")
    walk.press("记体温", "Record the temperature")
    walk.sees("已记录，已按规则重新判断", "Recorded, and judged again by the rules")
    walk.sees("36.6", "36.6")


def open_the_figure(walk: Walk, person: str) -> None:
    """李建国 opens a figure down to the person behind it."""
    walk.sign_in(LI)
    walk.page.locator(".figure[href='/figures/arrivals.screened']").click()
    assert walk.title().endswith("1")
    walk.page.locator("#days .cell-main a").first.click()
    walk.fits()
    walk.page.locator(f"#main a[href='/arrivals/{person}']").click()
    walk.sees("居家健康监测", "Monitored at home")


def test_looking_at_somebody_takes_a_reason_and_is_seen(open_walk: OpenWalk, henan: Town) -> None:
    chen = henan.arrive(CHEN)
    walk = open_walk("phone", "zh")
    walk.sign_in(SUN)
    walk.open(f"/arrivals/{chen.subject}")
    walk.page.get_by_text("显示完整信息").click()
    walk.press("显示并记录", "Show and record")
    walk.sees("请选择或写明查看原因", "Choose or write why you look")
    walk.page.select_option("#f-reason", "核对证件")
    walk.press("显示并记录", "Show and record")
    walk.sees(CHEN.id_number, CHEN.id_number)
    walk.sign_in(LI)
    walk.open("/looks")
    row = walk.page.locator("tbody tr").first
    expect(row).to_contain_text("孙丽")
    expect(row).to_contain_text("核对证件")


def test_a_list_leaves_with_who_when_and_why_in_it(open_walk: OpenWalk, henan: Town) -> None:
    henan.arrive(CHEN)
    walk = open_walk("desk", "zh")
    walk.sign_in(LI)
    walk.open("/arrivals")
    walk.follow("导出", "Export")
    walk.page.fill("#f-reason", "镇防控例会")
    with walk.page.expect_download() as taken:
        walk.page.get_by_role("button", name="导出并记录").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    book = CalamineWorkbook.from_path(str(taken.value.path()))
    told = " ".join(str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row)
    for said in ("李建国", "2022-04-07 06:00", "镇防控例会", "陈*"):
        assert said in told
    assert CHEN.name not in told
    walk.open("/looks")
    expect(walk.page.locator("tbody tr").first).to_contain_text("镇防控例会")


def test_nobody_is_found_by_name_in_an_address(open_walk: OpenWalk, henan: Town) -> None:
    henan.arrive(CHEN)
    walk = open_walk("phone", "zh")
    walk.sign_in(SUN)
    walk.open("/arrivals")
    walk.page.fill("#f-words", CHEN.name[:1])
    walk.press("查找", "Search")
    walk.sees("找到 1 人次", "1 arrival found")
    expect(walk.page).to_have_url(walk.address + "/arrivals/find")
