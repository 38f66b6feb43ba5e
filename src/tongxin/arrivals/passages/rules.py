"""A recorded passage as the policy judges it: what becomes of somebody at the post. Pure.

Nobody types the outcome and no record holds it: `policy.passage` computes it from what was seen.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from tongxin.arrivals.comings.rules import counting
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.arrivals.rules import statements
from tongxin.base.texts import Text
from tongxin.ledger.facts import Entry
from tongxin.policy import evidence
from tongxin.policy.certificates import CertificateAge
from tongxin.policy.grounds import of_illness
from tongxin.policy.pack import Pack
from tongxin.policy.passage import Passage, Seen, Shown, passage_at
from tongxin.policy.situation import Situation

# Those of one vehicle stand at the post within so long, before or after each other.
_ONE_STOP: Final = timedelta(hours=1)


class Because(Struct, frozen=True):
    """One ground: a sentence and its clause; `observed`: no standing rests on it.

    `place` is an area code, or one with the declared name after `#`; empty where none is meant.
    """

    text: Text
    clause: Text
    observed: bool
    place: str


class Next(Struct, frozen=True):
    """What to do next; `due_at` None: now, at the post."""

    id: str
    text: Text
    due_at: datetime | None


class Good(Struct, frozen=True):
    """A negative certificate that was good at the post, and the clause that says so.

    `clock` decides: `sample` or `report`; `counted_from` names it, `age` is how old the certificate
    was by it, and `until` the last instant at which it is good. `text` tells both ages.
    """

    clock: str
    counted_from: Text
    age: Text
    until: datetime
    text: Text
    clause: Text


class Told(Struct, frozen=True):
    """What becomes of somebody, who takes him over, why, and what comes next.

    `certificate` is None where none was good: why it was not is among the grounds.
    """

    outcome: str
    receiver: str
    grounds: tuple[Because, ...]
    steps: tuple[Next, ...]
    certificate: Good | None


def told_at_post(
    entries: Sequence[Entry],
    pack: Pack,
    situation: Situation,
    *,
    declared: bool,
    beside_ill: bool,
) -> Told | None:
    """What becomes of somebody by the latest passage of a journey; None where there is none.

    `declared`: he had told ahead. `beside_ill`: somebody in the same vehicle is ill.
    """
    latest = latest_passage(entries)
    if latest is None:
        return None
    entry, body = latest
    seen = _seen(entry, body, declared, beside_ill)
    also = [
        statement
        for other in counting(entries)
        if other is not entry
        for statement in statements(other)
        if not isinstance(statement, evidence.Arrival)
    ]
    positive = seen.certificate is not None and seen.certificate.positive
    judged = passage_at(seen, pack, situation, body.passed_at, also)
    return _told(judged, None if positive else _good(judged.certificate))


def latest_passage(entries: Sequence[Entry]) -> tuple[Entry, PassageRecorded] | None:
    """The passage of a journey that was told last, or None where there is none."""
    passages = [(e, e.body) for e in entries if isinstance(e.body, PassageRecorded)]
    return max(passages, key=lambda pair: (pair[0].header.happened_at, pair[0].id), default=None)


def was_ill_beside(entries: Sequence[Entry], passed_at: datetime, pack: Pack) -> bool:
    """Whether somebody of the party stood ill at the post as another passed; also one who was
    let through as an emergency, or has been taken over since.
    """
    return any(
        abs(entry.body.passed_at - passed_at) <= _ONE_STOP
        and bool(of_illness(_as_seen("", "", entry.body), pack))
        for entry in entries
        if isinstance(entry.body, PassageRecorded)
    )


def is_held(seen: PassageRecorded, pack: Pack) -> bool:
    """Whether somebody is ill and waits at the post to be taken over; an emergency never waits."""
    return not seen.emergency and bool(of_illness(_as_seen("", "", seen), pack))


def _seen(entry: Entry, body: PassageRecorded, declared: bool, beside_ill: bool) -> Seen:
    seen = _as_seen(entry.id, entry.header.area, body)
    stays = tuple(
        evidence.Stay(entry.id, stay.area, stay.from_, stay.until)
        for stay in body.stays
        if stay.area
    )
    return Seen(
        fact=seen.fact, to_area=seen.to_area, from_area=body.from_area, stays=stays,
        bound_for=body.bound_for, health_code=body.health_code, itinerary=body.itinerary,
        certificate=seen.certificate, celsius=body.celsius, has_symptoms=body.has_symptoms,
        beside_ill=beside_ill, lives_here=body.lives_here, declared=declared,
        emergency=body.emergency,
    )  # fmt: skip


def _as_seen(fact: str, to_area: str, body: PassageRecorded) -> Seen:
    """What tells of illness."""
    told = body.certificate
    shown = Shown(told.sampled_at, told.reported_at, told.positive) if told else None
    return Seen(
        fact=fact, to_area=to_area, certificate=shown, celsius=body.celsius,
        has_symptoms=body.has_symptoms,
    )  # fmt: skip


def _good(age: CertificateAge | None) -> Good | None:
    if age is None or not age.good or age.age is None or age.until is None:
        return None
    reason = age.reason
    return Good(age.clock, age.counted_from, age.age, age.until, reason.text, reason.clause)


def _told(found: Passage, certificate: Good | None) -> Told:
    grounds = tuple(
        Because(each.reason.text, each.reason.clause, each.observed, each.reason.place)
        for each in found.grounds
    )
    steps = tuple(Next(step.id, step.reason.text, step.due_at) for step in found.steps)
    return Told(found.outcome.value, found.receiver, grounds, steps, certificate)
