"""Day −1, evening: a list of areas at risk names whom it touches, before and after it counts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.registry.risklists.lists import HUANGCHUAN, KUNSHAN, PUDONG, entry, served
from tests.town import Town
from tests.village import LI, MA, SUN, TOWNSHIP, WANG, Returnee, id_number
from tongxin.work import queries

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]
XIHU = ("浙江省", "杭州市", "西湖区")
FENGZE = ("福建省", "泉州市", "丰泽区")
# The evening's list adds Pudong and 潢川, raises 昆山, lowers 西湖, and lifts 丰泽.
ADDED, RAISED, LOWERED, LIFTED = 2, 1, 1, 1
ELEVEN = [
    Returnee(f"岳清{n}", id_number("19880612", f"{n:03}"), "", "310115", "上海市浦东新区")
    for n in range(1, 12)
]


def test_the_evening_list_is_seen_through_before_it_counts(
    open_walk: OpenWalk, size: str, language: str, henan: Town, tmp_path: Path
) -> None:
    eleven, ma = came_already(henan)
    file = evening(henan, tmp_path)
    walk = open_walk(size, language)
    address = propose(walk, file)
    what_it_changes(walk)
    whom_it_changes(walk, eleven, ma)
    before, others = tasks(walk), tasks_of(henan, ma)

    walk.sign_in(WANG)
    walk.open(address)
    walk.sees("现在只是预览", "This is a preview")
    whom_it_changes(walk, eleven, ma)
    walk.press("批准", "Approve")
    walk.sees("已批准，现在起生效", "Approved and in force")
    henan.installation.store.settle()
    walk.open(address)
    walk.sees("应重新判断的 11 人都已判断完", "All 11 whom it touches have been judged again")
    whom_it_changes(walk, eleven, ma)
    assert tasks(walk) == before + len(eleven), "each has one more: to put the measures in place"
    assert tasks_of(henan, ma) == others


def came_already(town: Town) -> tuple[list[str], str]:
    """Eleven who came from Pudong this morning, and 马超, who did not."""
    morning = served(
        [entry(XIHU, "西湖区全域")], [entry(KUNSHAN, "昆山市全域"), entry(FENGZE, "丰泽区全域")],
        at=town.now,
    )  # fmt: skip
    town.approve(town.listed(morning))
    return [town.arrive(who).subject for who in ELEVEN], town.arrive(MA).subject


def evening(town: Town, folder: Path) -> Path:
    """The file of the evening's list, as it was saved at ten past nine."""
    town.clock.advance(hours=15, minutes=10)
    high = [entry(PUDONG, "浦东新区全域"), entry(KUNSHAN, "昆山市全域")]
    medium = [entry(XIHU, "西湖区全域"), entry(HUANGCHUAN, "城关街道一小区")]
    file = folder / "list.json"
    file.write_bytes(served(high, medium, at=town.now))
    return file


def what_it_changes(walk: Walk) -> None:
    """How many areas are added, raised, lowered and lifted; what matters to us first."""
    turns = {"added": ADDED, "raised": RAISED, "lowered": LOWERED, "lifted": LIFTED}
    for turn, many in turns.items():
        figure = walk.page.locator(f".figure[href='?turn={turn}#places']")
        expect(figure.locator("b")).to_have_text(str(many))
    walk.sees("本县", "Our county")
    walk.sees("有人从那里来", "Our people were there")


def whom_it_changes(walk: Walk, eleven: list[str], ma: str) -> None:
    """The eleven by name, each from what to what; nobody else."""
    rows = walk.page.locator("#who tbody tr")
    expect(rows).to_have_count(len(eleven))
    expect(walk.page.locator(f"#who a[href='/arrivals/{ma}']")).to_have_count(0)
    for person in eleven:
        row = rows.filter(has=walk.page.locator(f"a[href='/arrivals/{person}']"))
        expect(row).to_contain_text(walk.say("健康码管理", "By health code only"))
        expect(row).to_contain_text(walk.say("居家健康监测", "Monitored at home"))


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
    walk.sees("须由另一个人批准", "somebody else has to approve it")
    walk.sees("批准后有 11 人次的状态会改变", "Approving it changes 11 standings")
    return walk.page.url.removeprefix(walk.address)


def tasks(walk: Walk) -> int:
    """How many tasks the grid worker has."""
    walk.sign_in(SUN)
    walk.open("/tasks")
    return walk.page.locator(".task").count()


def tasks_of(town: Town, person: str) -> list[str]:
    """What is to be done about one person."""
    with town.installation.database.reading() as connection:
        rows = queries.tasks_of(town.believed(SUN).remit, connection, TOWNSHIP, person)
    return [row["task"] for row in rows]
