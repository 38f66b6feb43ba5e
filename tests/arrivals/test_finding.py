"""Somebody in the returnee ledger is found by name, pinyin letters, or the last digits."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import CHEN, LI, LIN, MA, QUANJI, SUN, TAOLIN
from tests.web.visitor import Visitor

FIND = "/api/v1/arrivals/find"


@pytest.fixture
def arrived(town: Town) -> Town:
    """陈静 and 马 in 桃林村, 林 in 全集村."""
    town.arrive(CHEN, area=TAOLIN)
    town.arrive(MA, area=TAOLIN)
    town.arrive(LIN, area=QUANJI)
    return town


@pytest.fixture
def li(client: TestClient[Litestar], arrived: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    return visitor


@pytest.mark.parametrize(
    "words",
    [
        CHEN.name, CHEN.name[0], "cj", "CJ", "c", CHEN.phone, CHEN.phone[-4:],
        f"{CHEN.phone[:3]}-{CHEN.phone[3:7]} {CHEN.phone[7:]}",
        CHEN.id_number, CHEN.id_number[-4:], CHEN.id_number[-6:].lower(),
    ],
)  # fmt: skip
def test_one_is_found_among_others(li: Visitor, words: str) -> None:
    page = li.send("/arrivals/find", words=words).text
    assert "找到 1 人次" in page
    assert "陈*" in page


def test_nobody_is_found_by_what_is_in_the_middle(li: Visitor) -> None:
    assert "找到 0 人次" in li.send("/arrivals/find", words=CHEN.name[1:]).text
    assert "找到 0 人次" in li.send("/arrivals/find", words=CHEN.phone[:4]).text


@pytest.mark.parametrize("words", ["", "12", "123", "  "])
def test_what_is_too_little_is_told(li: Visitor, words: str) -> None:
    answer = li.send("/arrivals/find", words=words)
    assert answer.status_code == 422
    assert "末四位，或完整号码" in answer.text


def test_a_search_keeps_to_what_the_list_is_narrowed_to(li: Visitor) -> None:
    assert "找到 1 人次" in li.send("/arrivals/find", words="cj", village=TAOLIN).text
    assert "找到 0 人次" in li.send("/arrivals/find", words="cj", village=QUANJI).text


def test_nobody_outside_the_remit_is_found(
    client: TestClient[Litestar], signed_in: SignedIn, arrived: Town
) -> None:
    found = [
        client.post(FIND, json={"sought": LIN.id_number[-4:]}, headers=signed_in(who)).json()
        for who in (LI, SUN)
    ]
    assert [each["total"] for each in found] == [1, 0]
    assert LIN.name not in str(found)


def test_who_moved_to_another_number_is_found_by_the_new_one(
    client: TestClient[Litestar], signed_in: SignedIn, arrived: Town
) -> None:
    headers = signed_in(LI)
    body = {"sought": "lxm", "area": QUANJI}
    assert client.post(FIND, json=body, headers=headers).json()["total"] == 1
    assert client.post(FIND, json=body | {"area": TAOLIN}, headers=headers).json()["total"] == 0
