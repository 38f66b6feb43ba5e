"""Whom the latest list changed: news for a day, and only of one's own people."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.registry.risklists.lists import PUDONG, entry, served
from tests.town import Town
from tests.village import CHEN, LI, LIN, SUN, ZHOU
from tests.web.visitor import Visitor

NEWS = "看您这里谁变了"


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(SUN)
    return visitor


def listed(town: Town) -> None:
    """Pudong is at high risk, by a list that came into force now."""
    town.approve(town.listed(served([entry(PUDONG, "浦东新区全域")], at=town.now)))


def test_without_a_list_there_is_no_news(visitor: Visitor) -> None:
    assert NEWS not in visitor.open("/")
    assert "还没有名单生效" in visitor.open("/changed")


def test_each_sees_whom_it_changed_of_her_own(visitor: Visitor, henan: Town) -> None:
    chen, lin = henan.arrive(CHEN), henan.arrive(LIN, from_area="310115")
    henan.clock.advance(hours=1)
    listed(henan)
    assert NEWS in visitor.open("/")
    page = visitor.open("/changed")
    assert "您这里有 1 人变了" in page
    assert chen.subject in page
    assert lin.subject not in page
    visitor.sign_in(ZHOU)
    page = visitor.open("/changed")
    assert lin.subject in page
    assert chen.subject not in page


def test_home_says_how_many_of_her_own_the_list_concerns(visitor: Visitor, henan: Town) -> None:
    for who in (CHEN, LIN):
        henan.arrive(who, from_area="310115")
    henan.clock.advance(hours=1)
    listed(henan)
    assert "涉及您这里 1 人" in visitor.open("/")
    visitor.sign_in(LI)
    assert "涉及您这里 2 人" in visitor.open("/")


def test_a_list_that_changed_nobody_says_so(visitor: Visitor, henan: Town) -> None:
    henan.arrive(LIN, from_area="310115")
    henan.clock.advance(hours=1)
    listed(henan)
    assert NEWS not in visitor.open("/"), "it concerns nobody of hers"
    assert "这份名单没有改变您这里任何人" in visitor.open("/changed")


def test_after_a_day_it_is_no_news(visitor: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    henan.clock.advance(hours=1)
    listed(henan)
    assert NEWS in visitor.open("/")
    henan.clock.advance(hours=25)
    visitor.sign_in(SUN)
    assert NEWS not in visitor.open("/")
