"""Tasks on screen: done in one tap, inside the remit only, and back to where one was."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.town import Town
from tests.village import CHEN, SUN, ZHOU
from tests.web.visitor import Visitor


@pytest.fixture
def action(client: TestClient[Litestar], henan: Town) -> str:
    """Where the first task of 陈静 that a tap does is sent."""
    henan.arrive(CHEN)
    visitor = Visitor(client)
    visitor.sign_in(SUN)
    found = re.search(r'action="(/tasks/[^"]+)"', visitor.open("/tasks"))
    assert found
    return found[1]


def test_one_tap_does_a_task(client: TestClient[Litestar], action: str) -> None:
    visitor = Visitor(client)
    answer = visitor.send(action)
    assert answer.headers["location"] == "/tasks"
    page = visitor.open("/tasks")
    assert "已记为完成" in page
    assert action not in page


def test_one_goes_back_to_pages_of_ours_only(client: TestClient[Litestar], action: str) -> None:
    elsewhere = action.partition("?")[0] + "?back=https://elsewhere.example"
    assert Visitor(client).send(elsewhere).headers["location"] == "/tasks"


def test_nobody_does_a_task_of_another_village(client: TestClient[Litestar], action: str) -> None:
    visitor = Visitor(client)
    visitor.sign_in(ZHOU)
    assert visitor.send(action).status_code == 404
