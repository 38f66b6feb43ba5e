"""Households, residents, links and staff are recorded, derived, found by remit and rebuilt."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.registry.doors import EAST, FATHER, GRID, MOTHER, WEST, Doors
from tests.town import Town
from tests.village import (
    FENG,
    GAO,
    LI,
    MORNING,
    QIAN,
    QUANJI,
    SHIZHAI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    WU,
    ZHAO,
    ZHOU,
    Worker,
)
from tongxin.base.clock import to_ms
from tongxin.base.remit import Remit
from tongxin.briefing.queries import totals
from tongxin.catalogue import catalogue
from tongxin.ledger.facts import Outcome
from tongxin.ledger.tables import subject
from tongxin.ledger.verifying import Count, verified
from tongxin.policy.shipped import shipped_pack
from tongxin.registry import figures as registry_figures
from tongxin.registry.figures import SUMS
from tongxin.registry.grids import queries as grids
from tongxin.registry.households import facts as households_facts
from tongxin.registry.households import queries as households
from tongxin.registry.links import facts as links_facts
from tongxin.registry.links import queries as links
from tongxin.registry.residents import facts as residents_facts
from tongxin.registry.residents import queries as residents
from tongxin.registry.residents.rules import sought
from tongxin.registry.staff import facts as staff_facts
from tongxin.registry.staff import queries as staff


@pytest.fixture
def doors(town: Town) -> Doors:
    return Doors(town)


def remit_of(town: Town, who: Worker) -> Remit:
    return town.believed(who).remit


def asked(doors: Doors, who: Worker, query: Callable[..., Any], *more: Any) -> Any:
    """What somebody gets from a query of his own township."""
    remit = remit_of(doors.town, who)
    with doors.town.installation.database.reading() as connection:
        return query(remit, connection, TOWNSHIP, *more)


def addresses(doors: Doors, who: Worker, **wanted: Any) -> list[str]:
    """Which doors somebody finds, and that the count says the same."""
    narrowed = households.Wanted(**wanted)
    rows = asked(doors, who, households.households, narrowed, 50, 0)
    assert asked(doors, who, households.how_many, narrowed) == len(rows)
    return [row["address"] for row in rows]


def names(doors: Doors, who: Worker, words: str = "", **wanted: Any) -> list[str]:
    narrowed = residents.Wanted(sought=sought(words), **wanted)
    rows = asked(doors, who, residents.residents, narrowed, 50, 0)
    assert asked(doors, who, residents.how_many, narrowed) == len(rows)
    return [row["name"] for row in rows]


def figures(doors: Doors, who: Worker = LI, until: str = "", area: str = "") -> dict[str, int]:
    found: dict[str, int] = asked(doors, who, totals, "", until, area)
    return {name: n for name, n in found.items() if name in SUMS and n}


def findings(doors: Doors) -> list[str]:
    installation = doors.town.installation
    with installation.database.reading() as connection:
        found = verified(connection, installation.keys, catalogue(), TOWNSHIP, Count())
        return [finding.text.en for finding in found]


def area_of(doors: Doors, name: str) -> str | None:
    with doors.town.installation.database.reading() as connection:
        return connection.scalar(sa.select(subject.c.area).where(subject.c.subject == name))


def test_a_household_is_found_by_whoever_has_a_say_there(doors: Doors) -> None:
    doors.household(EAST, "3组12号")
    doors.household(f"{QUANJI}-01", "1组2号")
    assert addresses(doors, LI) == ["3组12号", "1组2号"]
    assert addresses(doors, SUN) == addresses(doors, QIAN) == ["3组12号"]
    assert addresses(doors, ZHOU) == ["1组2号"]
    for outside in (FENG, GAO, WU):
        assert addresses(doors, outside) == []


def test_a_household_belongs_to_its_grid_and_moves_with_it(doors: Doors) -> None:
    home = doors.household(EAST)
    assert area_of(doors, home) == EAST
    body = households_facts.HouseholdPlaced(grid=WEST)
    doors.town.clock.advance(hours=1)
    doors.record(households_facts.HOUSEHOLD_PLACED, body, home)
    assert area_of(doors, home) == WEST
    assert addresses(doors, LI, area=EAST) == []
    assert addresses(doors, LI, area=WEST) == ["3组12号"]
    assert figures(doors) == {"registry.households": 1}


def test_a_say_in_a_grid_is_enough_for_that_grid(doors: Doors) -> None:
    """A role may be given for a grid; the header of a fact tells no finer than the village."""
    doors.town.give(ZHOU, "grid_worker", EAST)
    mine = doors.household(EAST, by=ZHOU)
    doors.visit(mine, by=ZHOU)
    other = doors.household(WEST, "5组1号")
    doors.visit(other, by=ZHOU, wanted=Outcome.HELD)
    body = households_facts.HouseholdPlaced(grid=WEST)
    doors.record(households_facts.HOUSEHOLD_PLACED, body, mine, by=ZHOU, wanted=Outcome.HELD)
    assert addresses(doors, ZHOU) == ["3组12号"]


def test_nobody_draws_a_household_out_of_anothers_village(doors: Doors) -> None:
    home = doors.household(EAST)
    body = households_facts.HouseholdPlaced(grid=f"{QUANJI}-01")
    for header in (TAOLIN, QUANJI):
        doors.record(
            households_facts.HOUSEHOLD_PLACED, body, home, area=header, by=ZHOU,
            wanted=Outcome.HELD,
        )  # fmt: skip
    assert area_of(doors, home) == EAST


def test_a_volunteer_may_knock_and_write_nothing_else(doors: Doors) -> None:
    home = doors.household(EAST)
    doors.visit(home, "absent", by=QIAN)
    (row,) = asked(doors, QIAN, households.households, households.Wanted(), 50, 0)
    assert (row["result"], row["met_at"]) == ("absent", 0)
    body = households_facts.HouseholdDissolved(why="in_error")
    doors.record(households_facts.HOUSEHOLD_DISSOLVED, body, home, by=QIAN, wanted=Outcome.HELD)
    doors.resident(home)
    assert names(doors, QIAN) == [], "a volunteer sees doors, and nobody's name"
    assert names(doors, SUN) == ["刘老汉"]


def test_a_visit_of_a_household_that_is_not_known_yet_waits_for_it(doors: Doors) -> None:
    home = doors.household(EAST)
    body = households_facts.HouseholdVisited(result="met")
    unknown = home[:-1] + ("0" if home[-1] != "0" else "1")
    doors.record(households_facts.HOUSEHOLD_VISITED, body, unknown, wanted=Outcome.HELD)


def test_who_was_not_met_for_longest_comes_first(doors: Doors) -> None:
    never, old, new = (doors.household(EAST, f"{n}号") for n in (1, 2, 3))
    doors.town.clock.advance(days=2)
    doors.visit(old, at=MORNING)
    doors.visit(new, at=MORNING + timedelta(days=1))
    doors.visit(never, "absent")
    assert addresses(doors, LI, sort="longest") == ["1号", "2号", "3号"]
    since = to_ms(MORNING + timedelta(hours=1))
    assert addresses(doors, LI, stale_before=since) == ["1号", "2号"]
    assert addresses(doors, SUN, sort="longest") == ["1号", "2号", "3号"]


def test_a_door_is_found_by_address_or_number(doors: Doors) -> None:
    doors.household(EAST, "3组12号", number="0312")
    doors.household(EAST, "3组2号", number="0302")
    assert addresses(doors, LI, words="3组1") == ["3组12号"]
    assert addresses(doors, LI, words="0302") == ["3组2号"]
    assert addresses(doors, LI, words="%") == []


def test_people_are_found_by_name_letters_and_last_digits(doors: Doors) -> None:
    home = doors.household(EAST)
    doors.resident(home, "单雄信", id_number=FATHER, phone="199 0000 1234")
    doors.resident(home, "陈静", id_number=MOTHER, phone="19900005678")
    for words in ("单", "单雄信", "sxx", "SX", FATHER[-4:], FATHER, "1234", "00001234"):
        assert names(doors, LI, words) == ["单雄信"], words
    for words in ("陈", "cj", "5678"):
        assert names(doors, LI, words) == ["陈静"], words
    for words in ("静", "dxx", "99999", "9999"):
        assert names(doors, LI, words) == [], words
    assert names(doors, ZHOU, "陈") == []


def test_people_are_listed_by_what_they_are(doors: Doors) -> None:
    home = doors.household(EAST)
    away, ill = doors.resident(home, "外出者"), doors.resident(home, "患病者")
    going = residents_facts.ResidentAway(to_area="310115", to_name="上海市浦东新区")
    doors.record(residents_facts.RESIDENT_AWAY, going, away)
    needs = residents_facts.NeedsNoted(needs=("seriously_ill",))
    doors.record(residents_facts.NEEDS_NOTED, needs, ill)
    guest = residents_facts.VisitorHosted(household=home, name="来客")
    doors.record(residents_facts.VISITOR_HOSTED, guest, "person-0180-guest")
    assert names(doors, LI, kind="away") == ["外出者"]
    assert names(doors, LI, kind="needs") == names(doors, LI, kind="seriously_ill") == ["患病者"]
    assert names(doors, LI, kind="pregnant") == []
    assert names(doors, LI, kind="visitor") == ["来客"]
    assert len(names(doors, LI, kind="resident")) == 2
    for codes, found in ((["3101"], ["外出者"]), (["320505"], []), ([], [])):
        rows = asked(doors, LI, residents.away_in, codes)
        assert [row["name"] for row in rows] == found


def test_a_household_lists_its_head_first_and_its_guests_last(doors: Doors) -> None:
    home = doors.household(EAST)
    guest = residents_facts.VisitorHosted(household=home, name="来客")
    doors.record(residents_facts.VISITOR_HOSTED, guest, "person-0180-guest")
    doors.resident(home, "儿子", relation="child", id_number=MOTHER)
    doors.resident(home, "户主", relation="head", id_number=FATHER)
    found = asked(doors, LI, residents.members, [home])[home]
    assert [row["name"] for row in found] == ["户主", "儿子", "来客"]
    assert asked(doors, ZHOU, residents.members, [home]) == {home: []}


def test_the_same_number_twice_is_seen(doors: Doors) -> None:
    one, other = doors.household(EAST, "1号"), doors.household(EAST, "2号")
    first = doors.resident(one, "刘长河", id_number=FATHER)
    second = doors.resident(other, "刘常河", id_number=FATHER)
    found = asked(doors, LI, residents.same_number, [FATHER, MOTHER, ""])
    assert {name: set(people) for name, people in found.items()} == {FATHER: {first, second}}
    assert asked(doors, ZHOU, residents.same_number, [FATHER]) == {}


def test_figures_count_households_members_visits_and_needs(doors: Doors) -> None:
    one, two = doors.household(EAST, "1号"), doors.household(f"{QUANJI}-01", "2号")
    member = doors.worker("田野", member=True)
    doors.link(one, member)
    doors.visit(one)
    doors.visit(one, "absent")
    doors.visit(two, "absent", area=QUANJI)
    ill = doors.resident(one, "患病者")
    needs = residents_facts.NeedsNoted(needs=("seriously_ill", "disabled"))
    doors.record(residents_facts.NEEDS_NOTED, needs, ill)
    doors.record(residents_facts.RESIDENT_AWAY, residents_facts.ResidentAway(), ill)
    assert figures(doors) == {
        "registry.households": 2, "registry.households_linked": 1, "registry.visits": 3,
        "registry.households_visited": 1, "registry.residents": 1, "registry.away": 1,
        "registry.needs.seriously_ill": 1, "registry.needs.disabled": 1,
        "registry.members_linked": 1,
    }  # fmt: skip
    assert figures(doors, area=QUANJI) == {"registry.households": 1, "registry.visits": 1}
    assert figures(doors, ZHOU) == figures(doors, area=QUANJI)
    assert addresses(doors, LI, figure="registry.visits", area=QUANJI) == ["2号"]
    assert addresses(doors, LI, figure="registry.visits", day="2022-04-08") == []
    assert names(doors, LI, figure="registry.away") == ["患病者"]


def test_who_left_counts_no_more(doors: Doors) -> None:
    home = doors.household(EAST)
    gone = doors.resident(home)
    doors.town.clock.advance(hours=1)
    doors.record(residents_facts.RESIDENT_LEFT, residents_facts.ResidentLeft(why="died"), gone)
    doors.record(
        households_facts.HOUSEHOLD_DISSOLVED,
        households_facts.HouseholdDissolved(why="moved"), home,
    )  # fmt: skip
    assert figures(doors) == {}
    assert addresses(doors, LI) == []


def test_links_count_distinct_members_and_distinct_households(doors: Doors) -> None:
    """As the article counts: 361 members, 9,169 households."""
    homes = [doors.household(EAST, f"{n}号") for n in range(3)]
    busy, idle, _ = (doors.worker(name, member=True) for name in ("甲", "乙", "丙"))
    for home in homes:
        doors.link(home, busy)
    doors.link(homes[0], idle)
    doors.link(homes[0], idle)
    assert figures(doors)["registry.households_linked"] == 3
    assert asked(doors, LI, links.members_linked, TOWNSHIP) == 2
    load = asked(doors, LI, links.load, TOWNSHIP, 50)
    assert [(row["name"], row["households"]) for row in load] == [("甲", 3), ("乙", 1)]
    linked = asked(doors, LI, links.linked_to, homes[:2])
    assert [row["name"] for row in linked[homes[1]]] == ["甲"]
    assert {row["name"] for row in linked[homes[0]]} == {"甲", "乙"}
    assert set(asked(doors, LI, links.households_of, busy)) == set(homes)
    assert asked(doors, ZHOU, links.households_of, busy) == []
    assert asked(doors, ZHOU, links.members_linked, TOWNSHIP) == 0


def test_an_unlinked_household_is_listed(doors: Doors) -> None:
    homes = [doors.household(EAST, f"{n}号") for n in range(2)]
    member = doors.worker("甲", member=True)
    doors.link(homes[0], member)
    assert addresses(doors, LI, unlinked=True) == ["1号"]
    doors.town.clock.advance(hours=1)
    doors.record(
        links_facts.HOUSEHOLD_UNLINKED, links_facts.HouseholdUnlinked(staff=member), homes[0]
    )
    assert addresses(doors, LI, unlinked=True) == ["0号", "1号"]
    assert "registry.households_linked" not in figures(doors)


def test_of_the_forces_people_are_counted_not_shifts(doors: Doors) -> None:
    """52 members, over 120 volunteers, 47 county cadres: distinct people who had served by then."""
    one, two = doors.worker("甲"), doors.worker("乙")
    doors.town.clock.advance(days=3)
    for days in (0, 1, 2):
        doors.serve(one, "volunteer", at=MORNING + timedelta(days=days))
    doors.serve(two, "volunteer", at=MORNING + timedelta(days=2))
    doors.serve(two, "county_cadre", at=MORNING + timedelta(days=2))
    by_then = figures(doors, until="2022-04-08")
    assert by_then == {"registry.served.volunteer": 1, "registry.services": 2}
    assert figures(doors) == {
        "registry.served.volunteer": 2, "registry.served.county_cadre": 1, "registry.services": 5,
    }  # fmt: skip


def test_staff_of_the_township_are_seen_in_each_village_and_others_where_they_work(
    doors: Doors,
) -> None:
    doors.worker("镇里的", area=TOWNSHIP)
    doors.worker("桃林的")
    doors.worker("全集的", area=QUANJI)

    def seen(who: Worker) -> list[str]:
        rows = asked(doors, who, staff.staff_in, staff.Wanted(), 50, 0)
        assert asked(doors, who, staff.how_many, staff.Wanted()) == len(rows)
        return [row["name"] for row in rows]

    assert seen(LI) == ["镇里的", "桃林的", "全集的"]
    assert seen(ZHAO) == ["镇里的", "桃林的"]
    assert seen(ZHOU) == ["镇里的", "全集的"]
    assert seen(QIAN) == seen(GAO) == []


def test_a_leader_gives_a_post_in_his_grid_to_somebody_of_the_township(doors: Doors) -> None:
    doors.grid(GRID)
    adviser = doors.worker("指导员", area=TOWNSHIP)
    doors.post(adviser, GRID, "member-3", by=ZHAO)
    doors.serve(adviser, "county_cadre", by=ZHAO)
    there = asked(doors, ZHAO, staff.posts_in, TAOLIN)
    assert [(row["role"], row["name"]) for row in there] == [("member-3", "指导员")]
    elsewhere = staff_facts.PostFilled(grid=f"{QUANJI}-01", role="leader")
    doors.record(
        staff_facts.POST_FILLED, elsewhere, adviser, area=QUANJI, by=ZHAO, wanted=Outcome.HELD
    )
    changed = staff_facts.StaffEnrolled(name="改名")
    doors.record(staff_facts.STAFF_ENROLLED, changed, adviser, by=ZHAO, wanted=Outcome.HELD)


def test_grids_are_drawn_and_closed(doors: Doors) -> None:
    doors.grid(GRID, EAST, WEST)
    with doors.town.installation.database.reading() as connection:
        found = grids.grids(connection, TOWNSHIP, TAOLIN)
        assert [grid.code for grid in found] == [GRID, EAST, WEST]
        assert grids.grid_of(connection, TOWNSHIP, EAST) is not None
        assert grids.grid_of(connection, TOWNSHIP, f"{TAOLIN}-09") is None
        assert grids.grids(connection, TOWNSHIP, QUANJI) == []


def test_what_was_told_is_verified_and_rebuilt_to_the_same_rows(doors: Doors) -> None:
    doors.grid(GRID, EAST)
    home, member = doors.household(EAST), doors.worker(member=True)
    doors.resident(home, id_number=FATHER, relation="head")
    doors.visit(home)
    doors.link(home, member)
    doors.post(member, GRID, "leader")
    doors.serve(member, "double_report")
    look = households_facts.HouseholdRechecked(right=("members",), wrong=("away",))
    doors.record(households_facts.HOUSEHOLD_RECHECKED, look, home, by=ZHAO)
    assert findings(doors) == []
    before = (addresses(doors, LI), names(doors, LI), figures(doors))
    doors.town.installation.rebuild(TOWNSHIP)
    assert findings(doors) == []
    assert (addresses(doors, LI), names(doors, LI), figures(doors)) == before


def test_somebody_who_came_home_may_be_registered_too(doors: Doors) -> None:
    came = doors.town.arrive()
    home = doors.household(EAST)
    body = residents_facts.ResidentRegistered(household=home, name="陈静")
    doors.record(residents_facts.RESIDENT_REGISTERED, body, came.subject)
    assert names(doors, LI) == ["陈静"]
    assert figures(doors) == {"registry.households": 1, "registry.residents": 1}
    assert findings(doors) == []


def test_another_township_is_another_world(doors: Doors) -> None:
    body = households_facts.HouseholdRegistered(grid=SHIZHAI, address="别镇")
    doors.record(
        households_facts.HOUSEHOLD_REGISTERED, body, "household-0180-x", by=LI,
        wanted=Outcome.HELD,
    )  # fmt: skip
    assert addresses(doors, LI) == []


def computed(doors: Doors, who: Worker, area: str = "") -> dict[str, tuple[Any, Any, Any]]:
    """The figures that are no sums: amount, of how many, whether that is good."""
    pack = shipped_pack("henan-2022-04")
    remit = remit_of(doors.town, who)
    with doors.town.installation.database.reading() as connection:
        found = registry_figures.computed(remit, connection, TOWNSHIP, doors.town.now, pack, area)
    return {each.figure: (each.amount, each.out_of, each.good) for each in found}


def test_the_soundness_of_what_is_known_is_counted(doors: Doors) -> None:
    homes = [doors.household(EAST, f"{n}号", by=SUN) for n in range(5)]
    doors.town.clock.advance(days=40)
    for n, home in enumerate(homes[:3]):
        doors.visit(home, by=SUN, at=MORNING + timedelta(days=9 + n))
    for who, home, phones in ((ZHAO, homes[0], True), (LI, homes[2], False), (SUN, homes[1], True)):
        body = households_facts.HouseholdRechecked(
            right=("members", "away", "phones") if phones else ("members", "away"),
            wrong=() if phones else ("phones",),
        )
        doors.town.give(SUN, "grid_leader", TAOLIN)
        doors.record(households_facts.HOUSEHOLD_RECHECKED, body, home, by=who)
    for who in (LI, SUN):
        found = computed(doors, who)
        assert found["registry.met_lately"] == (2, 5, False), "days 10 and 11 of 40, within 30"
        assert found["registry.age"] == (31, None, False), "half of five is three: day 9"
        assert found["registry.right"] == (83, None, False), "5 of 6; his own look counts not"
    assert computed(doors, ZHOU)["registry.age"] == (None, None, None)
    assert computed(doors, LI, QUANJI)["registry.met_lately"] == (0, 0, True)


def test_coverage_and_teams_are_figures_too(doors: Doors) -> None:
    doors.grid(GRID, EAST, f"{QUANJI}-01")
    one = doors.household(EAST)
    doors.household(f"{QUANJI}-01")
    member = doors.worker(member=True)
    doors.link(one, member)
    for n, role in enumerate(("leader", "member-1", "member-2")):
        doors.post(doors.worker(f"干部{n}"), GRID, role)
    found = computed(doors, LI)
    assert found["registry.unlinked"] == (1, None, False)
    assert found["registry.teams"] == (0, 2, False)
    doors.post(doors.worker("指导员"), GRID, "member-3")
    assert computed(doors, GAO)["registry.teams"] == (1, 2, False)
    assert computed(doors, LI, TAOLIN)["registry.teams"] == (1, 1, True)
    assert computed(doors, ZHOU)["registry.teams"] == (0, 1, False)
