"""Asked about many places: a few characters narrow them, none of them is one tap."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.town import Town
from tests.village import CHEN, WU
from tongxin.arrivals.facts import PlacesAnswered
from tongxin.ledger.facts import Fact

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWalk = Callable[[str, str], Walk]
HEQING, MANY = "310115110", 30


@pytest.fixture
def asked(henan: Town) -> str:
    """Somebody from Pudong, thirty of whose places are at risk."""
    for n in range(1, MANY + 1):
        name = f"合庆镇第 {n} 居委会" if n > 2 else ("齐爱佳苑", "庆丰公寓")[n - 1]
        henan.at_risk(HEQING, name, level="high" if n % 2 else "medium")
    return henan.arrive(CHEN, from_area="310115").subject


def last_of(town: Town, person: str) -> Fact:
    stream = town.stream(person)
    assert stream is not None
    return stream.entries[-1].body


def test_a_few_characters_narrow_the_list_and_what_is_ticked_stays(
    open_walk: OpenWalk, size: str, language: str, henan: Town, asked: str
) -> None:
    walk = open_walk(size, language)
    walk.sign_in(WU)
    walk.open(f"/arrivals/{asked}")
    shown = walk.page.locator(".asked .choice:visible")
    expect(shown).to_have_count(MANY)
    find = walk.page.get_by_label(walk.say("找地方", "Find a place"), exact=True)
    find.fill("庆丰")
    expect(shown).to_have_count(1)
    walk.fits()
    shown.first.locator("input").check()
    find.fill("qajy")
    expect(shown).to_have_count(2)
    walk.sees(f"显示 2 处，共 {MANY} 处", f"2 of {MANY} places shown")
    find.press("Enter")
    expect(walk.page).to_have_url(f"{walk.address}/arrivals/{asked}")
    assert not isinstance(last_of(henan, asked), PlacesAnswered), "the enter key answers nothing"
    walk.press("勾选的到过，其余没到过", "In the ticked ones, not in the others")
    told = last_of(henan, asked)
    assert isinstance(told, PlacesAnswered)
    assert (len(told.asked), told.inside) == (MANY, (f"{HEQING}#庆丰公寓",))


def test_without_a_script_all_are_shown_and_none_is_one_tap(
    open_walk: OpenWalk, henan: Town, asked: str
) -> None:
    walk = open_walk("phone", "zh")
    walk.page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    walk.sign_in(WU)
    walk.open(f"/arrivals/{asked}")
    expect(walk.page.locator(".asked .choice:visible")).to_have_count(MANY)
    expect(walk.page.locator("#f-narrow")).to_be_hidden()
    walk.press("都没到过", "In none of them")
    told = last_of(henan, asked)
    assert isinstance(told, PlacesAnswered)
    assert told.inside == ()
