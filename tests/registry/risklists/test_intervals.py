"""From when until when: by all lists together, in whatever order they came in."""

from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.village import MORNING
from tongxin.policy.situation import RiskArea, Situation
from tongxin.registry.risklists.differing import Turn, against
from tongxin.registry.risklists.intervals import (
    NOTHING_YET,
    Change,
    Listed,
    changes,
    extended,
    intervals,
    timeline_of,
)
from tongxin.registry.risklists.placing import Declaration


def at(hours: int) -> datetime:
    return MORNING + timedelta(hours=hours)


def listed(hours: int, *names: str, level: str = "high", fact: str = "") -> Listed:
    declarations = tuple(Declaration("411526", level, False, name, 1, 1) for name in names)
    return Listed(fact or f"list-{hours}", at(hours), declarations)


def held(*lists: Listed) -> set[tuple[str, str, datetime, datetime | None]]:
    return {(a.name, a.level, a.from_, a.until) for a in intervals(lists)}


def test_a_place_is_at_risk_from_the_first_list_that_names_it() -> None:
    assert held(listed(0, "甲"), listed(5, "甲"), listed(9, "甲")) == {("甲", "high", at(0), None)}


def test_a_place_that_the_next_list_does_not_name_is_lifted_as_of_that_list() -> None:
    assert held(listed(0, "甲", "乙"), listed(5, "乙")) == {
        ("甲", "high", at(0), at(5)),
        ("乙", "high", at(0), None),
    }


def test_an_empty_list_lifts_everything() -> None:
    assert held(listed(0, "甲"), listed(5)) == {("甲", "high", at(0), at(5))}


def test_a_place_that_comes_back_is_at_risk_twice() -> None:
    assert held(listed(0, "甲"), listed(5), listed(9, "甲")) == {
        ("甲", "high", at(0), at(5)),
        ("甲", "high", at(9), None),
    }


def test_another_level_ends_one_time_at_risk_and_begins_another() -> None:
    assert held(listed(0, "甲"), listed(5, "甲", level="medium")) == {
        ("甲", "high", at(0), at(5)),
        ("甲", "medium", at(5), None),
    }


def test_lists_of_one_hour_count_together() -> None:
    one, other = listed(5, "甲", fact="a"), listed(5, "乙", fact="b")
    assert held(one, other, listed(9, "乙")) == {
        ("甲", "high", at(5), at(9)),
        ("乙", "high", at(5), None),
    }


def test_an_older_list_that_comes_in_late_fills_the_past() -> None:
    new = [listed(0, "甲"), listed(9, "甲")]
    assert held(*new, listed(5)) == {("甲", "high", at(0), at(5)), ("甲", "high", at(9), None)}


places = st.lists(st.sampled_from("甲乙丙丁"), max_size=4, unique=True)
some_lists = st.lists(st.tuples(st.integers(0, 6), places), max_size=6).map(
    lambda told: [listed(h, *names, fact=f"list-{n}") for n, (h, names) in enumerate(told)]
)


@given(some_lists, st.randoms())
def test_the_order_in_which_lists_come_in_does_not_matter(
    lists: list[Listed], dice: object
) -> None:
    orders = [list(order) for order in list(permutations(lists))[:24]]
    once = set(intervals(lists))
    assert all(set(intervals(order)) == once for order in orders)


@given(some_lists)
def test_list_by_list_comes_to_the_same(lists: list[Listed]) -> None:
    made = NOTHING_YET
    for hour in sorted({one.published_at for one in lists}):
        made = extended(made, [one for one in lists if one.published_at == hour])
    plain = Situation(intervals(lists))
    assert made.situation.areas == plain.areas
    assert list(made.situation.differing(plain)) == []
    assert made.begun == timeline_of(lists).begun


@given(some_lists)
def test_a_list_twice_is_a_list_once(lists: list[Listed]) -> None:
    assert set(intervals([*lists, *lists])) == set(intervals(lists))


@given(some_lists, st.integers(0, 7))
def test_at_every_hour_holds_what_the_last_lists_before_it_say(
    lists: list[Listed], hour: int
) -> None:
    past = [one.published_at for one in lists if one.published_at <= at(hour)]
    newest = [one for one in lists if past and one.published_at == max(past)]
    wanted = {each.name for one in newest for each in one.declarations}
    now = {a.name for a in intervals(lists) if a.held_during(at(hour), at(hour))}
    assert now == wanted


def area(name: str, since: int, until: int | None = None, level: str = "high") -> RiskArea:
    end = None if until is None else at(until)
    return RiskArea("fact", "411526", level, at(since), end, whole=False, name=name)


def changed(before: list[RiskArea], after: list[RiskArea]) -> list[Change]:
    return changes(Situation(before), Situation(after))


def test_what_is_lifted_changes_nothing_before_that() -> None:
    assert changed([area("甲", 0)], [area("甲", 0, 5)]) == [Change("411526", at(5))]
    assert changed([area("甲", 0, 9)], [area("甲", 0, 5)]) == [Change("411526", at(5))]


def test_what_is_added_or_begins_otherwise_changes_all_of_its_time() -> None:
    assert changed([], [area("甲", 3)]) == [Change("411526", at(3))]
    moved = changed([area("甲", 5)], [area("甲", 3)])
    assert sorted(each.since for each in moved) == [at(3), at(5)]


def test_another_list_that_says_the_same_changes_nothing() -> None:
    other = RiskArea("other", "411526", "high", at(0), None, whole=False, name="甲")
    assert changed([area("甲", 0)], [other]) == []


def test_what_a_list_changes_is_told_against_the_one_before_it() -> None:
    before = listed(0, "甲", "乙", "丙")
    both = (*listed(5, "甲", "丁").declarations, *listed(5, "乙", level="medium").declarations)
    found = against(Listed("new", at(5), both), [before])
    assert {each.name: each.turn for each in found.differences} == {
        "乙": Turn.LOWERED, "丙": Turn.LIFTED, "丁": Turn.ADDED,
    }  # fmt: skip
    assert (found.unchanged, found.since, found.until) == (1, at(0), None)


def test_a_higher_level_is_raised() -> None:
    found = against(listed(5, "甲"), [listed(0, "甲", level="medium")])
    assert [(each.turn, each.was, each.level) for each in found.differences] == [
        (Turn.RAISED, "medium", "high")
    ]


def test_a_list_beside_another_of_its_hour_lifts_nothing() -> None:
    found = against(listed(5, "乙", fact="b"), [listed(5, "甲", fact="a")])
    assert [(each.turn, each.name) for each in found.differences] == [(Turn.ADDED, "乙")]


def test_an_older_list_holds_until_the_next() -> None:
    found = against(listed(5, "甲"), [], at(9))
    assert (found.since, found.until) == (None, at(9))
