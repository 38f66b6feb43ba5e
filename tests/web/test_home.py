"""Home, on hold, the ledger, help: what each role finds there."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.town import Town
from tests.village import CHEN, GAO, LI, MORNING, QIAN, SUN, TAOLIN, WU, ZHAO, wire
from tests.web.visitor import Visitor
from tongxin.arrivals import facts as arrivals
from tongxin.base.ids import new_id
from tongxin.clockwork import tick


@pytest.fixture
def visitor(client: TestClient[Litestar]) -> Visitor:
    return Visitor(client)


def test_zeros_are_said(visitor: Visitor) -> None:
    visitor.sign_in(LI)
    page = visitor.open("/")
    assert "0 件要办，0 件已逾期" in page
    assert "现在没有要办的事" in page
    assert '<a class="figure is-zero' in page


def test_a_figure_is_a_link_to_its_records(visitor: Visitor, henan: Town) -> None:
    chen = henan.arrive(CHEN)
    visitor.sign_in(LI)
    assert 'href="/figures/arrivals.screened"' in visitor.open("/")
    page = visitor.open("/figures/arrivals.screened")
    link = f"/arrivals?figure=arrivals.screened&amp;village={TAOLIN}&amp;day=2022-04-07"
    assert link in page
    assert chen.subject in visitor.open(link.replace("&amp;", "&"))


def test_a_figure_nobody_knows_is_not_found(visitor: Visitor) -> None:
    visitor.sign_in(LI)
    assert visitor.client.get("/figures/nothing").status_code == 404


def test_late_tasks_raise_an_alarm_above(visitor: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    henan.clock.advance(days=2)
    tick(henan.installation, henan.now)
    visitor.sign_in(LI)
    assert "已发告警" in visitor.open("/")
    assert "已逾期" in visitor.open("/tasks?late=1")


def test_a_county_official_sees_figures_and_no_names(visitor: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    visitor.sign_in(GAO)
    page = visitor.open("/figures/arrivals.screened")
    assert "看不到个人记录" in page
    assert "/arrivals" not in page.partition("<main")[2]
    assert "待办任务" not in visitor.open("/"), "a zero would say that nothing is to be done"


def test_a_volunteer_sees_doors_and_no_way_to_people(visitor: Visitor, henan: Town) -> None:
    chen = henan.arrive(CHEN)
    visitor.sign_in(QIAN)
    page = visitor.open("/tasks")
    assert CHEN.address in page
    assert CHEN.name not in page
    assert f"/arrivals/{chen.subject}" not in page


def test_the_checkpoint_finds_its_one_button(visitor: Visitor) -> None:
    visitor.sign_in(WU)
    page = visitor.open("/")
    assert '<a class="button button-primary" href="/passages/new">' in page
    assert "件要办" not in page
    assert "没有要办的事" not in page


def test_somebody_decides_what_is_on_hold(visitor: Visitor, town: Town) -> None:
    phone = town.device(SUN)
    unknown = wire(
        phone, arrivals.TEMPERATURE_TAKEN,
        arrivals.TemperatureTaken(taken_at=MORNING, celsius=37.9), subject=f"person-{new_id()}",
        purpose=f"episode:{new_id()}",
    )  # fmt: skip
    town.sent([unknown])
    visitor.sign_in(ZHAO)
    page = visitor.open("/inbox")
    assert "1 条记录在等人处理" in page
    where = "/inbox/" + page.partition('href="/inbox/')[2].partition('"')[0]
    assert "37.9" in visitor.open(where)
    wrong = visitor.send(where, decision="dismiss")
    assert 'id="f-reason-wrong"' in wrong.text
    assert visitor.send(where, decision="dismiss", reason="输错了人").status_code == 303
    assert "0 条记录在等人处理" in visitor.open("/inbox")


def test_the_head_can_be_printed(visitor: Visitor) -> None:
    visitor.sign_in(LI)
    page = visitor.open("/ledger")
    assert "tongxin verify --head" in page
    assert "411526108:" in page


def test_help_is_for_anybody(visitor: Visitor) -> None:
    assert "记事实，不记结论" in visitor.open("/help")
    visitor.sign_in(SUN)
    assert "孙丽" in visitor.open("/help")


def test_how_to_object_follows_the_rules_in_force(visitor: Visitor, henan: Town) -> None:
    visitor.sign_in(SUN)
    assert "由原决定人以外的人答复" in visitor.open("/objections")


def test_this_year_is_not_said_and_another_is(visitor: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    visitor.sign_in(LI)
    assert "4月7日 06:00" in visitor.open("/arrivals")
    henan.clock.advance(days=300)
    visitor.sign_in(LI)
    assert "2022年4月7日 06:00" in visitor.open("/arrivals")
