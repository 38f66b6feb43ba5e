"""A browser before a running desk: Chromium, a server in a thread, screens of two sizes."""

import asyncio
import os
import shutil
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.walk import LANGUAGES, SIZES, Walk

_CANDIDATES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SAFE: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_PATIENCE_S: Final = 20


@pytest.fixture
def backend() -> str:
    """Pages do not know which database is below: one is enough here."""
    return "sqlite"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, or a failure that says what to install: never a silent skip."""
    named = os.environ.get("CHROMIUM")
    found = next((path for name in _CANDIDATES if (path := shutil.which(name))), None)
    if not (named or found):
        pytest.fail("no Chromium: run `make browser`, or set CHROMIUM to a browser's path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=named or found, args=_SAFE)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Litestar) -> Iterator[str]:
    """Where the desk answers for as long as the test lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(
        app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),))
    thread.start()
    where = f"http://127.0.0.1:{port}"
    _wait_for(where)
    yield where
    loop.call_soon_threadsafe(server.stop)
    thread.join(_PATIENCE_S)
    loop.close()


def _wait_for(where: str) -> None:
    pause = threading.Event()
    for _ in range(_PATIENCE_S * 20):
        try:
            with urllib.request.urlopen(f"{where}/healthz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            pause.wait(0.05)
    raise AssertionError("the desk did not answer")


@pytest.fixture(params=list(SIZES), ids=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    """A telephone, and a desk."""
    return str(request.param)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Chinese, and English."""
    return str(request.param)


@pytest.fixture
def open_walk(
    chromium: Browser, address: str, tmp_path: Path
) -> Iterator[Callable[[str, str], Walk]]:
    """`open_walk("phone", "zh")`: a browser of that size and language before the desk."""
    opened: list[Page] = []
    faults: list[str] = []

    def begin(size: str, language: str) -> Walk:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN" if language == "zh" else "en-GB",
            has_touch=size == "phone", accept_downloads=True,
        )  # fmt: skip
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        opened.append(page)
        return Walk(page, address, language, width)

    yield begin
    for page in opened:
        page.context.close()
    wrong = [fault for fault in faults if "status of 4" not in fault]
    assert not wrong, f"the browser complained: {wrong}"
