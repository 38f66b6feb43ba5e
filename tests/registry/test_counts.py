"""What the registry counts: households, links, staff, service; and how sound it is."""

from datetime import timedelta
from typing import Any

from tests.registry.doors import EAST, FATHER, GRID, WEST, Doors
from tests.registry.seen import addresses, asked, figures, findings, names, remit_of
from tests.village import (
    GAO,
    LI,
    MORNING,
    QIAN,
    QUANJI,
    SHIZHAI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    ZHAO,
    ZHOU,
    Worker,
)
from tongxin.ledger.facts import Outcome
from tongxin.policy.shipped import shipped_pack
from tongxin.registry import figures as registry_figures
from tongxin.registry.grids import queries as grids
from tongxin.registry.households import facts as households_facts
from tongxin.registry.links import facts as links_facts
from tongxin.registry.links import queries as links
from tongxin.registry.residents import facts as residents_facts
from tongxin.registry.staff import facts as staff_facts
from tongxin.registry.staff import queries as staff


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
