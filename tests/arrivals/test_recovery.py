"""A symptom stops the clock until a doctor finds that it has gone."""

from datetime import timedelta

from tests.town import Town
from tests.village import CHEN, LI, SUN, ZHENG, Worker
from tongxin.arrivals import facts
from tongxin.catalogue import plans
from tongxin.ledger.facts import Draft, Outcome, Verdict
from tongxin.policy.engine import standing_at
from tongxin.policy.judgement import Standing


def standing(town: Town, who: Draft) -> Standing:
    stream = town.stream(who.subject)
    assert stream is not None
    with town.installation.database.reading() as connection:
        context = town.installation.context(connection, stream.township)
    (judged,) = plans([stream], context).values()
    return standing_at(judged.plan, town.now).word


def unwell(town: Town) -> Draft:
    town.at_risk()
    who = town.arrive(CHEN)
    town.clock.advance(days=1)
    seen = facts.SymptomSeen(seen_at=town.now)
    town.record(
        town.draft(facts.SYMPTOM_SEEN, seen, by=LI, subject=who.subject, purpose=who.purpose)
    )
    return who


def recover(town: Town, who: Draft, by: Worker) -> Verdict:
    town.clock.advance(hours=30)
    found = facts.RecoveryFound(found_at=town.now - timedelta(minutes=5))
    (verdict,) = town.record(
        town.draft(facts.RECOVERY_FOUND, found, by=by, subject=who.subject, purpose=who.purpose)
    )
    return verdict


def test_the_doctors_finding_lets_the_days_count_again(henan: Town) -> None:
    who = unwell(henan)
    assert standing(henan, who) is Standing.HELD
    assert recover(henan, who, ZHENG).outcome is Outcome.RECORDED
    assert standing(henan, who) is Standing.MONITORED


def test_nobody_but_a_doctor_ends_a_symptom(henan: Town) -> None:
    who = unwell(henan)
    assert recover(henan, who, SUN).outcome is Outcome.HELD
    assert standing(henan, who) is Standing.HELD
