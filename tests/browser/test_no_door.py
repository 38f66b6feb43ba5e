"""15:00 of the day, in the pages: no form sets a standing, whoever uses it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.town import Town
from tests.village import CHEN, LI, SUN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Whatever a field that set one would be called.
SETS = ("standing", "category", "colour", "color", "code_colour", "released", "status", "stage")
PAGES = ("/", "/arrivals/new", "/tasks", "/figures", "/rules", "/areas", "/inbox", "/accounts")


def test_no_form_holds_a_standing(open_walk: Callable[[str, str], Walk], henan: Town) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    walk = open_walk("desk", "zh")
    walk.sign_in(LI)
    for path in (*PAGES, f"/arrivals/{chen.subject}"):
        walk.open(path)
        names = walk.page.eval_on_selector_all(
            "form[method=post] [name]", "fields => fields.map(field => field.name)"
        )
        wrong = [name for name in names if any(word in name.lower() for word in SETS)]
        assert not wrong, f"{path} has a form with {wrong}"


def test_a_smuggled_standing_changes_nothing(
    open_walk: Callable[[str, str], Walk], henan: Town
) -> None:
    henan.at_risk()
    chen = henan.arrive(CHEN)
    walk = open_walk("phone", "zh")
    walk.sign_in(SUN)
    walk.open(f"/arrivals/{chen.subject}")
    until = walk.page.locator(".standing-until").inner_text()
    walk.page.evaluate(
        """words => {
          const form = document.querySelector("form[action$='/temperature']");
          for (const [name, value] of words) {
            const field = document.createElement("input");
            [field.type, field.name, field.value] = ["hidden", name, value];
            form.append(field);
          }
        }""",
        [["standing", "released"], ["category", "low-risk"], ["until", "2022-04-07"]],
    )
    walk.page.fill("#f-celsius", "36.5")
    walk.press("记体温", "Record the temperature")
    walk.sees("已按规则重新判断", "judged again by the rules")
    expect(walk.page.locator(".standing-until")).to_have_text(until)
    expect(walk.page.locator(".standing-head .tag")).to_contain_text("居家健康监测")


def test_a_form_from_elsewhere_is_refused(
    open_walk: Callable[[str, str], Walk], henan: Town
) -> None:
    chen = henan.arrive(CHEN)
    walk = open_walk("phone", "zh")
    walk.sign_in(SUN)
    walk.open(f"/arrivals/{chen.subject}")
    walk.page.evaluate(
        "document.querySelectorAll('[name=_csrf_token]').forEach(field => field.value = 'x')"
    )
    walk.page.fill("#f-celsius", "36.5")
    walk.press("记体温", "Record the temperature")
    walk.sees("此请求不像是从本页面发出的", "does not seem to come from our own page")
