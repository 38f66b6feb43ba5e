"""A place is picked by a few letters, with a finger or the keys; without a script it is asked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.town import Town
from tests.village import SUN, TAOLIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]


def test_initials_and_a_tap_fill_the_place(
    open_walk: OpenWalk, size: str, language: str, henan: Town
) -> None:
    walk = open_walk(size, language)
    walk.sign_in(SUN)
    walk.open("/arrivals/new")
    walk.field("origin").press_sequentially("hc")
    line = walk.page.get_by_role("option", name="河南省信阳市潢川县", exact=True)
    expect(line).to_be_visible()
    walk.fits()
    box = line.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    line.click()
    expect(walk.field("origin")).to_have_value("河南省信阳市潢川县")
    expect(line).to_be_hidden()


def test_the_keys_choose_too(open_walk: OpenWalk, henan: Town) -> None:
    walk = open_walk("desk", "zh")
    walk.sign_in(SUN)
    walk.open("/arrivals/new")
    field = walk.field("origin")
    field.press_sequentially("411526202")
    expect(walk.page.locator(".places li").first).to_contain_text("魏岗乡")
    field.press("ArrowDown")  # the retired code itself is shown, and cannot be chosen
    field.press("Enter")
    expect(field).to_have_value("河南省信阳市潢川县魏岗镇")
    expect(field).to_have_attribute("aria-expanded", "false")


def test_what_may_be_several_places_is_asked_once(
    open_walk: OpenWalk, language: str, henan: Town
) -> None:
    walk = open_walk("phone", language)
    walk.sign_in(SUN)
    walk.open("/arrivals/new")
    walk.fill("name", "岳清禾")
    walk.choose("village", TAOLIN, "桃林村")
    walk.fill("origin", "朝阳")
    walk.field("origin").press("Escape")
    walk.press("登记", "Record the arrival")
    walk.sees("这里写的可能是几个地方", "This may be several places")
    walk.tick("origin_meant", "110105")
    walk.press("登记", "Record the arrival")
    walk.sees("北京市朝阳区", "北京市朝阳区")
