"""Households and the people in them are recorded, derived, found by remit."""

from datetime import timedelta

from tests.registry.doors import EAST, FATHER, MOTHER, WEST, Doors
from tests.registry.seen import addresses, area_of, asked, figures, names
from tests.village import (
    FENG,
    GAO,
    LI,
    MORNING,
    QIAN,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    WU,
    ZHOU,
)
from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Outcome
from tongxin.registry.households import facts as households_facts
from tongxin.registry.households import queries as households
from tongxin.registry.residents import facts as residents_facts
from tongxin.registry.residents import queries as residents


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


def test_a_search_tells_no_digit_that_is_masked(doors: Doors) -> None:
    doors.resident(doors.household(EAST), "单雄信", id_number=FATHER, phone="199 0000 1234")
    for shown in (FATHER[-4:], "1234"):
        for guess in "0123456789":
            assert names(doors, LI, guess + shown) == ["单雄信"], (
                "whether the guess is right or not"
            )
    assert names(doors, LI, FATHER[-11:]) == []


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
    remit = doors.town.believed(LI).remit
    with doors.town.installation.database.reading() as connection:
        assert residents.away_codes(connection, TOWNSHIP) == ["310115"]
        for codes, found in ((["310115"], ["外出者"]), (["3101", "320505"], []), ([], [])):
            rows = connection.execute(residents.away_in(remit, TOWNSHIP, codes))
            assert [row.name for row in rows] == found


def test_a_household_lists_its_head_first_and_its_guests_last(doors: Doors) -> None:
    home = doors.household(EAST)
    guest = residents_facts.VisitorHosted(household=home, name="来客")
    doors.record(residents_facts.VISITOR_HOSTED, guest, "person-0180-guest")
    doors.resident(home, "儿子", relation="child", id_number=MOTHER)
    doors.resident(home, "户主", relation="head", id_number=FATHER)
    found = asked(doors, LI, residents.members, [home])[home]
    assert [row["name"] for row in found] == ["户主", "儿子", "来客"]
    assert asked(doors, ZHOU, residents.members, [home]) == {home: []}


def test_who_was_registered_twice_with_one_number_is_one(doors: Doors) -> None:
    one, other = doors.household(EAST, "1号"), doors.household(EAST, "2号")
    first = doors.resident(one, "刘长河", id_number=FATHER)
    second = doors.resident(other, "刘常河", id_number=FATHER)
    found = asked(doors, LI, residents.same_number, [FATHER, MOTHER, ""])
    assert found == {FATHER: [min(first, second)]}
    (row,) = asked(doors, LI, residents.members, [one, other])[other]
    assert row["name"] == "刘常河", "the latest registration counts"
    assert asked(doors, ZHOU, residents.same_number, [FATHER]) == {}
