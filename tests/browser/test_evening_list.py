"""Day −1, evening: a list of areas at risk names whom it touches, before and after it counts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.registry.risklists.lists import HUANGCHUAN, PUDONG, entry, served
from tests.town import Town
from tests.village import CHEN, LI, MA, MORNING, SUN, WANG

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]
LIST = served([entry(PUDONG, "浦东新区全域")], [entry(HUANGCHUAN, "城关街道一小区")], at=MORNING)


def test_the_evening_list_is_seen_through_before_it_counts(
    open_walk: OpenWalk, size: str, language: str, henan: Town, tmp_path: Path
) -> None:
    chen, ma = henan.arrive(CHEN), henan.arrive(MA)
    file = tmp_path / "list.json"
    file.write_bytes(LIST)
    walk = open_walk(size, language)
    page = walk.page
    address = propose(walk, file)
    touched = page.locator(f"#who a[href='/arrivals/{chen.subject}']")
    expect(touched).to_be_visible()
    expect(page.locator(f"a[href='/arrivals/{ma.subject}']")).to_have_count(0)
    walk.sees("须由另一个人批准", "somebody else has to approve it")
    before = tasks(walk)

    walk.sign_in(WANG)
    walk.open(address)
    walk.sees("现在只是预览", "This is a preview")
    walk.press("批准", "Approve")
    walk.sees("已批准，现在起生效", "Approved and in force")
    henan.installation.store.settle()
    walk.open(address)
    walk.sees("都已判断完", "have been judged again")
    expect(touched).to_be_visible()
    assert tasks(walk) > before


def propose(walk: Walk, file: Path) -> str:
    """李建国 forgets the file, is told so, chooses it; the page that names whom it touches."""
    walk.sign_in(LI)
    walk.open("/areas")
    walk.page.fill("#f-list_source", "国务院客户端")
    walk.press("看会影响谁", "See whom it touches")
    walk.sees("请选择名单文件", "Choose the file of the list")
    expect(walk.page.locator("#f-list_source")).to_have_value("国务院客户端")
    walk.page.set_input_files("#f-file", file)
    walk.press("看会影响谁", "See whom it touches")
    walk.sees("已提交，还没有生效", "Proposed, and not in force yet")
    walk.sees("批准后有 1 人次的状态会改变", "Approving it changes 1 standing")
    walk.sees("本县", "Our county")
    return walk.page.url.removeprefix(walk.address)


def tasks(walk: Walk) -> int:
    """How many tasks the grid worker has."""
    walk.sign_in(SUN)
    walk.open("/tasks")
    return walk.page.locator(".task").count()
