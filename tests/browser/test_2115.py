"""21:15: a grid leader sees whom of his the evening's list changed, why, by when; reaches them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.registry.risklists.lists import PUDONG, entry, served
from tests.town import Town
from tests.village import CHEN_FAMILY, HE_LI, LIN, MA, ZHAO
from tongxin.work.facts import TaskDone

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]
SHANGHAI = {"from_area": "310115", "from_name": "上海市浦东新区"}


def test_the_four_of_his_who_changed_are_reached(
    open_walk: OpenWalk, size: str, language: str, henan: Town
) -> None:
    mine = evening(henan)
    walk = open_walk(size, language)
    walk.sign_in(ZHAO)
    walk.follow("看您这里谁变了", "See who of your people changed")
    walk.sees("您这里有 4 人变了", "4 of your people changed")
    who_why_and_by_when(walk, mine)
    for left in (4, 3, 2, 1):
        tasks = walk.page.locator(".task").filter(
            has_text=walk.say("落实管控", "Put the measures in place")
        )
        expect(tasks).to_have_count(left)
        walk.press("完成", "Done", tasks.first)
        walk.sees("已记为完成", "Recorded as done")
    walk.sees("您这里有 4 人变了", "4 of your people changed")
    expect(
        walk.page.locator(".changed").filter(has_text=walk.say("已办完", "All done"))
    ).to_have_count(4)
    for person in mine:
        stream = henan.stream(person)
        assert stream is not None
        (done,) = [e for e in stream.entries if isinstance(e.body, TaskDone)]
        assert done.header.author == henan.account(ZHAO)


def evening(town: Town) -> list[str]:
    """Four of 桃林村 come from Pudong; at nine in the evening Pudong is listed. Who they are.

    林小满 of the next village comes from there too, and 何丽 comes from elsewhere.
    """
    came = town.now
    mine = [town.arrive(who, at=came, **SHANGHAI).subject for who in (*CHEN_FAMILY, MA)]
    town.arrive(LIN, at=came, **SHANGHAI)
    town.arrive(HE_LI, at=came)
    town.clock.now += timedelta(hours=15)
    proposed = town.listed(served([entry(PUDONG, "浦东新区全域")], at=town.now))
    town.clock.advance(minutes=10)
    town.approve(proposed)
    town.clock.advance(minutes=5)
    return mine


def who_why_and_by_when(walk: Walk, mine: list[str]) -> None:
    """Each of the four: where from to, for which place, until when, what is to be done by when."""
    blocks = walk.page.locator(".changed")
    expect(blocks).to_have_count(4)
    for person in mine:
        block = blocks.filter(has=walk.page.locator(f"a[href='/arrivals/{person}']"))
        expect(block).to_have_count(1)
        expect(block).to_contain_text(walk.say("居家健康监测", "Monitored at home"))
        expect(block).to_contain_text(walk.say("高风险地区", "high-risk area"))
        expect(block).to_contain_text("浦东新区")
        expect(block.locator(".task").first).to_contain_text(
            walk.say("4月8日 09:10 前", "by 8 Apr 09:10")
        )
