"""Staff, posts and service; and a team is whole only when each role has somebody of its own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry.doors import GRID, told
from tests.village import MORNING, QUANJI, TAOLIN
from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Entry
from tongxin.registry.staff import facts
from tongxin.registry.staff.rules import Staff, has_left, place_told, staff, team

SIX = to_ms(MORNING)
HOUR = 3_600_000
ROLES = ("leader", "member-1", "member-2", "member-3")


def enrolled(hours: float = 0, area: str = TAOLIN, **more: Any) -> Entry:
    body = facts.StaffEnrolled(**({"name": "田野"} | more))
    return told(facts.STAFF_ENROLLED, body, hours, area=area)


def left(hours: float, why: Any = "ended") -> Entry:
    return told(facts.STAFF_LEFT, facts.StaffLeft(why=why), hours)


def filled(hours: float, role: str = "leader", grid: str = GRID) -> Entry:
    return told(facts.POST_FILLED, facts.PostFilled(grid=grid, role=role), hours)


def vacated(hours: float, role: str = "leader", grid: str = GRID) -> Entry:
    return told(facts.POST_VACATED, facts.PostVacated(grid=grid, role=role), hours)


def served(hours: float, force: facts.Force = "volunteer", area: str = TAOLIN) -> Entry:
    return told(facts.SERVICE_SIGNED, facts.ServiceSigned(force=force), hours, area=area)


def of(*entries: Entry) -> Staff:
    found = staff(entries)
    assert found is not None
    return found


def test_who_was_not_enrolled_is_nobody() -> None:
    assert staff([]) is None
    assert staff([filled(1)]) is None
    assert staff([enrolled(0), left(1, "in_error")]) is None


def test_enrolled_anew_elsewhere_works_elsewhere() -> None:
    found = of(enrolled(1, QUANJI, unit="县水利局"), enrolled(0))
    assert (found.area, found.told.unit, found.since) == (QUANJI, "县水利局", SIX)


def test_a_post_is_held_until_it_is_given_up_or_its_holder_leaves() -> None:
    assert of(enrolled(0), filled(1)).posts == {(GRID, "leader"): SIX + HOUR}
    assert of(enrolled(0), filled(1), vacated(2)).posts == {}
    gone = (enrolled(0), filled(1), left(2))
    assert of(*gone).posts == {}
    assert has_left(gone)
    assert of(*gone, enrolled(3)).posts == {}, "who comes back is appointed anew"
    assert not has_left((*gone, enrolled(3)))


def test_that_somebody_served_stays_true() -> None:
    found = of(enrolled(0), served(5, "county_cadre"), served(1), left(9))
    assert [each.told.force for each in found.service] == ["volunteer", "county_cadre"]


STORY = (
    enrolled(0), filled(1), vacated(2), filled(3), filled(3.5, "member-1"), left(4), enrolled(5),
    filled(6, "member-2"), served(7), served(8, "county_cadre"),
)  # fmt: skip


@given(st.permutations(STORY))
def test_the_order_of_the_facts_does_not_matter(order: list[Entry]) -> None:
    assert staff(order) == staff(STORY)


def test_where_a_fact_itself_gives_a_post() -> None:
    assert place_told(facts.PostFilled(grid=GRID, role="leader")) == GRID
    assert place_told(facts.PostVacated(grid=GRID, role="leader")) == GRID
    assert place_told(facts.StaffLeft(why="ended")) is None


def test_four_people_in_four_roles_are_a_whole_team() -> None:
    posts = {role: [f"staff-{n}"] for n, role in enumerate(ROLES)}
    assert team(ROLES, posts).is_whole


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_nobody_holds_is_a_gap(role: str) -> None:
    posts = {each: [f"staff-{n}"] for n, each in enumerate(ROLES) if each != role}
    found = team(ROLES, posts)
    assert not found.is_whole
    assert found.gaps == (role,)


def test_one_person_in_two_roles_fills_one() -> None:
    posts = {"leader": ["a"], "member-1": ["a"], "member-2": ["b"], "member-3": ["c"]}
    assert team(ROLES, posts).gaps == ("member-1",)


def test_people_are_counted_where_they_are_needed() -> None:
    posts = {"leader": ["a", "b"], "member-1": ["a"], "member-2": ["c"], "member-3": ["c", "d"]}
    assert team(ROLES, posts).is_whole, "b leads, a is the first member, d the third"


def test_a_pack_without_roles_wants_nobody() -> None:
    assert team((), {"leader": ["a"]}).is_whole


@given(
    st.dictionaries(
        st.sampled_from(ROLES), st.lists(st.sampled_from("abcd"), unique=True, max_size=4)
    )
)
def test_as_many_roles_are_filled_as_people_allow(posts: dict[str, list[str]]) -> None:
    """Compared with trying everything: who could fill which role, each person at most one."""

    def best(roles: tuple[str, ...], used: frozenset[str]) -> int:
        if not roles:
            return 0
        most = best(roles[1:], used)
        for person in posts.get(roles[0], []):
            if person not in used:
                most = max(most, 1 + best(roles[1:], used | {person}))
        return most

    assert len(ROLES) - len(team(ROLES, posts).gaps) == best(ROLES, frozenset())
