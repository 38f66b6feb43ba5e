"""Journeys are found by remit first; whom an area touches, by where they were."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.town import Town
from tests.village import (
    CHEN,
    FENG,
    HE_LI,
    LI,
    LIN,
    MA,
    MORNING,
    QIAN,
    QUANJI,
    SHIZHAI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    XU,
    ZHOU,
    Worker,
)
from tongxin.arrivals import queries
from tongxin.arrivals.facts import StayTold
from tongxin.arrivals.queries import Wanted
from tongxin.base.clock import to_ms
from tongxin.base.problems import Problem
from tongxin.base.remit import Remit
from tongxin.registry.residents.rules import sought

HOUR = timedelta(hours=1)


@pytest.fixture
def four(town: Town) -> Town:
    """Four people came: three to 桃林村, one to 全集村; and one to the neighbouring township."""
    for hours, who in enumerate((CHEN, MA, HE_LI, LIN)):
        town.arrive(who, by=LI, at=MORNING + hours * HOUR)
    town.arrive(CHEN, by=FENG, area=SHIZHAI)
    return town


def remit_for(town: Town, who: Worker) -> Remit:
    return town.believed(who).remit


def names(town: Town, who: Worker, most: int = 50, after: int = 0, **wanted: Any) -> list[str]:
    """Whom somebody finds, and that the count says the same."""
    remit, narrowed = remit_for(town, who), Wanted(**wanted)
    with town.installation.database.reading() as connection:
        rows = queries.journeys(remit, connection, TOWNSHIP, narrowed, most, after)
        total = queries.how_many(remit, connection, TOWNSHIP, narrowed)
    if most >= 50 and not after and narrowed.sought is None:
        assert total == len(rows)
    return [row["name"] for row in rows]


def test_the_newest_comes_first(four: Town) -> None:
    assert names(four, LI) == ["林小满", "何丽", "马超", "陈静"]
    assert names(four, LI, sort="oldest") == ["陈静", "马超", "何丽", "林小满"]
    assert names(four, LI, sort="village")[-1] == "林小满"
    assert names(four, LI, sort="by colour") == names(four, LI)


def test_pages_follow_on_each_other(four: Town) -> None:
    assert names(four, LI, 2) + names(four, LI, 2, 2) == names(four, LI)


@pytest.mark.parametrize(
    ("who", "seen"),
    [(SUN, ["何丽", "马超", "陈静"]), (ZHOU, ["林小满"]), (FENG, []), (QIAN, []), (XU, [])],
    ids=lambda value: value.name if isinstance(value, Worker) else "",
)
def test_nobody_finds_anybody_outside_the_remit(four: Town, who: Worker, seen: list[str]) -> None:
    assert names(four, who) == seen


def test_a_narrower_area_narrows_and_a_foreign_one_finds_nobody(four: Town) -> None:
    assert names(four, LI, area=QUANJI) == ["林小满"]
    assert names(four, SUN, area=QUANJI) == []
    assert names(four, LI, area=SHIZHAI) == []


def test_a_name_is_found_by_its_beginning_and_means_itself(four: Town) -> None:
    assert names(four, LI, sought=sought("陈")) == ["陈静"]
    assert names(four, LI, sought=sought("%")) == names(four, LI, sought=sought("_")) == []


def test_a_figure_opens_onto_whom_it_counts(four: Town) -> None:
    assert sorted(names(four, LI, figure="arrivals.screened")) == sorted(names(four, LI))
    assert names(four, LI, figure="arrivals.screened", day="2022-04-08") == []
    assert names(four, ZHOU, figure="arrivals.screened") == ["林小满"]


def test_one_person_is_found_in_the_remit_only(four: Town) -> None:
    with four.installation.database.reading() as connection:
        subject = connection.scalar(sa.text("SELECT subject FROM journey WHERE name = '林小满'"))
        for who, count in ((ZHOU, 1), (LI, 1), (SUN, 0), (FENG, 0)):
            found = queries.journeys_of(remit_for(four, who), connection, TOWNSHIP, str(subject))
            assert len(found) == count, who.name
        assert queries.names_of(remit_for(four, SUN), connection, TOWNSHIP, [str(subject)]) == {}


@pytest.mark.parametrize(
    ("declared", "touched"),
    [
        ("310115", True), ("3101", True), ("31", True), ("310115001", True),
        ("310116", False), ("320505", True), ("32", True), ("430104", False),
    ],
)  # fmt: skip
def test_an_area_touches_who_was_in_it(town: Town, declared: str, touched: bool) -> None:
    """From 310115, through 320505. Where a part of that is at risk, one must be asked."""
    came = town.arrive(CHEN, stays=(StayTold(area="320505", until=MORNING - HOUR),))
    assert (came.subject in touched_by(town, {declared: 0})) == touched


def touched_by(town: Town, since: dict[str, int]) -> set[str]:
    with town.installation.database.reading() as connection:
        statements = queries.touched_by(TOWNSHIP, since)
        return {str(one) for each in statements for one in connection.scalars(each)}


@pytest.mark.parametrize(("hours", "touched"), [(-2, True), (0, True), (1, False)])
def test_an_area_touches_no_stay_that_was_over_by_then(
    town: Town, hours: int, touched: bool
) -> None:
    came = town.arrive(CHEN)
    since = to_ms(MORNING + hours * HOUR)
    assert (came.subject in touched_by(town, {"310115": since})) == touched
    assert (came.subject in touched_by(town, {"310115001": since})) == touched


def test_a_stay_told_backwards_is_met_until_the_later_of_its_two_instants(town: Town) -> None:
    """From ten hours ago until twenty hours ago: the rules take the one for the other."""
    told = StayTold(area="320505", from_=MORNING - 10 * HOUR, until=MORNING - 20 * HOUR)
    came = town.arrive(CHEN, stays=(told,))
    assert came.subject in touched_by(town, {"320505": to_ms(MORNING - 15 * HOUR)})
    assert came.subject not in touched_by(town, {"320505": to_ms(MORNING - 9 * HOUR)})


def test_of_areas_inside_each_other_the_one_that_goes_further_back_counts(town: Town) -> None:
    came, late = town.arrive(CHEN), to_ms(MORNING + HOUR)
    for since in ({"31": late, "310115": 0}, {"31": 0, "310115": late}):
        assert came.subject in touched_by(town, since)
    assert came.subject not in touched_by(town, {"31": late, "310115": late})


def test_hundreds_of_areas_are_asked_for_in_parts(town: Town) -> None:
    came = town.arrive(CHEN)
    many = {f"{code}": 0 for code in range(310101, 311101)}
    assert len(queries.touched_by(TOWNSHIP, many)) > 1
    assert touched_by(town, many) == {came.subject}


def test_no_code_touches_nobody_and_nonsense_is_said_so(town: Town) -> None:
    with pytest.raises(Problem):
        queries.touched_by(TOWNSHIP, {"Shanghai": 0})
    assert queries.touched_by(TOWNSHIP, {}) == []


def test_who_lives_there_is_counted_in_his_village(four: Town) -> None:
    with four.installation.database.reading() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT village, sum(amount) FROM figure_part WHERE township = :t"
                " AND figure = 'arrivals.screened' GROUP BY village ORDER BY village"
            ),
            {"t": TOWNSHIP},
        )
        assert [tuple(row) for row in rows] == [(TAOLIN, 3), (QUANJI, 1)]
