"""Home, on hold, the ledger, help: what each role finds there."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN, GAO, LI, MORNING, QIAN, SUN, TAOLIN, WU, ZHAO, wire
from tests.web.visitor import Visitor
from tongxin.arrivals import facts as arrivals
from tongxin.base.ids import new_id
from tongxin.clockwork import tick
from tongxin.ledger.kinds import HELD_RESOLVED
from tongxin.ledger.tables import fact


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


def of_nobody(town: Town) -> None:
    """A telephone sends the temperature of somebody who is unknown: it is put on hold."""
    unknown = wire(
        town.device(SUN), arrivals.TEMPERATURE_TAKEN,
        arrivals.TemperatureTaken(taken_at=MORNING, celsius=37.9), subject=f"person-{new_id()}",
        purpose=f"episode:{new_id()}",
    )  # fmt: skip
    town.sent([unknown])


def test_somebody_decides_what_is_on_hold(visitor: Visitor, town: Town) -> None:
    of_nobody(town)
    visitor.sign_in(ZHAO)
    page = visitor.open("/inbox")
    assert "1 条记录在等人处理" in page
    where = "/inbox/" + page.partition('href="/inbox/')[2].partition('"')[0]
    assert "37.9" in visitor.open(where)
    wrong = visitor.send(where, decision="dismiss")
    assert 'id="f-reason-wrong"' in wrong.text
    assert visitor.send(where, decision="dismiss", reason="输错了人").status_code == 303
    assert "0 条记录在等人处理" in visitor.open("/inbox")


def test_the_tag_of_what_is_on_hold_agrees_with_its_reason(visitor: Visitor, town: Town) -> None:
    of_nobody(town)
    visitor.sign_in(ZHAO)
    page = visitor.open("/inbox")
    assert "等待自动重试" in page
    assert "自动补记" in page
    town.record(town.arrival(by=QIAN))
    row = next(r for r in visitor.open("/inbox").split("<tr")[1:] if "待有权的人处理" in r)
    assert "等人决定" in row
    assert "等待自动重试" not in row


def test_what_is_ticked_is_dismissed_at_once_each_by_a_decision_of_its_own(
    visitor: Visitor, town: Town
) -> None:
    town.record(*(town.arrival(by=QIAN, at=town.now - timedelta(minutes=n)) for n in range(4)))
    visitor.sign_in(ZHAO)
    ticked = re.findall(r'name="held" value="([^"]+)"', visitor.open("/inbox"))
    assert len(ticked) == 4
    nothing = visitor.send("/inbox", reason="重复上报")
    assert (nothing.status_code, "请先勾选" in nothing.text) == (422, True)
    no_reason = visitor.send("/inbox", held=ticked[:3])
    assert 'id="f-reason-wrong"' in no_reason.text
    assert no_reason.text.count(" checked") == 3, "the ticks are kept"
    too_many = visitor.send("/inbox", held=[*ticked, *map(str, range(60))], reason="重复上报")
    assert too_many.status_code == 422
    gone = [ticked[0], "decided-by-another-meanwhile", ticked[2]]
    assert visitor.send("/inbox", held=gone, reason="重复上报").status_code == 303
    left = re.findall(r'name="held" value="([^"]+)"', visitor.open("/inbox"))
    assert set(left) == {ticked[1], ticked[3]}
    with town.installation.database.reading() as connection:
        made = connection.execute(
            sa.select(fact.c.kind).where(fact.c.kind == HELD_RESOLVED.name)
        ).all()
    assert len(made) == 2
    assert findings(town) == []


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
