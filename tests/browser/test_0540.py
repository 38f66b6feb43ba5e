"""05:40: the driver of the night is whom a neighbour told of under another spelling: one doubt.

Likeness joins nobody: the program shows both sides and a person decides. Once they are one, what
was declared and what was seen is one journey; the decision can be taken back.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.town import Town
from tests.village import MA, SUN, TAOLIN, WU, ZHAO, ZHOU
from tongxin.registry.identity.facts import PeopleJoined, subject_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]
# 马超 as the neighbour spelt him, and his number with one digit wrong.
HEARD = "马朝"
WRONG = MA.id_number[:15] + str((int(MA.id_number[15]) + 1) % 10) + MA.id_number[16:]


HOW = "打电话核对过"


def test_a_resident_spelt_in_two_ways_is_one_doubt_and_then_one_journey(
    open_walk: OpenWalk, size: str, language: str, henan: Town
) -> None:
    walk = open_walk(size, language)
    declared = neighbour_tells(walk)
    henan.clock.advance(hours=7)
    passed = at_the_post(walk)
    both_sides(walk, declared, passed)
    decide(walk)
    one_journey(walk, passed)
    one, other = sorted((declared, passed))
    told = PeopleJoined(one=one, other=other, reason=HOW)
    stream = henan.stream(subject_of(told))
    assert stream is not None
    (entry,) = stream.entries
    assert entry.body == told
    assert entry.header.author == henan.account(ZHAO)


def neighbour_tells(walk: Walk) -> str:
    """孙丽 writes down what a neighbour told last evening. The person of that record."""
    walk.sign_in(SUN)
    walk.open("/declarations/new")
    walk.fill("name_1", HEARD)
    walk.fill("phone_1", MA.phone)
    walk.fill("planned_at", "2022-04-07T12:00")
    walk.tick("declared_by", "village")
    walk.press("报备", "Record the declaration")
    walk.sees("已报备 1 人", "1 person declared")
    address = walk.page.locator("#main a[href^='/comings/person-']").first.get_attribute("href")
    return str(address).split("/")[2]


def at_the_post(walk: Walk) -> str:
    """吴强 is told that the number cannot be right; the driver insists; it is kept as doubtful."""
    walk.sign_in(WU)
    walk.open("/passages/new")
    walk.fill("name", MA.name)
    walk.choose("village", TAOLIN, "桃林村")
    walk.choose("origin", "32", "江苏省")
    walk.fill("celsius", "36.4")
    walk.fill("plate", "皖K88888")
    walk.fill("phone", MA.phone)
    walk.fill("id_number", WRONG)
    walk.press("登记，看怎么办", "Record, and see what follows")
    walk.sees("校验位不符", "its check digit does not fit")
    walk.tick("id_number_as_told", "yes")
    walk.press("登记，看怎么办", "Record, and see what follows")
    walk.sees("可能已有这个人的记录", "There may be a record of this person already")
    return walk.page.url.split("/")[-2]


def both_sides(walk: Walk, declared: str, passed: str) -> None:
    """赵磊 sees one doubt with both sides, masked; 周敏 of the next village sees none."""
    walk.sign_in(ZHOU)
    walk.open("/doubts")
    walk.sees("没有要核对的", "Nothing is in doubt")
    walk.sign_in(ZHAO)
    walk.open("/doubts")
    walk.sees("1 处可能是同一个人", "1 pair may be one person")
    walk.sees("手机号相同", "same phone")
    sides = walk.page.locator(".doubt .side")
    expect(sides).to_have_count(2)
    for person in (declared, passed):
        link = walk.page.locator(f"a[href^='/comings/{person}/']")
        expect(sides.filter(has=link)).to_have_count(1)
    walk.sees("存疑", "doubtful")
    text = walk.page.locator("#main").inner_text()
    for hidden in (MA.name, HEARD, MA.phone, WRONG):
        assert hidden not in text


def decide(walk: Walk) -> None:
    """He forgets to say how he checked, is told so, says it: they are one."""
    walk.press("是同一个人", "One person")
    walk.sees("请写明怎样核对的", "Say how it was checked")
    walk.fill("reason", HOW)
    walk.press("是同一个人", "One person")
    walk.sees("已认定为同一人", "Found to be one person")
    walk.sees("没有要核对的", "Nothing is in doubt")


def one_journey(walk: Walk, passed: str) -> None:
    """What was declared and what was seen is one journey: nobody is waited for any more."""
    walk.open("/comings")
    walk.sees("没有人", "Nobody")
    walk.open("/comings?view=unannounced")
    walk.sees("没有人", "Nobody")
    walk.open("/arrivals")
    walk.sees("返乡登记 1 人次", "1 arrival")
    walk.open(f"/arrivals/{passed}")
    walk.sees("合并判断的记录", "Records judged as one")
    walk.sees(HOW, HOW)
    expect(walk.page.get_by_text(walk.say("更早的行程", "Earlier journeys"))).to_have_count(0)
