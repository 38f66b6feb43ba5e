"""Lists of areas at risk on screen: handed in, seen through, approved by somebody else."""

import re
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.registry.risklists.lists import HUANGCHUAN, KUNSHAN, PUDONG, entry, served
from tests.town import Town
from tests.village import CHEN, CHEN_FAMILY, LI, MA, MORNING, TOWNSHIP, WANG, XU
from tests.web.visitor import Visitor
from tongxin.ledger.tables import rejudge
from tongxin.registry.tables import risk_list
from tongxin.web import reckoning

DAY = timedelta(days=1)
EVENING = served([entry(PUDONG, "甲小区")], [entry(HUANGCHUAN, "乙小区")])


@pytest.fixture
def visitor(client: TestClient[Litestar]) -> Visitor:
    return Visitor(client)


def handed_in(visitor: Visitor, raw: bytes = EVENING) -> str:
    """李建国 hands a file in; the address of its page."""
    visitor.sign_in(LI)
    answer = visitor.upload("/areas/lists", "file", raw, list_source="国务院客户端")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_file_is_proposed_and_its_page_tells_whom_it_changes(
    visitor: Visitor, henan: Town
) -> None:
    chen, ma = henan.arrive(CHEN), henan.arrive(MA)
    page = visitor.open(handed_in(visitor))
    assert "批准后有 1 人次的状态会改变" in page
    assert f"/arrivals/{chen.subject}" in page
    assert "陈*" in page
    assert CHEN.name not in page
    assert ma.subject not in page
    assert "这是您提的" in page
    assert "本县" in page


def test_what_is_pasted_counts_as_a_file(visitor: Visitor, henan: Town) -> None:
    visitor.sign_in(LI)
    answer = visitor.upload(
        "/areas/lists", "", b"", list_source="国务院客户端", pasted=EVENING.decode()
    )
    assert answer.headers["location"] == handed_in(visitor), "the same file, the same list"


@pytest.mark.parametrize(
    ("raw", "source", "said"),
    [
        (b"", "国务院客户端", "请选择名单文件"),
        (b"[]", "国务院客户端", "这不是国家卫健委的风险地区名单"),
        (EVENING, "", "请写明出自哪份通报"),
    ],
)
def test_what_is_no_list_is_told_and_nothing_is_lost(
    visitor: Visitor, henan: Town, raw: bytes, source: str, said: str
) -> None:
    visitor.sign_in(LI)
    answer = visitor.upload("/areas/lists", "file", raw, list_source=source)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{source}"' in answer.text


def test_after_approval_the_page_tells_whom_the_list_changed(visitor: Visitor, henan: Town) -> None:
    chen = henan.arrive(CHEN)
    address = handed_in(visitor)
    visitor.sign_in(WANG)
    assert "批准这份名单" in visitor.open(address)
    assert visitor.send(f"{address}/approve").status_code == 303
    henan.installation.store.settle()
    page = visitor.open(address)
    assert "名单改变了 1 人次的状态" in page
    assert "应重新判断的 1 人都已判断完" in page
    assert chen.subject in page


def test_while_people_are_judged_again_the_page_says_how_far_it_has_come(
    visitor: Visitor, henan: Town
) -> None:
    came = [henan.arrive(who) for who in CHEN_FAMILY[:2]]
    address = handed_in(visitor)
    visitor.sign_in(WANG)
    visitor.send(f"{address}/approve")
    henan.installation.store.settle()
    assert '<meta http-equiv="refresh"' not in visitor.open(address)
    with henan.installation.database.writing() as connection:
        seq = connection.scalar(sa.select(risk_list.c.in_force_seq)) or 0
        # As where the writer has one of them still before it.
        left = sa.insert(rejudge).values(township=TOWNSHIP, subject=came[0].subject, cause=seq)
        connection.execute(left)
    page = visitor.open(address)
    assert '<meta http-equiv="refresh"' in page
    assert "1 / 2" in page


def test_numbers_are_for_those_who_read_no_personal_records(visitor: Visitor, henan: Town) -> None:
    chen = henan.arrive(CHEN)
    address = handed_in(visitor)
    visitor.sign_in(XU)
    page = visitor.open(address)
    assert "批准后有 1 人次的状态会改变" in page
    assert chen.subject not in page


def test_what_is_at_risk_now_is_found_by_name_and_level_with_our_own_county_first(
    visitor: Visitor, henan: Town
) -> None:
    raw = served([entry(KUNSHAN, "玉山镇"), entry(PUDONG, "甲小区")], [entry(HUANGCHUAN, "乙小区")])
    henan.approve(henan.listed(raw))
    visitor.sign_in(LI)
    page = visitor.open("/areas")
    assert "现在有 3 处风险地区" in page
    assert "本县 1 处，本省 1 处" in page
    assert page.index("潢川县 乙小区") < page.index("甲小区") < page.index("昆山市玉山镇")
    found = visitor.open("/areas?q=昆山")
    assert "昆山市玉山镇" in found
    assert "乙小区" not in found
    assert "乙小区" in visitor.open("/areas?level=medium")
    assert "甲小区" not in visitor.open("/areas?level=medium")
    assert "没有符合条件的地方" in visitor.open("/areas?q=无此地")


def test_three_thousand_places_come_in_pages(visitor: Visitor, henan: Town) -> None:
    raw = served([entry(PUDONG, *(f"第{n:04}号楼" for n in range(3000)))])
    henan.approve(henan.listed(raw))
    visitor.sign_in(LI)
    assert "第0000号楼" in visitor.open("/areas")
    assert "第0050号楼" not in visitor.open("/areas")
    assert "第0050号楼" in visitor.open("/areas?page=2")


def test_what_changes_is_found_by_how_it_changes(visitor: Visitor, henan: Town) -> None:
    before = served(
        [entry(PUDONG, "甲小区"), entry(PUDONG, "丁小区")], [entry(PUDONG, "乙小区")],
        at=MORNING - DAY,
    )  # fmt: skip
    henan.approve(henan.listed(before, MORNING - DAY))
    raw = served([entry(PUDONG, "乙小区"), entry(PUDONG, "丙小区")], [entry(PUDONG, "甲小区")])
    address = handed_in(visitor, raw)
    for turn, place in (("added", "丙"), ("raised", "乙"), ("lowered", "甲"), ("lifted", "丁")):
        page = visitor.open(f"{address}?turn={turn}")
        assert page.count('class="cell-main"') >= 1
        assert f"{place}小区" in page.split('id="places"')[1]
        assert sum(f"{each}小区" in page.split('id="places"')[1] for each in "甲乙丙丁") == 1


def test_a_list_waits_on_the_page_of_the_second_person(visitor: Visitor, henan: Town) -> None:
    address = handed_in(visitor)
    visitor.sign_in(WANG)
    home = visitor.open("/")
    assert f'href="{address}"' in home
    assert "风险地区名单" in home


def test_lists_come_in_pages_and_those_that_wait_come_first(visitor: Visitor, henan: Town) -> None:
    hours = [MORNING - timedelta(hours=n) for n in range(12)]
    raws = [served([entry(PUDONG, f"第{n}号楼")], at=hour) for n, hour in enumerate(hours)]
    proposed = [henan.listed(raw, at=hour) for raw, hour in zip(raws, hours, strict=True)]
    for each in proposed[:-1]:
        henan.approve(each)
    visitor.sign_in(LI)
    first = visitor.open("/areas")
    assert first.index(proposed[-1].subject) < first.index(proposed[0].subject)
    assert proposed[10].subject not in first
    assert 'href="/areas?lists=2#lists"' in first
    second = visitor.open("/areas?lists=2")
    assert proposed[10].subject in second
    assert proposed[0].subject not in second


def test_of_many_people_the_figures_of_all_are_told_once_they_are_known(
    visitor: Visitor, henan: Town
) -> None:
    many = [henan.arrival(CHEN, name=f"测{chr(0x4E00 + n)}", id_number="") for n in range(520)]
    henan.record(*many)
    address = handed_in(visitor)
    visitor.sign_in(WANG)
    visitor.open(address)
    reckoning.wait()
    page = visitor.open(address)
    assert "批准后有 520 人次的状态会改变" in page
    assert '<meta http-equiv="refresh"' not in page
    assert "上面列的是 520 人里的一部分（比较了其中 500 人）" in page
    assert page.count('href="/arrivals/person-') == 500
    (more,) = re.findall(r'href="([^"]*after=person-[^"]*)"', page)
    rest = visitor.open(more.replace("&amp;", "&"))
    assert rest.count('href="/arrivals/person-') == 20
    assert "批准后有 520 人次的状态会改变" in rest


def test_while_many_are_counted_no_part_stands_for_all(
    visitor: Visitor, henan: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread is held before its first part, as where it has a hundred others before it."""
    many = [henan.arrival(CHEN, name=f"测{chr(0x4E00 + n)}", id_number="") for n in range(520)]
    henan.record(*many)
    address = handed_in(visitor)
    visitor.sign_in(WANG)
    gate = threading.Event()
    work = reckoning._reckon
    monkeypatch.setattr(reckoning, "_reckon", lambda *given: (gate.wait(), work(*given)))
    page = visitor.open(address)
    assert "正在算会改变多少人，到现在 0 人次" in page
    assert "0 / 520" in page
    assert '<meta http-equiv="refresh"' in page
    gate.set()
    reckoning.wait()
    assert "批准后有 520 人次的状态会改变" in visitor.open(address)
