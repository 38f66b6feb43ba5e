"""Lists of households and of staff go in: who lives where, who is away, who holds a post."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from tests.intake.lists import taken_in
from tests.sheets.files import xlsx
from tests.town import Town
from tests.village import LI, QUANJI, TAOLIN, ZHAO, id_number
from tongxin.intake.staging import Counts
from tongxin.ledger.facts import OFFICE
from tongxin.registry.grids.facts import GRID_DRAWN, GridDrawn
from tongxin.registry.households.tables import household
from tongxin.registry.residents.tables import resident
from tongxin.registry.staff.tables import post, staff

DOORS = (
    "户号", "户主", "姓名", "身份证号", "与户主关系", "联系电话", "家庭住址", "村", "网格",
    "现居地", "是否在家", "特殊人群", "备注",
)  # fmt: skip
TEAM = ("姓名", "电话", "单位", "职务", "队伍", "村", "网格", "岗位", "是否党员")
WEI = id_number("19500301", "013")
FANG = id_number("19520708", "027")


def doors(*rows: Sequence[Any]) -> bytes:
    return xlsx([["桃林村住户名册"], list(DOORS), *rows])


def family(number: str = "1001") -> list[list[Any]]:
    """魏 with wife and granddaughter, as a printed register has them: the door once."""
    return [
        [number, "魏大山", "魏大山", WEI, "户主", "19900000101", "3组12号", "桃林村", "", "", "是",
         "独居老人"],
        [number, "", "方秀英", FANG, "妻", "", "", "桃林村", "", "广东省深圳市", "否", ""],
        ["", "", "魏小雨", "", "孙女", "", "", "桃林村", "", "", "", "无"],
    ]  # fmt: skip


def team(*rows: Sequence[Any]) -> bytes:
    return xlsx([list(TEAM), *rows])


def all_of(town: Town, table: sa.Table) -> list[Any]:
    with town.installation.database.reading() as connection:
        return list(connection.execute(sa.select(table)))


def draw(town: Town, code: str, name: str) -> None:
    drawn = town.draft(
        GRID_DRAWN, GridDrawn(code=code, name=name), by=LI, subject=f"place-{code}", purpose=OFFICE,
        area=code[:12],
    )  # fmt: skip
    town.record(drawn)


def test_a_family_is_one_household_with_all_who_live_there(town: Town) -> None:
    counts = taken_in(town, doors(*family()), kind="households")
    assert (counts.new, counts.returned) == (3, 0)
    (home,) = all_of(town, household)
    assert (home.number, home.address, home.area) == ("1001", "3组12号", TAOLIN)
    people = {row.name: row for row in all_of(town, resident)}
    assert {row.household for row in people.values()} == {home.subject}
    assert people["魏大山"].relation == "head"
    assert people["魏大山"].needs == "elderly_alone"
    assert people["方秀英"].away_area == "4403"
    assert people["魏小雨"].relation == "grandchild"
    assert people["魏小雨"].away_at is None


def test_the_same_list_again_changes_nothing(town: Town) -> None:
    taken_in(town, doors(*family()), kind="households")
    counts = taken_in(town, doors(*family()), kind="households")
    assert (counts.known, counts.new, counts.added) == (3, 0, 0)
    assert len(all_of(town, resident)) == 3


def test_what_is_new_of_somebody_known_is_added(town: Town) -> None:
    taken_in(town, doors(*family()), kind="households")
    rows = family()
    rows[2][11] = "残疾"
    counts = taken_in(town, doors(*rows), kind="households")
    assert (counts.known, counts.added) == (2, 1)
    assert {row.name for row in all_of(town, resident) if row.needs} == {"魏大山", "魏小雨"}


def test_a_household_without_a_number_is_known_by_its_head_and_door(town: Town) -> None:
    for _ in range(2):
        taken_in(town, doors(*family(number="")), kind="households")
    assert len(all_of(town, household)) == 1
    assert len(all_of(town, resident)) == 3


def test_a_row_that_names_no_household_comes_back(town: Town) -> None:
    lost = ["", "", "魏小雨", "", "孙女", "", "", "桃林村"]
    assert taken_in(town, doors(lost), kind="households") == Counts(returned=1)


def test_somebody_of_another_household_comes_back(town: Town) -> None:
    taken_in(town, doors(*family()), kind="households")
    moved = ["2002", "方秀英", "方秀英", FANG, "户主", "", "5组1号", "桃林村"]
    assert taken_in(town, doors(moved), kind="households") == Counts(returned=1)


def test_a_namesake_with_the_same_telephone_is_asked_about(town: Town) -> None:
    taken_in(town, doors(*family()), kind="households")
    alike = ["2002", "魏大山", "魏大山", "", "户主", "19900000101", "5组1号", "桃林村"]
    assert taken_in(town, doors(alike), kind="households") == Counts(returned=1)
    assert taken_in(town, doors(alike), kind="households", same={3: False}).new == 1


@pytest.mark.parametrize("words", ["一网格", "桃林村一网格", "第一网格", "1", f"{TAOLIN}-01"])
def test_a_grid_is_found_by_what_people_call_it(town: Town, words: str) -> None:
    draw(town, f"{TAOLIN}-01", "桃林村一网格")
    rows = family()
    rows[0][8] = words
    taken_in(town, doors(rows[0]), kind="households")
    assert [home.area for home in all_of(town, household)] == [f"{TAOLIN}-01"]


def test_an_unknown_grid_comes_back_with_those_there_are(town: Town) -> None:
    draw(town, f"{TAOLIN}-01", "一网格")
    rows = family()
    rows[0][8] = "九网格"
    assert taken_in(town, doors(rows[0]), kind="households") == Counts(returned=1)


def test_a_village_outside_the_remit_comes_back(town: Town) -> None:
    rows = family()
    for each in rows:
        each[7] = "全集村"
    counts = taken_in(town, doors(*rows), by=ZHAO, kind="households")
    assert counts.new == 0
    assert counts.returned == 3


def test_staff_are_enrolled_with_their_posts(town: Town) -> None:
    town.adopt("henan-2022-04")
    draw(town, f"{TAOLIN}-01", "一网格")
    rows = (
        ["高洁", "19900000201", "县教育局", "科长", "县直干部", "", "", "", "是"],
        ["马兰", "19900000202", "桃林村", "", "志愿者", "桃林村", "一网格", "网格长", "否"],
        ["丁一", "19900000203", "桃林村", "", "", "桃林村", "", "不存在的岗位", ""],
    )
    counts = taken_in(town, team(*rows), kind="staff")
    assert (counts.new, counts.remarked) == (3, 1)
    people = {row.name: row for row in all_of(town, staff)}
    assert (people["高洁"].area, people["高洁"].force) == ("411526108", "county_cadre")
    assert people["高洁"].member
    assert (people["马兰"].area, people["马兰"].force) == (TAOLIN, "volunteer")
    assert [row.grid for row in all_of(town, post)] == [f"{TAOLIN}-01"]
    assert taken_in(town, team(*rows), kind="staff").known == 3


def test_staff_who_may_be_known_are_asked_about(town: Town) -> None:
    one = ["高洁", "19900000201", "县教育局", "科长", "县直干部", "桃林村", "", "", "是"]
    taken_in(town, team(one), kind="staff")
    other = ["高洁", "19900000201", "县教育局", "主任", "县直干部", "桃林村", "", "", "是"]
    assert taken_in(town, team(other), kind="staff") == Counts(returned=1)
    assert taken_in(town, team(other), kind="staff", same={2: True}) == Counts(
        known=1, remarked=1, differs=1
    )
    assert taken_in(town, team(other), kind="staff", same={2: False}) == Counts(new=1)
    assert QUANJI not in {row.area for row in all_of(town, staff)}


def test_rebuilding_gives_the_same_rows(town: Town) -> None:
    taken_in(town, doors(*family()), kind="households")
    before = [sorted(map(str, all_of(town, table))) for table in (household, resident)]
    town.installation.rebuild("411526108")
    after = [sorted(map(str, all_of(town, table))) for table in (household, resident)]
    assert before == after
