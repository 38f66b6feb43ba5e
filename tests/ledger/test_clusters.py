"""Who is one with whom: found step by step as facts come in, and the same as looking at all."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.ledger.console import findings
from tests.ledger.test_forgetting import figures
from tests.ledger.twins import WHY, areas, clusters, journeys, recorded, says, subjects, web
from tests.town import Town
from tests.village import (
    CHEN,
    HE_LI,
    LIN,
    MA,
    MORNING,
    QUANJI,
    SUN,
    TAOLIN,
    WU,
)
from tongxin.arrivals import facts as arrivals
from tongxin.base.ids import pair_of
from tongxin.ledger import ties
from tongxin.ledger.facts import OFFICE, Draft
from tongxin.ledger.kinds import TAKEN_BACK, TakenBack
from tongxin.ledger.ties import components, tie
from tongxin.registry.identity.facts import (
    PEOPLE_JOINED,
    PeopleJoined,
)

# What is next to what: pure.


def test_equal_marks_make_one() -> None:
    near = web({"a": {"x"}, "b": {"x", "y"}, "c": {"y"}, "d": {"z"}})
    assert components(near) == [frozenset("abc"), frozenset("d")]


def test_a_decision_joins_and_parts_and_goes_before_marks() -> None:
    near = web({"a": {"x"}, "b": {"x"}, "c": set()}, tie("b", "a", False), tie("b", "c", True))
    assert components(near) == [frozenset("a"), frozenset("bc")]


def test_who_was_parted_may_still_be_one_through_a_third() -> None:
    near = web({"a": {"x"}, "b": {"x"}, "c": {"x"}}, tie("a", "b", False))
    assert components(near) == [frozenset("abc")]


def test_a_mark_that_too_many_bear_marks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ties, "MOST_ALIKE", 2)
    near = web({"a": {"x"}, "b": {"x"}, "c": {"x", "y"}, "d": {"y"}})
    assert components(near) == [frozenset("a"), frozenset("b"), frozenset("cd")]


# On an installation.


def test_a_twin_record_with_the_same_number_is_one_person_from_the_start(henan: Town) -> None:
    one, other = henan.arrive(CHEN), henan.arrive(CHEN, at=MORNING + timedelta(hours=2))
    assert clusters(henan) == {subjects(one, other)}
    assert journeys(henan) == [(min(one.subject, other.subject), CHEN.name)]
    assert figures(henan)["arrivals.screened"] == figures(henan)["arrivals.recorded"] == 1
    assert findings(henan) == []


def test_who_gives_no_number_or_a_wrong_one_is_joined_with_nobody(henan: Town) -> None:
    wrong = CHEN.id_number[:-1] + ("1" if CHEN.id_number[-1] != "1" else "2")
    for number in ("", "", wrong, wrong):
        henan.arrive(CHEN, id_number=number)
    assert clusters(henan) == set()
    assert figures(henan)["arrivals.screened"] == 4


def test_an_unknown_region_is_no_obstacle(henan: Town) -> None:
    """The cast's region 411599 does not exist; date and check digit decide."""
    assert CHEN.id_number.startswith("411599")
    assert len(clusters(joined_pair(henan)[0])) == 1


def joined_pair(town: Town) -> tuple[Town, Draft, Draft]:
    one, other = town.arrive(CHEN), town.arrive(CHEN, area=QUANJI)
    return town, one, other


def test_a_number_typed_for_the_wrong_person_joins_two_and_a_decision_parts_them(
    henan: Town,
) -> None:
    """孙丽 typed 陈静's number for 林小满: one person, until somebody looks at the card."""
    chen, lin = henan.arrive(CHEN), henan.arrive(LIN, id_number=CHEN.id_number, area=TAOLIN)
    assert clusters(henan) == {subjects(chen, lin)}
    assert len(journeys(henan)) == 1
    recorded(henan, says(henan, chen, lin, joined=False))
    assert clusters(henan) == set()
    assert {name for _, name in journeys(henan)} == {CHEN.name, LIN.name}
    assert figures(henan)["arrivals.screened"] == 2
    assert findings(henan) == []


def test_the_mistyped_number_taken_back_parts_them_too(henan: Town) -> None:
    chen, lin = henan.arrive(CHEN), henan.arrive(LIN, id_number=CHEN.id_number, area=TAOLIN)
    back = TakenBack(fact=lin.id, reason="证件号记错了人")
    recorded(
        henan,
        henan.draft(TAKEN_BACK, back, by=WU, subject=lin.subject, purpose=lin.purpose, area=TAOLIN),
    )
    assert clusters(henan) == set()
    assert journeys(henan) == [(chen.subject, CHEN.name)]
    assert findings(henan) == []


def test_a_persons_decision_joins_what_has_no_number_and_counts_once(henan: Town) -> None:
    one, other = henan.arrive(CHEN, id_number=""), henan.arrive(CHEN, id_number="")
    assert figures(henan)["arrivals.screened"] == 2
    recorded(henan, says(henan, other, one, joined=True))
    assert clusters(henan) == {subjects(one, other)}
    assert figures(henan)["arrivals.screened"] == 1
    recorded(henan, says(henan, one, other, joined=False, at=henan.now + timedelta(minutes=1)))
    assert figures(henan)["arrivals.screened"] == 2
    assert findings(henan) == []


def test_the_latest_decision_to_have_happened_counts_whichever_came_first(henan: Town) -> None:
    one, other = henan.arrive(CHEN, id_number=""), henan.arrive(MA, id_number="")
    early, late = henan.now, henan.now + timedelta(minutes=1)
    henan.clock.advance(hours=1)
    recorded(henan, says(henan, one, other, joined=False, at=late))
    recorded(henan, says(henan, one, other, joined=True, at=early))
    assert clusters(henan) == set()


def test_everybody_in_a_cluster_is_where_the_latest_arrival_led(henan: Town) -> None:
    town, one, other = joined_pair(henan)
    assert len(areas(town, one, other)) == 1
    later = town.arrive(CHEN, at=MORNING + timedelta(hours=3), area=QUANJI)
    assert areas(town, one, other, later) == {QUANJI}


def test_a_chain_is_one_and_falls_apart_where_its_middle_goes(henan: Town) -> None:
    """A shares a number with B, and B was joined with C."""
    one, two = henan.arrive(CHEN), henan.arrive(CHEN)
    three = henan.arrive(MA)
    recorded(henan, says(henan, two, three, joined=True))
    assert clusters(henan) == {subjects(one, two, three)}
    later = henan.now + timedelta(minutes=1)
    recorded(henan, says(henan, two, three, joined=False, at=later))
    assert clusters(henan) == {subjects(one, two)}
    assert findings(henan) == []


def test_nobody_joins_whom_he_has_no_say_about(henan: Town) -> None:
    here, there = henan.arrive(CHEN, id_number=""), henan.arrive(LIN, id_number="", area=QUANJI)
    henan.give(SUN, "grid_leader", TAOLIN)
    (verdict,) = henan.record(says(henan, here, there, joined=True, by=SUN))
    assert (verdict.outcome, verdict.code) == ("refused", "access.not_in_remit")
    assert clusters(henan) == set()


def test_nothing_is_decided_of_whom_nobody_knows(henan: Town) -> None:
    here, nobody = henan.arrive(CHEN), henan.arrival(LIN)
    (verdict,) = henan.record(says(henan, here, nobody, joined=True))
    assert (verdict.outcome, verdict.code) == ("refused", "access.unknown_people")


def test_a_decision_stands_in_the_stream_of_its_two_people(henan: Town) -> None:
    one, other, third = henan.arrive(CHEN), henan.arrive(MA), henan.arrive(LIN)
    body = PeopleJoined(one=one.subject, other=other.subject, reason=WHY)
    with pytest.raises(Exception, match=r"ledger\.wrong_subject"):
        henan.draft(
            PEOPLE_JOINED, body, subject=pair_of(one.subject, third.subject), purpose=OFFICE
        )


def test_a_placeholder_on_many_records_joins_none_of_them(
    henan: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ties, "MOST_ALIKE", 3)
    came = [henan.arrive(MA, id_number=CHEN.id_number) for _ in range(3)]
    assert clusters(henan) == {subjects(*came)}
    came += [henan.arrive(MA, id_number=CHEN.id_number) for _ in range(2)]
    assert clusters(henan) == set()
    assert figures(henan)["arrivals.screened"] == 5
    assert findings(henan) == []
    for last in came[3:]:
        back = TakenBack(fact=last.id, reason="不是本人的号码")
        recorded(
            henan,
            henan.draft(
                TAKEN_BACK, back, by=WU, subject=last.subject, purpose=last.purpose, area=TAOLIN
            ),
        )
    assert clusters(henan) == {subjects(*came[:3])}
    assert findings(henan) == []


def test_the_common_case_asks_the_tables_little(henan: Town) -> None:
    """Whoever comes with a number that nobody has had costs three questions a group; whoever is
    known already and is told nothing new of, three.
    """
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT") and any(
            f"FROM {table}" in " ".join(statement.split()) for table in ("mark", "tie", "member")
        ):
            asked.append(statement)

    came = henan.arrive(CHEN)
    engine = henan.installation.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        henan.record(henan.arrival(MA), henan.arrival(LIN), henan.arrival(HE_LI))
        fresh = len(asked)
        asked.clear()
        seen = arrivals.TemperatureTaken(taken_at=henan.now, celsius=36.5)
        recorded(
            henan,
            henan.draft(
                arrivals.TEMPERATURE_TAKEN, seen, by=SUN, subject=came.subject,
                purpose=came.purpose, area=came.area,
            ),
        )  # fmt: skip
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert (fresh, len(asked)) == (3, 3)
