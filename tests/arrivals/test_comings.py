"""Who is expected, who did not come, who came untold: each list by what was told and seen."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.arrivals.homecoming import at_post, called_off, handed_over, met, told, went_back
from tests.town import Town
from tests.village import (
    CHEN,
    CHEN_FAMILY,
    LI,
    LIN,
    MA,
    NEIGHBOUR,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    WU,
    ZHOU,
    Worker,
)
from tongxin.arrivals.comings import queries
from tongxin.arrivals.comings.queries import View, Wanted
from tongxin.arrivals.queries import journeys_of
from tongxin.base.clock import day_of, to_ms
from tongxin.base.ids import new_id
from tongxin.base.remit import Remit


def remit_for(town: Town, who: Worker) -> Remit:
    return town.believed(who).remit


def listed(town: Town, view: View, who: Worker = LI, **narrowed: Any) -> list[str]:
    """Whom somebody finds in a list, and that the count says the same."""
    remit, wanted, now = remit_for(town, who), Wanted(view=view, **narrowed), to_ms(town.now)
    with town.installation.database.reading() as connection:
        rows = queries.comings(remit, connection, TOWNSHIP, wanted, now, 50)
        assert queries.how_many(remit, connection, TOWNSHIP, wanted, now) == len(rows)
    return [row["name"] for row in rows]


def row_of(town: Town, subject: str, episode: str) -> Mapping[str, Any]:
    with town.installation.database.reading() as connection:
        row = queries.coming_of(remit_for(town, LI), connection, TOWNSHIP, subject, episode)
    assert row is not None
    return row


def test_who_declares_is_expected_until_he_comes(henan: Town) -> None:
    plan = told(henan)
    assert listed(henan, View.EXPECTED) == [CHEN.name]
    henan.clock.advance(hours=79)
    at_post(henan, like=plan)
    assert listed(henan, View.EXPECTED) == []
    assert listed(henan, View.CAME) == [CHEN.name]
    row = row_of(henan, plan.subject, plan.id)
    assert row["planned_at"] - row["came_at"] == 3_600_000, "planned and actual stay apart"


def test_who_does_not_come_is_a_no_show_once_the_rules_say_so(henan: Town) -> None:
    told(henan, in_hours=10)
    henan.clock.advance(hours=33)
    assert listed(henan, View.EXPECTED) == [CHEN.name]
    henan.clock.advance(hours=2)
    assert listed(henan, View.NO_SHOW) == [CHEN.name]
    assert listed(henan, View.EXPECTED) == []


def test_who_comes_untold_is_unannounced(henan: Town) -> None:
    henan.arrive(MA)
    at_post(henan, CHEN)
    assert sorted(listed(henan, View.UNANNOUNCED)) == sorted([MA.name, CHEN.name])


def test_who_declares_after_he_came_came_untold_all_the_same(henan: Town) -> None:
    came = at_post(henan)
    henan.clock.advance(hours=1)
    told(henan, like=came)
    assert listed(henan, View.UNANNOUNCED) == [CHEN.name]


def test_a_plan_told_again_counts_by_what_was_told_last(henan: Town) -> None:
    plan = told(henan, in_hours=10)
    henan.clock.advance(hours=1)
    told(henan, in_hours=100, like=plan)
    # A telephone hands in an older telling only now: it changes nothing.
    told(henan, in_hours=5, like=plan, at=henan.now - timedelta(minutes=59))
    henan.clock.advance(hours=48)
    assert listed(henan, View.EXPECTED) == [CHEN.name]


def test_nobody_waits_for_who_calls_off(henan: Town) -> None:
    plan = told(henan, in_hours=10)
    henan.clock.advance(minutes=5)
    called_off(henan, plan)
    henan.clock.advance(hours=60)
    assert listed(henan, View.NO_SHOW) == []
    assert listed(henan, View.CALLED_OFF) == [CHEN.name]
    told(henan, in_hours=10, like=plan)
    assert listed(henan, View.EXPECTED) == [CHEN.name]


@pytest.mark.parametrize(("in_hours", "in_time"), [(3 * 24, True), (2 * 24, False)])
def test_whether_it_was_told_in_time_is_said(henan: Town, in_hours: int, in_time: bool) -> None:
    plan = told(henan, in_hours=in_hours)
    assert row_of(henan, plan.subject, plan.id)["in_time"] is in_time


def test_a_later_change_does_not_make_a_plan_late(henan: Town) -> None:
    plan = told(henan, in_hours=3 * 24)
    henan.clock.advance(hours=60)
    told(henan, in_hours=12, like=plan)
    assert row_of(henan, plan.subject, plan.id)["in_time"] is True


def test_a_family_is_found_together_and_each_tells_for_himself(henan: Town) -> None:
    party = new_id()
    for who in CHEN_FAMILY:
        told(henan, who, party=party)
    with henan.installation.database.reading() as connection:
        rows = queries.together(remit_for(henan, LI), connection, TOWNSHIP, party)
    assert [row["name"] for row in rows] == [who.name for who in CHEN_FAMILY]
    assert len({row["subject"] for row in rows}) == len(CHEN_FAMILY)


def test_who_is_met_at_the_door_has_come_and_nobody_had_told(henan: Town) -> None:
    met(henan, LIN, area=TAOLIN)
    assert listed(henan, View.UNANNOUNCED) == [LIN.name]


def test_who_is_not_at_the_door_is_sought_or_still_expected(henan: Town) -> None:
    met(henan, MA, result="absent")
    plan = told(henan, CHEN, in_hours=1)
    met(henan, CHEN, result="refused", like=plan)
    assert listed(henan, View.SOUGHT) == [MA.name]
    assert listed(henan, View.EXPECTED) == [CHEN.name]
    assert row_of(henan, plan.subject, plan.id)["found"] == "refused"


def test_who_has_a_fever_is_held_until_somebody_takes_over(henan: Town) -> None:
    ill = at_post(henan, celsius=38.2)
    assert listed(henan, View.HELD) == [CHEN.name]
    henan.clock.advance(minutes=30)
    handed_over(henan, ill)
    assert listed(henan, View.HELD) == []
    assert row_of(henan, ill.subject, ill.id)["handed_to"] == "镇卫生院"


def test_who_is_bound_for_elsewhere_has_not_come_here(henan: Town) -> None:
    passing = at_post(henan, MA, area=TOWNSHIP, bound_for=NEIGHBOUR, bound_for_name="黄寺岗镇")
    assert listed(henan, View.ELSEWHERE) == [MA.name]
    assert listed(henan, View.UNANNOUNCED) == []
    with henan.installation.database.reading() as connection:
        assert not journeys_of(remit_for(henan, LI), connection, TOWNSHIP, passing.subject)


def test_who_is_said_to_be_bound_for_this_township_has_come_here(henan: Town) -> None:
    here = at_post(henan, MA, bound_for=TOWNSHIP, bound_for_name="桃林铺镇")
    assert listed(henan, View.ELSEWHERE) == []
    assert listed(henan, View.UNANNOUNCED) == [MA.name]
    with henan.installation.database.reading() as connection:
        assert journeys_of(remit_for(henan, LI), connection, TOWNSHIP, here.subject)


def test_who_went_back_from_the_post_is_not_here(henan: Town) -> None:
    stranger = at_post(henan, MA, lives_here=False)
    assert listed(henan, View.UNANNOUNCED) == [MA.name]
    henan.clock.advance(minutes=3)
    went_back(henan, stranger)
    assert listed(henan, View.UNANNOUNCED) == []
    assert listed(henan, View.WENT_BACK) == [MA.name]


def test_a_list_holds_only_the_remit_the_village_and_the_day_asked_for(henan: Town) -> None:
    told(henan, CHEN, in_hours=26)
    told(henan, LIN, in_hours=50, area=QUANJI)
    assert listed(henan, View.EXPECTED) == [CHEN.name, LIN.name]
    assert listed(henan, View.EXPECTED, SUN) == [CHEN.name]
    assert listed(henan, View.EXPECTED, ZHOU) == [LIN.name]
    assert listed(henan, View.EXPECTED, WU, villages=(QUANJI,)) == [LIN.name]
    tomorrow = day_of(henan.now + timedelta(hours=26)).isoformat()
    assert listed(henan, View.EXPECTED, day=tomorrow) == [CHEN.name]
    assert listed(henan, View.EXPECTED, name="林") == [LIN.name]


def test_figures_count_them_and_open_onto_them(henan: Town) -> None:
    plan = told(henan, in_hours=3 * 24)
    at_post(henan, MA)
    for figure, expected in {
        "arrivals.declared": [CHEN.name], "arrivals.declared_in_time": [CHEN.name],
        "arrivals.passed": [MA.name], "arrivals.announced": [],
    }.items():  # fmt: skip
        assert listed(henan, View.EXPECTED, figure=figure) == expected, figure
    henan.clock.advance(hours=1)
    called_off(henan, plan)
    assert listed(henan, View.EXPECTED, figure="arrivals.declared") == []
