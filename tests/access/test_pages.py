"""Accounts on screen: opened, given and taken away with a reason; one's own password."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.village import LI, PASSWORD, QUANJI, TAOLIN, ZHAO, Worker
from tests.web.visitor import Visitor

NEW = {
    "name": "范婷", "username": "fan", "post": "网格员", "role": "grid_worker", "area": TAOLIN,
    "password": "long-enough-2022",
}  # fmt: skip


@pytest.fixture
def backend() -> str:
    """What is tested here is the pages', not a database's."""
    return "sqlite"


@pytest.fixture
def visitor(client: TestClient[Litestar]) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    return visitor


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", ""), ("username", ""), ("role", ""), ("password", "short"), ("username", "zhao")],
)
def test_what_is_wrong_is_said_at_the_field(visitor: Visitor, field: str, typed: str) -> None:
    answer = visitor.send("/accounts", **{**NEW, field: typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text
    assert NEW["password"] not in answer.text


def test_an_account_from_its_opening_to_its_end(visitor: Visitor) -> None:
    where = visitor.send("/accounts", **NEW).headers["location"]
    assert visitor.send(f"{where}/roles", role="doctor", area=QUANJI).status_code == 303
    assert "村医，全集村" in visitor.open(where)
    wrong = visitor.send(f"{where}/withdraw", held_role="doctor", held_area=QUANJI)
    assert wrong.status_code == 422, "a reason is wanted"
    taken = visitor.send(
        f"{where}/withdraw", held_role="doctor", held_area=QUANJI, withdrawn_for="岗位调整"
    )
    assert taken.status_code == 303
    assert "村医，全集村" not in visitor.open(where)
    assert visitor.send(f"{where}/close").status_code == 422, "a reason is wanted"
    assert visitor.send(f"{where}/close", closed_for="离职").status_code == 303
    assert "已停用" in visitor.open(where)


def test_a_new_password_takes_the_old_one(visitor: Visitor) -> None:
    visitor.sign_in(ZHAO)
    wrong = visitor.send("/password", old="not-this-one", new="another-long-one")
    assert 'id="f-old-wrong"' in wrong.text
    short = visitor.send("/password", old=PASSWORD, new="short")
    assert 'id="f-new-wrong"' in short.text
    assert visitor.send("/password", old=PASSWORD, new="another-long-one").status_code == 303
    assert visitor.sign_in(ZHAO).status_code == 403


def test_the_page_shows_roles_in_words(visitor: Visitor) -> None:
    page = re.sub(r"\s+", " ", visitor.open("/accounts"))
    assert "网格长 桃林村" in page
    assert "高远" in page


def test_a_township_manages_its_own_accounts_only(visitor: Visitor) -> None:
    stranger = Worker("x", "x", "command", "411526109")
    answer = visitor.send("/accounts", **{**NEW, "area": stranger.area})
    assert answer.status_code == 422
    assert "没有此项权限" in answer.text
