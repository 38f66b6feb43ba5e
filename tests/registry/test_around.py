"""Where people are follows from where their household is; who is linked, from the households."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.registry.doors import EAST, GRID, WEST, Doors
from tests.registry.seen import area_of, figures, findings, names
from tests.test_properties import Copies, town_of
from tests.village import LI, MORNING, QUANJI, SUN, TAOLIN, TOWNSHIP, ZHOU
from tongxin.base.ids import id_at
from tongxin.ledger.facts import REGISTRATION, Fact, Kind, Outcome
from tongxin.registry.households import facts as households
from tongxin.registry.links import facts as links
from tongxin.registry.residents import facts as residents
from tongxin.registry.staff import facts as staff


def settle(doors: Doors) -> None:
    doors.town.installation.store.settle()


def place(doors: Doors, home: str, grid: str, hours: float = 0) -> None:
    doors.town.clock.advance(hours=1)
    body = households.HouseholdPlaced(grid=grid)
    doors.record(households.HOUSEHOLD_PLACED, body, home, area=grid)
    settle(doors)


def test_somebody_is_where_the_household_is_and_moves_with_it(doors: Doors) -> None:
    home = doors.household(EAST)
    person = doors.resident(home)
    assert area_of(doors, person) == EAST
    place(doors, home, WEST)
    assert area_of(doors, person) == WEST
    assert names(doors, LI, area=WEST) == ["刘老汉"]
    assert findings(doors) == []


def test_dividing_a_grid_anew_moves_access_with_it(doors: Doors) -> None:
    """A role may be given for one micro-grid: whoever is in it is seen, and nobody else."""
    doors.town.give(ZHOU, "grid_worker", EAST)
    home = doors.household(EAST)
    doors.resident(home, "在东头")
    doors.resident(doors.household(WEST, "9号"), "在西头")
    assert names(doors, ZHOU) == ["在东头"]
    place(doors, home, WEST)
    assert names(doors, ZHOU) == []
    place(doors, home, f"{QUANJI}-01")
    assert names(doors, ZHOU) == ["在东头"], "全集村 is all hers"
    assert names(doors, SUN) == ["在西头"]


def test_a_say_in_a_grid_is_enough_to_register_who_lives_there(doors: Doors) -> None:
    doors.town.give(ZHOU, "grid_worker", EAST)
    person = doors.resident(doors.household(EAST), by=ZHOU)
    away = residents.ResidentAway(to_name="上海")
    doors.record(residents.RESIDENT_AWAY, away, person, by=ZHOU)
    west = residents.ResidentRegistered(household=doors.household(WEST), name="西头的")
    doors.record(
        residents.RESIDENT_REGISTERED, west, "person-0180-west", by=ZHOU, wanted=Outcome.HELD
    )


def test_nobody_puts_people_into_a_household_of_another_village(doors: Doors) -> None:
    """周敏 says that it was in her village; the household is not."""
    home = doors.household(EAST)
    body = residents.ResidentRegistered(household=home, name="冒名的")
    doors.record(
        residents.RESIDENT_REGISTERED, body, "person-0180-fake", area=QUANJI, by=ZHOU,
        wanted=Outcome.HELD,
    )  # fmt: skip
    assert names(doors, LI) == []


def test_who_was_registered_before_the_household_is_found_there_later(doors: Doors) -> None:
    home = "household-01800000-0000-7000-8000-00000000000a"
    person = doors.resident(home)
    assert area_of(doors, person) == TAOLIN
    doors.record(
        households.HOUSEHOLD_REGISTERED,
        households.HouseholdRegistered(grid=EAST, address="3组"), home,
    )  # fmt: skip
    settle(doors)
    assert area_of(doors, person) == EAST
    assert findings(doors) == []


def test_who_came_home_to_the_own_village_is_in_the_own_grid(doors: Doors) -> None:
    came = doors.town.arrive()
    doors.resident(doors.household(EAST), "别人")
    body = residents.ResidentRegistered(household=doors.household(WEST), name="陈静")
    doors.record(residents.RESIDENT_REGISTERED, body, came.subject)
    assert area_of(doors, came.subject) == WEST
    assert findings(doors) == []


def test_a_member_counts_once_as_linked_since_the_first_household(doors: Doors) -> None:
    doors.town.clock.advance(days=3)
    homes = [doors.household(EAST, f"{n}号") for n in range(3)]
    busy, other = doors.worker("甲", member=True), doors.worker("乙", member=True)
    for days, home in enumerate(homes):
        doors.link(home, busy, at=MORNING + timedelta(days=2 - days))
    doors.link(homes[0], other, at=MORNING + timedelta(days=3))
    settle(doors)
    linked = "registry.members_linked"
    assert figures(doors)[linked] == 2
    assert figures(doors, until="2022-04-07")[linked] == 1
    assert findings(doors) == []
    doors.town.clock.advance(hours=1)
    doors.record(links.HOUSEHOLD_UNLINKED, links.HouseholdUnlinked(staff=other), homes[0])
    settle(doors)
    assert figures(doors)[linked] == 1
    doors.record(
        households.HOUSEHOLD_DISSOLVED, households.HouseholdDissolved(why="moved"), homes[2]
    )
    settle(doors)
    assert figures(doors, until="2022-04-07") == {}
    assert figures(doors)[linked] == 1, "two households are left, the first since the day after"
    assert findings(doors) == []


HOME, OTHER, PERSON, MEMBER = (f"{kind}-01800000-0000-7000-8000-00000000000{n}" for n, kind in (
    (1, "household"), (2, "household"), (3, "person"), (4, "staff"),
))  # fmt: skip
STORY: Sequence[tuple[Kind, Fact, str, str]] = (
    (households.HOUSEHOLD_REGISTERED, households.HouseholdRegistered(grid=EAST, address="1号"),
     HOME, TAOLIN),
    (households.HOUSEHOLD_REGISTERED,
     households.HouseholdRegistered(grid=f"{QUANJI}-01", address="2号"), OTHER, QUANJI),
    (staff.STAFF_ENROLLED, staff.StaffEnrolled(name="田野", member=True), MEMBER, TOWNSHIP),
    (residents.RESIDENT_REGISTERED,
     residents.ResidentRegistered(household=HOME, name="刘老汉"), PERSON, TAOLIN),
    (links.HOUSEHOLD_LINKED, links.HouseholdLinked(staff=MEMBER), HOME, TAOLIN),
    (households.HOUSEHOLD_PLACED, households.HouseholdPlaced(grid=WEST), HOME, TAOLIN),
    (residents.NEEDS_NOTED, residents.NeedsNoted(needs=("disabled",)), PERSON, TAOLIN),
    (residents.RESIDENT_REGISTERED,
     residents.ResidentRegistered(household=OTHER, name="刘长河"), PERSON, QUANJI),
    (links.HOUSEHOLD_LINKED, links.HouseholdLinked(staff=MEMBER), OTHER, QUANJI),
    (links.HOUSEHOLD_UNLINKED, links.HouseholdUnlinked(staff=MEMBER), HOME, TAOLIN),
    (households.HOUSEHOLD_VISITED, households.HouseholdVisited(result="met"), HOME, TAOLIN),
    (households.HOUSEHOLD_PLACED, households.HouseholdPlaced(grid=GRID), HOME, TAOLIN),
)  # fmt: skip


@settings(
    max_examples=6, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.permutations(range(len(STORY))), st.sets(st.integers(0, len(STORY) - 1), max_size=5))
def test_in_whatever_order_it_comes_in(copies: Copies, order: list[int], cuts: set[int]) -> None:
    """Facts about what is not known yet wait, and the rows are the same in the end."""
    with town_of(copies) as town:
        batch = []
        for n, number in enumerate(order):
            kind, body, subject, area = STORY[number]
            at = MORNING + timedelta(minutes=number)
            batch.append(
                town.draft(
                    kind, body, subject=subject, purpose=REGISTRATION, area=area, at=at,
                    id=id_at(at, subject),
                )
            )  # fmt: skip
            if n in cuts:
                town.record(*batch)
                batch = []
        town.record(*batch)
        town.installation.store.settle()
        as_it_ends(Doors(town))


def as_it_ends(doors: Doors) -> None:
    assert area_of(doors, HOME) == GRID
    assert area_of(doors, PERSON) == f"{QUANJI}-01"
    assert figures(doors) == {
        "registry.households": 2, "registry.households_linked": 1, "registry.residents": 1,
        "registry.needs.disabled": 1, "registry.members_linked": 1, "registry.visits": 1,
        "registry.households_visited": 1,
    }  # fmt: skip
    assert findings(doors) == []
