"""A walk through the desk in a browser: sign in, open a page, press what a page says."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.village import PASSWORD, Worker

SIZES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"phone": (360, 740), "desk": (1440, 900)}
)
LANGUAGES: Final = ("zh", "en")


class Walk:
    """One browser before the desk. Words are given in both languages, Chinese first."""

    def __init__(self, page: Page, address: str, language: str, width: int) -> None:
        self.page, self.address, self.language, self.width = page, address, language, width

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def open(self, path: str) -> None:
        """Go to a page by its address; nothing on it is wider than the screen."""
        self.page.goto(self.address + path)
        self.fits()

    def fits(self) -> None:
        self.page.wait_for_load_state()  # before its style has come a page is as wide as it likes
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, f"{self.page.url} is {wide} wide on a screen of {self.width}"

    def sign_in(self, who: Worker) -> None:
        """Sign in by the page, as somebody who has not signed in before."""
        self.page.context.clear_cookies()
        self.open("/login")
        self.page.select_option("#f-township", who.township)
        self.page.fill("#f-name", who.username)
        self.page.fill("#f-password", PASSWORD)
        self.press("登录", "Sign in")
        expect(self.page).to_have_url(self.address + "/")
        self.fits()

    def press(self, zh: str, en: str, inside: Locator | None = None) -> None:
        """Press the one button of that name."""
        main = inside or self.page.locator("#main")
        main.get_by_role("button", name=self.say(zh, en), exact=True).click()
        self.fits()

    def field(self, name: str) -> Locator:
        """The field of that name in sight; a part of the form that is closed is opened first."""
        closed = self.page.locator(f"#main details:not([open]):has([name='{name}'])")
        if closed.count():
            closed.first.locator("summary").first.click()
        return self.page.locator(f"#main [name='{name}']").first

    def fill(self, name: str, typed: str) -> None:
        """Type into the field of that name."""
        self.field(name).fill(typed)

    def choose(self, name: str, value: str, words: str) -> None:
        """Choose from a list, or type the words where the field takes words."""
        found = self.field(name)
        if found.evaluate("field => field.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(words)

    def tick(self, name: str, value: str) -> None:
        """Tick one answer of a question."""
        self.field(name)
        self.page.locator(f"#main [name='{name}'][value='{value}']").check()

    def follow(self, zh: str, en: str) -> None:
        """Follow the first link whose words begin so."""
        words = re.compile("^" + re.escape(self.say(zh, en)))
        self.page.locator("#main").get_by_role("link", name=words).first.click()
        self.fits()

    def sees(self, zh: str, en: str) -> None:
        """The page says this somewhere in sight."""
        expect(self.page.locator("#main").get_by_text(self.say(zh, en)).first).to_be_visible()

    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()
