"""The returnee ledger leaves as Excel: real columns, who took it and why, filters and remit."""

from datetime import datetime
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.sheets.files import REAL, values
from tests.town import Town
from tests.village import CHEN, LI, LIN, MA, QUANJI, SUN, TAOLIN
from tests.web.visitor import Visitor, shown
from tongxin.arrivals.facts import LEDGER_TOLD, SWAB_RESULTED, LedgerTold, SwabResulted
from tongxin.base.remit import Remit
from tongxin.base.texts import Text
from tongxin.desk import Contributed
from tongxin.sheets.book import Moment
from tongxin.sheets.reading import read
from tongxin.web import frame

WHY = "镇防控例会使用"


@pytest.fixture
def li(client: TestClient[Litestar], henan: Town) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    return visitor


def taken(li: Visitor, **typed: str) -> list[list[Any]]:
    """The rows of the exported sheet, title and all."""
    answer = li.send("/arrivals/export", **{"reason": WHY, **typed})
    assert answer.status_code == 200, answer.text
    return values(answer.content)


def line(li: Visitor, **typed: str) -> dict[str, Any]:
    """The one line of the ledger, by its headers."""
    _, _, head, row = taken(li, **typed)
    return dict(zip(head, [*row, *[None] * (len(head) - len(row))], strict=True))


def test_the_columns_are_those_of_a_real_ledger_in_their_order(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    assert taken(li)[2] == [*REAL, "记录编号"]


def test_who_took_it_when_and_why_stands_above_and_on_each_page(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    answer = li.send("/arrivals/export", reason=WHY)
    title, told, *_ = values(answer.content)
    assert title == ["桃林铺镇 返乡人员台账"]
    for word in ("李建国", "2022-04-07 06:00", WHY, "已遮盖"):
        assert word in told[0]
    assert f"李建国 2022-04-07 06:00 导出 · {WHY} · 内部资料，不得外传" in shown(answer)
    assert "<dc:creator>李建国</dc:creator>" in shown(answer)


def test_an_export_is_recorded_with_its_reason(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    taken(li, reveal="yes")
    page = li.open("/looks")
    assert "arrivals (unmasked): 1" in page
    assert WHY in page


def test_without_a_reason_nothing_leaves(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    answer = li.send("/arrivals/export", reason="看")
    assert answer.status_code == 422
    assert "请写明用途" in answer.text
    assert "arrivals" not in li.open("/looks").partition("<main")[2].partition("</main")[0]


def test_personal_fields_are_masked_unless_revealed(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    row = line(li)
    assert [row[head] for head in ("姓名", "身份证号", "电话", "家庭住址")] == [
        "陈*", "*" * 14 + CHEN.id_number[-4:], "199****0001", "****",
    ]  # fmt: skip
    row = line(li, reveal="yes")
    assert [row[head] for head in ("姓名", "身份证号", "电话", "家庭住址")] == [
        CHEN.name, CHEN.id_number, CHEN.phone, CHEN.address,
    ]  # fmt: skip


def test_a_line_tells_what_was_recorded_and_invents_nothing(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN, celsius=36.4)
    row = line(li)
    assert row["序号"] == 1
    assert row["返回时间"] == Moment(datetime(2022, 4, 7, 6))  # noqa: DTZ001 as Excel holds it
    assert (row["地址"], row["上报村"], row["返回说明"]) == ("上海市浦东新区", "桃林村", "自驾")
    assert (row["体温"], row["上报日期"]) == (36.4, "2022-04-07")
    assert [row[head] for head in ("行程码", "健康码", "核酸结果", "疫苗", "网格员")] == [None] * 5


def test_a_test_result_stands_there_with_its_day_only_once_it_is_known(
    li: Visitor, henan: Town
) -> None:
    chen = henan.arrive(CHEN)
    henan.record(
        henan.draft(
            SWAB_RESULTED, SwabResulted(taken_at=henan.now, positive=False), subject=chen.subject,
            purpose=chen.purpose,
        )
    )  # fmt: skip
    assert line(li)["核酸结果"] == "阴性 2022-04-07"


def test_words_of_an_earlier_ledger_stand_where_nothing_better_is_known(
    li: Visitor, henan: Town
) -> None:
    chen = henan.arrive(CHEN)
    said = LedgerTold(
        health_code="绿码", swab="阴性", vaccine="三针", temperature="正常", grid_worker="孙丽",
        reported_on="4月6日", measures="集中隔离", returnee_type="1",
    )  # fmt: skip
    henan.record(henan.draft(LEDGER_TOLD, said, subject=chen.subject, purpose=chen.purpose))
    row = line(li)
    assert [row[head] for head in ("健康码", "核酸结果", "疫苗", "体温", "网格员", "上报日期")] == [
        "绿码", "阴性", "三针", "正常", "孙丽", "4月6日",
    ]  # fmt: skip
    assert row["返乡类型"] == "省外", "the type follows from where somebody came from"
    assert "集中隔离" not in row["防控措施"], "measures follow from the plan, never from a list"


def test_measures_are_computed_from_the_plan(li: Visitor, henan: Town) -> None:
    henan.at_risk()
    henan.arrive(CHEN)
    measures = line(li)["防控措施"]
    assert "居家" in measures
    assert measures.endswith("至 2022-04-14 24:00"), "the day that it ends, as the pages say it"


@pytest.mark.parametrize(
    ("code", "type_"),
    [("310115", "省外"), ("410105", "省会"), ("411302", "省内"), ("", None)],
)
def test_the_type_follows_from_where_somebody_came_from(
    li: Visitor, henan: Town, code: str, type_: str | None
) -> None:
    henan.arrive(CHEN, from_area=code)
    assert line(li)["返乡类型"] == type_


def test_the_filters_of_the_list_are_kept(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN)
    henan.arrive(LIN)
    assert 'name="village" value="411526108202"' in li.open(f"/arrivals/export?village={QUANJI}")
    rows = taken(li, village=QUANJI, reveal="yes")[3:]
    assert [row[1] for row in rows] == [LIN.name]


def test_only_who_may_reveal_there_takes_full_names(
    li: Visitor, henan: Town, client: TestClient[Litestar]
) -> None:
    henan.arrive(CHEN)
    henan.arrive(LIN)
    henan.give(SUN, "command", TAOLIN)
    li.sign_in(SUN)
    assert [row[1] for row in taken(li, reveal="yes")[3:]] == [CHEN.name]


def test_a_name_that_looks_like_a_formula_is_a_text(li: Visitor, henan: Town) -> None:
    henan.arrive(CHEN, name="=SUM(A1)")
    answer = li.send("/arrivals/export", reason="=镇防控例会", reveal="yes")
    (sheet,) = read(answer.content).sheets
    assert sheet.lines[3].cells[1] == "=SUM(A1)"
    assert sheet.formulas == 0


def test_a_pillar_above_adds_its_columns(
    li: Visitor, henan: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = henan.arrive(CHEN).purpose.partition(":")[2]

    def carers(remit: Remit, _connection: Any, _township: str, episodes: Any) -> dict[str, str]:
        assert remit.holds("arrivals.read")
        assert list(episodes) == [episode]
        return {episode: "五包一：孙丽"}

    added = Contributed(Text("包保人员", "Carers"), 12, carers)
    monkeypatch.setattr(frame, "CONTRIBUTED", {"ledger": (added,)})
    row = line(li)
    assert row["包保人员"] == "五包一：孙丽"
    assert list(row)[-2:] == ["包保人员", "记录编号"]


def test_the_record_of_a_line_is_known_by_its_number(li: Visitor, henan: Town) -> None:
    ma = henan.arrive(MA)
    assert f"episode:{line(li)['记录编号']}" == ma.purpose
