"""What must hold of every passage, whatever was seen, shown and told."""

from datetime import datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.policy.shape import shape_pack
from tests.policy.test_engine import areas, instants, packs, situations, told
from tongxin.base.clock import ZONE
from tongxin.policy.evidence import Evidence, Stay
from tongxin.policy.pack import Pack
from tongxin.policy.passage import Outcome, Seen, Shown, passage_at
from tongxin.policy.shipped import shipped_pack
from tongxin.policy.situation import RiskArea, Situation

HENAN: Final = shipped_pack("henan-2022-04")
NOW: Final = datetime(2022, 4, 2, 2, 30, tzinfo=ZONE)
maybe = st.one_of(st.none(), instants)
seen = st.builds(
    Seen,
    fact=st.just("seen"),
    to_area=st.just("411526108201"),
    from_area=st.one_of(st.just(""), areas),
    stays=st.lists(st.builds(Stay, st.just("seen"), areas, maybe, maybe), max_size=2).map(tuple),
    bound_for=st.sampled_from(["", "", "411526109", "411526108"]),
    health_code=st.sampled_from(["", "green", "yellow", "red", "none"]),
    itinerary=st.sampled_from(["", "clear", "areas", "none"]),
    certificate=st.one_of(st.none(), st.builds(Shown, maybe, maybe, st.booleans())),
    celsius=st.one_of(st.none(), st.sampled_from([36.5, 37.2, 37.3, 39.0])),
    has_symptoms=st.booleans(),
    beside_ill=st.booleans(),
    lives_here=st.sampled_from([None, True, False]),
    declared=st.sampled_from([None, True, False]),
    emergency=st.booleans(),
)


def harsh() -> Pack:
    """The Henan rules in a township that turns back."""
    assert HENAN.entry is not None
    visitors = structs.replace(HENAN.entry.visitors, without_papers="turn_back")
    return structs.replace(HENAN, entry=structs.replace(HENAN.entry, visitors=visitors))


HARSH: Final = harsh()
any_pack = st.one_of(packs, st.just(HARSH))


@given(seen, any_pack, situations, instants, told)
def test_every_passage_has_an_outcome_with_its_grounds_and_what_to_do_next(
    who: Seen, pack: Pack, risks: list[RiskArea], now: datetime, also: list[Evidence]
) -> None:
    passage = passage_at(who, pack, Situation(risks), now, also)
    assert passage.grounds
    assert passage.steps or pack.entry is None
    reasons = [ground.reason for ground in passage.grounds] + [s.reason for s in passage.steps]
    assert all(one.text.zh and one.text.en and one.clause.zh for one in reasons)
    due = {step.id: step.due_at for step in passage.steps if step.due_at is not None}
    assert all(due_at > now for step, due_at in due.items() if step != "register")
    assert len({step.id for step in passage.steps}) == len(passage.steps)


@given(seen, any_pack, situations)
def test_an_emergency_always_passes(who: Seen, pack: Pack, risks: list[RiskArea]) -> None:
    ill = structs.replace(who, emergency=True)
    passage = passage_at(ill, pack, Situation(risks), NOW)
    assert passage.outcome is Outcome.THROUGH
    assert passage.steps[0].id == "let_through"


@given(seen, any_pack, situations)
def test_nobody_who_may_live_here_is_turned_back(
    who: Seen, pack: Pack, risks: list[RiskArea]
) -> None:
    passage = passage_at(who, pack, Situation(risks), NOW)
    if passage.outcome is Outcome.TURN_BACK:
        assert pack is HARSH
        assert who.lives_here is False
        assert not (who.emergency or who.has_symptoms)


@given(seen, any_pack, situations, st.sampled_from(["", "green", "yellow", "red", "none"]))
def test_codes_alone_neither_hold_nor_turn_back_nor_change_a_plan(
    who: Seen, pack: Pack, risks: list[RiskArea], code: str
) -> None:
    before = passage_at(
        structs.replace(who, health_code="", itinerary=""), pack, Situation(risks), NOW
    )
    shown = structs.replace(who, health_code=code, itinerary="areas")
    after = passage_at(shown, pack, Situation(risks), NOW)
    assert after.plan == before.plan
    if after.outcome is not before.outcome:
        assert (before.outcome, after.outcome) == (Outcome.THROUGH, Outcome.REGISTER)


@given(seen, situations)
def test_whoever_is_held_is_taken_over_by_somebody(who: Seen, risks: list[RiskArea]) -> None:
    passage = passage_at(who, HARSH, Situation(risks), NOW)
    assert (passage.outcome is Outcome.HOLD) <= bool(passage.receiver)
    assert (passage.receiver == "township") <= bool(passage.township)


def test_a_pack_without_an_entrance_holds_nobody() -> None:
    ill = Seen(fact="seen", to_area="411526108201", from_area="310115", celsius=39.0)
    risk = RiskArea("list", "310115", "medium", NOW - timedelta(days=3))
    passage = passage_at(ill, shape_pack(), Situation([risk]), NOW)
    assert passage.outcome is Outcome.REGISTER
    assert passage.receiver == "hospital"
