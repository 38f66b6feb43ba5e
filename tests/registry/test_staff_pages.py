"""Grids, staff, links and service on screen."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.registry.doors import EAST, FATHER, GRID, Doors
from tests.town import Town
from tests.village import GAO, LI, SUN, TAOLIN, WU, XU, ZHAO, ZHOU
from tests.web.visitor import Visitor


@pytest.fixture
def visitor(client: TestClient[Litestar], henan: Town, doors: Doors) -> Visitor:
    """赵磊, grid leader of 桃林村, under the rules of Henan."""
    visitor = Visitor(client)
    visitor.sign_in(ZHAO)
    return visitor


def enrolled(visitor: Visitor, name: str, **more: str) -> str:
    answer = visitor.send("/staff/new", **({"name": name, "area": TAOLIN} | more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("/")[2])


def test_a_village_is_divided_grid_by_grid(visitor: Visitor) -> None:
    grid = visitor.send("/grids", parent=TAOLIN, grid_name="第一网格").headers["location"]
    assert grid == f"/grids/{GRID}"
    part = visitor.send("/grids", parent=GRID, grid_name="东头").headers["location"]
    assert part == f"/grids/{EAST}"
    page = visitor.open(f"/registry/{TAOLIN}")
    assert "第一网格" in page
    assert "户数偏少" in page, "a micro-grid of no household is below thirty"
    assert visitor.send("/grids", parent=TAOLIN, grid_name="").status_code == 422
    assert visitor.send(f"{grid}/close", closed_for="合并").status_code == 422, "a part is left"
    assert visitor.send(f"{part}/close", closed_for="").status_code == 422
    assert visitor.send(f"{part}/close", closed_for="合并").status_code == 303
    assert "东头" not in visitor.open(f"/registry/{TAOLIN}")


def test_a_team_is_whole_once_four_people_fill_four_roles(visitor: Visitor, doors: Doors) -> None:
    doors.grid(GRID)
    page = f"/grids/{GRID}"
    assert "还没配齐" in visitor.open(page)
    assert "网格指导员" in visitor.open(f"/registry/{TAOLIN}"), "the gaps are named"
    people = [enrolled(visitor, name) for name in ("甲", "乙", "丙", "丁")]
    roles = ("leader", "member-1", "member-2", "member-3")
    for person, role in zip([*people[:3], people[0]], roles, strict=True):
        assert visitor.send(f"{page}/fill", staff=person, role=role).status_code == 303
    assert "还没配齐" in visitor.open(page), "one of them holds two roles"
    assert visitor.send(f"{page}/fill", staff=people[3], role="member-3").status_code == 303
    assert "已配齐" in visitor.open(page)
    assert visitor.send(f"{page}/vacate", holder=people[1], role="member-1").status_code == 303
    assert "还没配齐" in visitor.open(page)
    assert visitor.send(f"{page}/fill", staff="", role="leader").status_code == 422


def test_the_gaps_of_all_grids_are_listed_by_role(
    visitor: Visitor, doors: Doors, signed_in: SignedIn
) -> None:
    doors.grid(GRID)
    person = enrolled(visitor, "甲")
    visitor.send(f"/grids/{GRID}/fill", staff=person, role="leader")
    visitor.sign_in(LI)
    page = visitor.open("/registry")
    gaps = page[page.index('id="gaps"') :]
    assert f'href="/grids/{GRID}"' in gaps
    assert f"{GRID[12:]}网格" in gaps
    assert "网格员、兼职网格员、网格指导员" in gaps
    (told,) = visitor.client.get("/api/v1/grids/gaps", headers=signed_in(LI)).json()
    assert [label["zh"] for label in told["missing"]] == ["网格员", "兼职网格员", "网格指导员"]


def test_the_figure_of_whole_teams_opens_by_village(visitor: Visitor, doors: Doors) -> None:
    doors.grid(GRID)
    visitor.sign_in(LI)
    page = visitor.open("/figures/registry.teams")
    assert "0 / 1" in page
    assert "还没达到" in page
    visitor.sign_in(GAO)
    assert "0 / 1" in visitor.open("/figures/registry.teams"), "the county sees the figure"
    assert "看不到个人记录" in visitor.open("/figures/registry.teams")


def test_nobody_is_enrolled_twice(visitor: Visitor) -> None:
    enrolled(visitor, "田野", id_number=FATHER)
    answer = visitor.send("/staff/new", name="田也", area=TAOLIN, id_number=FATHER)
    assert answer.status_code == 422
    assert "同一个人只登记一次" in answer.text


def test_numbers_are_masked_until_somebody_says_why(visitor: Visitor) -> None:
    person = enrolled(visitor, "田野", phone="19900001234", id_number=FATHER)
    page = visitor.open(f"/staff/{person}")
    assert "田野" in page
    assert "19900001234" not in page
    assert visitor.send(f"/staff/{person}/reveal", reason="").status_code == 422
    assert "19900001234" in visitor.send(f"/staff/{person}/reveal", reason="联系本人").text
    visitor.sign_in(XU)
    assert "19900001234" not in visitor.open(f"/staff/{person}")


def test_a_member_is_linked_on_the_card_and_counted(visitor: Visitor, doors: Doors) -> None:
    member = enrolled(visitor, "田野", member="yes")
    other = enrolled(visitor, "不是党员")
    home = doors.household(EAST)
    doors.household(EAST, "4组1号")
    page = visitor.open(f"/households/{home}")
    assert member in page
    assert other not in page, "only members look after households"
    assert "还没有党员联系这一户" in page
    assert visitor.send(f"/households/{home}/link", staff=member).status_code == 303
    page = visitor.open("/links")
    assert "1 名党员联系 1 户" in page
    assert "4组1号" in visitor.open("/households?which=unlinked")
    assert visitor.send(f"/households/{home}/unlink", staff=member).status_code == 303
    assert "0 名党员联系 0 户" in visitor.open("/links")
    assert visitor.send(f"/households/{home}/link", staff="").status_code == 422


def test_who_looks_after_more_than_thirty_is_warned_of(visitor: Visitor, doors: Doors) -> None:
    member = doors.worker("田野", member=True)
    for n in range(31):
        doors.link(doors.household(EAST, f"{n}号"), member)
    page = visitor.open("/links")
    assert "超过 30 户" in page


def test_signing_in_to_serve(visitor: Visitor, doors: Doors) -> None:
    volunteer = enrolled(visitor, "钱小多", force="volunteer")
    visitor.sign_in(ZHOU)
    assert volunteer not in visitor.open("/service"), "who works in another village"
    visitor.sign_in(WU)
    told = {"staff": volunteer, "force": "volunteer", "village": TAOLIN, "place": "村口卡点"}
    assert visitor.send("/service", **told, hours="8").status_code == 303
    page = visitor.open("/service")
    assert "签到 1 人次" in page
    assert "村口卡点" in page
    assert visitor.send("/service", **(told | {"staff": ""})).status_code == 422, "by nobody"
    assert visitor.send("/service", **told, at="2022-04-09T08:00").status_code == 422
    visitor.sign_in(LI)
    assert ">1<" in visitor.open("/figures/registry.served.volunteer")
    assert "钱小多" in visitor.open("/staff?figure=registry.served.volunteer")


def test_who_leaves_gives_up_the_posts(visitor: Visitor, doors: Doors) -> None:
    doors.grid(GRID)
    person = enrolled(visitor, "田野")
    visitor.send(f"/grids/{GRID}/fill", staff=person, role="leader")
    assert visitor.send(f"/staff/{person}/left", left_for="").status_code == 422
    assert visitor.send(f"/staff/{person}/left", left_for="ended").status_code == 303
    assert "田野" not in visitor.open(f"/grids/{GRID}")
    assert "田野" not in visitor.open("/staff")
    assert "田野" in visitor.open("/staff?kind=left")


def test_what_is_left_empty_in_a_correction_stays(visitor: Visitor) -> None:
    person = enrolled(visitor, "田野", post="网格员", force="volunteer", member="yes")
    assert visitor.send(f"/staff/{person}/correct", unit="县水利局").status_code == 303
    page = visitor.open(f"/staff/{person}")
    for kept in ("田野", "网格员", "县水利局", "志愿者"):
        assert kept in page, kept
    assert visitor.send(f"/staff/{person}/correct", force="none", member="no").status_code == 303
    assert re.search(r"队伍</dt><dd>\s*都不是", visitor.open(f"/staff/{person}"))


def test_a_worker_arranges_nothing(visitor: Visitor, doors: Doors) -> None:
    doors.grid(GRID)
    visitor.sign_in(SUN)
    page = visitor.open(f"/grids/{GRID}")
    assert "任命" not in page
    assert visitor.send("/grids", parent=TAOLIN, grid_name="我的").status_code == 403
    visitor.sign_in(ZHOU)
    assert visitor.client.get(f"/grids/{GRID}").status_code == 404
