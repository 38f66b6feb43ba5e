"""Day −3: a family in Shanghai tells ahead; what they are told at once, and who expects them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.arrivals.homecoming import told
from tests.browser.walk import Walk
from tests.town import Town
from tests.village import CHEN_FAMILY, LI, MA, SUN, TAOLIN, WANG, WU, ZHOU
from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.base.clock import ZONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]
PLANNED = "2022-04-10T02:30"
POST = "省道卡点"


def test_a_family_tells_ahead_and_three_more_are_expected(
    open_walk: OpenWalk, size: str, language: str, henan: Town
) -> None:
    henan.at_risk()
    henan.at_risk("320583100", "昆山市玉山镇", "medium")
    told(henan, MA)  # somebody is expected already
    walk = open_walk(size, language)
    open_post(walk)
    assert expected_at_post(walk) == 1
    declare(walk)
    told_at_once(walk)
    each_has_facts_of_her_own(walk, henan)
    expected_by_the_grid_worker(walk)
    assert expected_at_post(walk) == 4
    henan.clock.now += timedelta(days=3, hours=-4)
    known_at_the_post(walk)


def open_post(walk: Walk) -> None:
    """李建国 opens a checkpoint that covers 桃林村."""
    walk.sign_in(LI)
    walk.open("/checkpoints")
    walk.fill("name", POST)
    walk.tick("villages", TAOLIN)
    walk.press("保存", "Save")


def expected_at_post(walk: Walk) -> int:
    """How many the checkpoint expects, as 吴强 reads it there."""
    walk.sign_in(WU)
    walk.open("/comings")
    walk.page.locator("#main [name='checkpoint']").select_option(label=POST)
    walk.press("筛选", "Filter")
    return int(re.sub(r"\D", "", walk.title()))


def declare(walk: Walk) -> None:
    """She calls the township; 王芳 writes down what she tells, and forgets the hour at first."""
    walk.sign_in(WANG)
    walk.open("/comings")
    walk.follow("报备返乡", "Declare a return")
    walk.press("再加一人", "Add a person")
    walk.press("再加一人", "Add a person")
    for n, who in enumerate(CHEN_FAMILY, 1):
        walk.fill(f"name_{n}", who.name)
        walk.fill(f"id_number_{n}", who.id_number)
        walk.fill(f"phone_{n}", who.phone)
        walk.tick(f"ill_{n}", "no")
    walk.choose("village", TAOLIN, "桃林村")
    walk.fill("address", "3组12号")
    walk.choose("origin", "310115", "上海市浦东新区")
    walk.page.locator("#main [name='transport']").select_option("train")
    walk.fill("vehicle", "G1724 8车")
    walk.choose("stay_1_area", "310115", "上海市浦东新区")
    walk.fill("stay_1_from", "2022-03-29")
    walk.choose("stay_2_area", "320583100", "昆山市玉山镇")
    walk.fill("stay_2_from", "2022-03-27")
    walk.fill("stay_2_until", "2022-03-28")
    walk.tick("declared_by", "self")
    walk.press("报备", "Record the declaration")
    walk.sees("请填写打算哪天几点到", "Fill in when they mean to arrive")
    expect(walk.field("id_number_3")).to_have_value(CHEN_FAMILY[2].id_number)
    expect(walk.field("stay_2_until")).to_have_value("2022-03-28")
    walk.fill("planned_at", PLANNED)
    walk.press("报备", "Record the declaration")


def told_at_once(walk: Walk) -> None:
    """What to bring, what will be asked, what is owed; names are masked, numbers not shown."""
    walk.sees("已报备 3 人", "3 people declared")
    walk.sees("48 小时内核酸阴性证明", "negative test certificate of 48 hours")
    walk.sees("健康码", "health code")
    asked = walk.page.get_by_text(walk.say("会请他做的事", "What will be asked"))
    expect(asked).to_have_count(3)
    walk.sees("应当得到", "What is owed")
    walk.sees("居家健康监测", "home health monitoring")
    text = walk.page.locator("#main").inner_text()
    for who in CHEN_FAMILY:
        assert who.name not in text
        assert who.id_number not in text


def each_has_facts_of_her_own(walk: Walk, town: Town) -> None:
    """Three people, three facts; nobody's holds what is another's."""
    party = walk.page.url.rpartition("/")[2]
    links = walk.page.locator("#main a[href^='/comings/person-']")
    people = [str(link.get_attribute("href")).split("/")[2] for link in links.all()]
    assert len(set(people)) == 3
    for person, who in zip(people, CHEN_FAMILY, strict=True):
        stream = town.stream(person)
        assert stream is not None
        (entry,) = stream.entries
        fact = entry.body
        assert isinstance(fact, ReturnDeclared)
        assert (fact.name, fact.id_number, fact.phone) == (who.name, who.id_number, who.phone)
        assert (fact.party, fact.declared_by) == (party, "self")
        assert (entry.header.area, fact.address) == (TAOLIN, "3组12号")
        assert fact.planned_at.astimezone(ZONE).isoformat() == f"{PLANNED}:00+08:00"
        assert (fact.transport, fact.vehicle) == ("train", "G1724 8车")
        assert [stay.area for stay in fact.stays] == ["310115", "320583100"]


def expected_by_the_grid_worker(walk: Walk) -> None:
    """孙丽 sees the three and 马超; 周敏 of the next village sees nobody."""
    walk.sign_in(SUN)
    walk.open("/comings")
    walk.sees("待返乡 4 人", "Expected: 4")
    together = walk.page.get_by_text(walk.say("3 人同行", "party of 3"))
    expect(together).to_have_count(3)
    walk.sign_in(ZHOU)
    walk.open("/comings")
    walk.sees("没有人", "Nobody")


def known_at_the_post(walk: Walk) -> None:
    """The night they come, 吴强 has them on his list and types nothing again."""
    walk.sign_in(WU)
    walk.open("/passages/new")
    walk.page.locator(".pick a").filter(has_text="G1724").first.click()
    walk.fits()
    expect(walk.page.locator("#main [name='name']")).to_have_count(0)
    walk.press("登记，看怎么办", "Record, and see what follows")
    walk.sees("放行，登记监测", "Let pass, register, monitor")
