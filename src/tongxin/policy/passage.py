"""A person at the entrance of a village (入村关): what was seen there, and what becomes of it.

Codes and papers are observations: they make somebody ask, test or look again, and nobody's
standing rests on them. Whether somebody is held rests on illness; what is asked of him, on where
he was. The least harmful lawful outcome is chosen, in this order:

1. A medical emergency passes at once, whatever else was seen, and is registered afterwards.
2. Fever, symptoms or a positive test: held, and handed over to the hospital.
3. Bound for another township: handed over to it. He goes on, unless something is asked of him by
   where he was; that his papers do not do, that township is told.
4. Something is asked of him by where he was, or he must first be asked: registered and monitored.
5. Papers that do not do: registered and tested. Turned back are only visitors, and only where the
   pack says so.
6. Everybody else passes, and is registered like everybody.

A pack without `[entry]` holds nobody and turns nobody back.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct

from tongxin.policy import grounds
from tongxin.policy.certificates import CertificateAge, certificate_at
from tongxin.policy.clauses import Cited
from tongxin.policy.engine import plan, standing_at
from tongxin.policy.evidence import Arrival, Evidence, Swab, Symptom, Temperature, Told, told
from tongxin.policy.grounds import Ground, HealthCode, Itinerary, Seen, Shown
from tongxin.policy.judgement import Plan, Reason, StandingAt
from tongxin.policy.organisation import Entry
from tongxin.policy.origin import Origin, origin_of
from tongxin.policy.pack import Pack
from tongxin.policy.papers import papers_for
from tongxin.policy.situation import Situation

__all__ = [
    "Ground", "HealthCode", "Itinerary", "Outcome", "Passage", "Seen", "Shown", "Step",
    "passage_at",
]  # fmt: skip

_TOWNSHIP: Final = 9
Receiver = Literal["", "hospital", "township"]


class Outcome(StrEnum):
    """What becomes of somebody at the entrance."""

    THROUGH = "pass"
    REGISTER = "register_and_monitor"
    HOLD = "hold_and_hand_over"
    TURN_BACK = "turn_back"


class Step(Struct, frozen=True):
    """What to do next, and by when; `due_at` None: now, at the entrance."""

    id: str
    reason: Reason
    due_at: datetime | None = None


class Passage(Struct, frozen=True, kw_only=True):
    """What becomes of one person, why, and what to do next.

    `receiver` takes him over: the hospital, or the township that he is bound for (`township`, its
    code). `grounds` stand by their weight, the deciding one first. `certificate` is None where
    none was shown or asked for. `plan` is what follows for him from his arrival.
    """

    outcome: Outcome
    receiver: Receiver
    township: str
    grounds: tuple[Ground, ...]
    steps: tuple[Step, ...]
    certificate: CertificateAge | None
    plan: Plan


class _Looked(Struct, frozen=True):
    """What each look at the entrance came to, before the outcome is chosen."""

    illness: tuple[Ground, ...]
    asked: tuple[Ground, ...]
    papers: tuple[Ground, ...]
    codes: tuple[Ground, ...]
    certificate: CertificateAge | None
    origin_known: bool
    plan: Plan
    standing: StandingAt


def passage_at(
    seen: Seen, pack: Pack, situation: Situation, now: datetime, also: Iterable[Evidence] = ()
) -> Passage:
    """What becomes of somebody who stands at the entrance at `now`.

    `also` is what is known of him besides: a declaration, stays that he told before. A passage
    that is recorded later is judged as of the instant at which he stood there.
    """
    looked = _look(seen, pack, situation, now, tuple(also))
    outcome, receiver, deciding = _decide(seen, pack.entry, looked)
    said = (*deciding, *looked.illness, *looked.asked, *looked.papers, *looked.codes)
    kept = tuple(dict.fromkeys((*said, *grounds.of_declaring(seen, pack))))
    return Passage(
        outcome=outcome,
        receiver=receiver,
        township=seen.bound_for if _elsewhere(seen) else "",
        grounds=kept or (grounds.nothing(pack),),
        steps=_steps(seen, pack, now, outcome, receiver, looked),
        certificate=looked.certificate,
        plan=looked.plan,
    )


def _look(
    seen: Seen, pack: Pack, situation: Situation, now: datetime, also: tuple[Evidence, ...]
) -> _Looked:
    home = seen.bound_for if _elsewhere(seen) else seen.to_area
    said = told((*_evidence(seen, home, now), *also))
    made = plan((*_evidence(seen, home, now), *also), pack, situation)
    origin = origin_of(said, pack, situation, made.begun_at)
    standing = standing_at(made, now)
    known = bool(origin.been) or pack.entry is None
    certificate, papers = _papers(seen, pack, origin, said, home, now)
    return _Looked(
        grounds.of_illness(seen, pack),
        grounds.of_origin(seen, made, standing, pack, known=known),
        papers,
        grounds.of_codes(seen, pack, made, now),
        certificate,
        known,
        made,
        standing,
    )


def _evidence(seen: Seen, home: str, now: datetime) -> list[Evidence]:
    evidence: list[Evidence] = [Arrival(seen.fact, now, seen.from_area, home), *seen.stays]
    if seen.celsius is not None:
        evidence.append(Temperature(seen.fact, now, seen.celsius))
    if seen.has_symptoms:
        evidence.append(Symptom(seen.fact, now))
    shown = seen.certificate
    if shown is not None and shown.positive:
        evidence.append(Swab(seen.fact, shown.sampled_at or shown.reported_at or now, True))
    return evidence


def _papers(
    seen: Seen, pack: Pack, origin: Origin, said: Told, home: str, now: datetime
) -> tuple[CertificateAge | None, tuple[Ground, ...]]:
    """How the certificate stands by the clause that applies to him, and the ground if it fails."""
    papers, shown = papers_for(pack, origin, said, home), seen.certificate
    clause = papers.certificate if papers else None
    if clause is None:
        return None, ()
    if shown is None:
        return None, (grounds.of_certificate(seen, clause, None),)
    age = certificate_at(clause, shown.sampled_at, shown.reported_at, now)
    return age, () if age.good else (grounds.of_certificate(seen, clause, age),)


def _decide(
    seen: Seen, entry: Entry | None, looked: _Looked
) -> tuple[Outcome, Receiver, tuple[Ground, ...]]:
    """The outcome, who takes over, and the clause of the entrance that decided."""
    if entry is None or seen.emergency:
        return _let_through(seen, entry, looked)
    if looked.illness:
        return Outcome.HOLD, "hospital", looked.illness
    if _elsewhere(seen):
        ground = grounds.of_clause(grounds.ELSEWHERE, entry.elsewhere, seen.fact)
        return (Outcome.HOLD if looked.asked else Outcome.THROUGH), "township", (ground,)
    if looked.asked:
        return Outcome.REGISTER, "", looked.asked
    if looked.papers:
        return _without_papers(seen, entry, looked)
    return (Outcome.REGISTER if looked.codes else Outcome.THROUGH), "", ()


def _let_through(
    seen: Seen, entry: Entry | None, looked: _Looked
) -> tuple[Outcome, Receiver, tuple[Ground, ...]]:
    """An emergency, or whoever comes under a pack that keeps no entrance."""
    receiver: Receiver = "hospital" if looked.illness or seen.emergency else ""
    if entry is not None:
        ground = grounds.of_clause(grounds.EMERGENCY, entry.emergency, seen.fact)
        return Outcome.THROUGH, receiver, (ground,)
    registered = looked.asked and not seen.emergency
    return (Outcome.REGISTER if registered else Outcome.THROUGH), receiver, ()


def _without_papers(
    seen: Seen, entry: Entry, looked: _Looked
) -> tuple[Outcome, Receiver, tuple[Ground, ...]]:
    """Nobody who lives here, or may live here, is turned back, nor whose paper does not tell."""
    if seen.lives_here is not False:
        ground = grounds.of_clause(grounds.RESIDENT, entry.residents, seen.fact)
        return Outcome.REGISTER, "", (*looked.papers, ground)
    unclear = looked.certificate is not None and looked.certificate.good is None
    turned = entry.visitors.without_papers == "turn_back" and not unclear
    text = grounds.TURNED if turned else grounds.VISITOR
    ground = grounds.of_clause(text, entry.visitors, seen.fact)
    return (Outcome.TURN_BACK if turned else Outcome.REGISTER), "", (*looked.papers, ground)


def _elsewhere(seen: Seen) -> bool:
    return bool(seen.bound_for) and seen.bound_for[:_TOWNSHIP] != seen.to_area[:_TOWNSHIP]


def _steps(
    seen: Seen, pack: Pack, now: datetime, outcome: Outcome, receiver: Receiver, looked: _Looked
) -> tuple[Step, ...]:
    """What to do next, the most pressing first."""
    entry: Cited = pack.entry or pack.areas
    steps = []
    if seen.emergency:
        steps.append(_step("let_through", pack.entry.emergency if pack.entry else entry))
    if looked.illness:
        report = pack.deadline["report"]
        steps.append(_step("report", report, now + timedelta(hours=report.hours)))
    if pack.entry is not None and outcome is Outcome.TURN_BACK:
        return (*steps, _step("turn_back", pack.entry.visitors))
    if pack.entry is not None and receiver == "township":
        steps.append(_step("tell_township", pack.entry.elsewhere))
    if not looked.origin_known:
        steps.append(_step("ask_origin", pack.areas))
    if looked.plan.questions:
        steps.append(_step("ask_places", pack.deadline["question"]))
    if looked.codes:
        steps.append(_step("ask_code", entry))
    if pack.entry is not None and outcome is Outcome.REGISTER and looked.papers:
        due_at = now + timedelta(hours=pack.entry.test_within_hours)
        steps.append(_step("test", pack.entry, due_at))
    if seen.certificate is not None:
        steps.append(_step("keep_certificate", entry))
    return (*steps, *_afterwards(seen, pack, looked))


def _afterwards(seen: Seen, pack: Pack, looked: _Looked) -> list[Step]:
    """What follows for whoever stays in this township."""
    if _elsewhere(seen):
        return []
    due = {task.kind: task.due_at for task in looked.standing.open}
    steps = [_step("register", pack.deadline["register"], due.get("register"))]
    if looked.plan.stages and looked.standing.stage is not None:
        steps.append(_step("tell_measures", pack.objection))
    return steps


def _step(id: str, cited: Cited, due_at: datetime | None = None) -> Step:
    return Step(id, Reason(grounds.STEPS[id], (), cited.clause, cited.source), due_at)
