"""Every case of `tests/cases`, worked out by hand, against the engine."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from msgspec import structs

from tests.policy.told import KNOWN, evidence_of, recorded_of, seen_of, situation_of, written
from tongxin.policy.certificates import certificate_at
from tongxin.policy.engine import judge
from tongxin.policy.explain import explain
from tongxin.policy.gatherings import tier_of
from tongxin.policy.judgement import Judgement, Task
from tongxin.policy.passage import Passage, passage_at
from tongxin.policy.shipped import shipped_pack


def _keys(tasks: tuple[Task, ...]) -> list[str]:
    return [task.key for task in tasks]


SEEN: Final[dict[str, Callable[[Judgement], object]]] = {
    "category": lambda j: j.plan.category,
    "possible": lambda j: j.plan.possible,
    "standing": lambda j: j.standing.word.value,
    "stage": lambda j: j.standing.stage and j.standing.stage.mode,
    "words": lambda j: list(j.plan.words),
    "colours": lambda j: list(j.standing.colours),
    "until": lambda j: j.plan.until,
    "released_at": lambda j: j.plan.released_at,
    "lacking": lambda j: [lack.condition for lack in j.plan.lacking],
    "undetermined_until": lambda j: j.plan.undetermined_until,
    "missed": lambda j: [lack.condition for lack in j.plan.missed],
    "late": lambda j: _keys(j.plan.late_tasks),
    "due": lambda j: {t.key: t.due_at for t in j.plan.next_tasks if t.kind != "temperature"},
    "carers": lambda j: len(j.plan.team),
    "open": lambda j: _keys(j.standing.open),
    "overdue": lambda j: _keys(j.standing.overdue),
    "next": lambda j: _keys(j.plan.next_tasks),
    "done": lambda j: [task.key for task in j.plan.tasks if task.done_by],
    "questions": lambda j: [question.place for question in j.plan.questions],
    "contradictions": lambda j: len(j.plan.contradictions),
}


def _written(table: str) -> list[Any]:
    return [pytest.param(pack, case, id=case["name"]["en"]) for pack, case in written(table)]


@pytest.mark.parametrize(("pack", "case"), _written("case"))
def test_a_case_of_one_person(pack: str, case: dict[str, Any]) -> None:
    judgement = judge(
        evidence_of(case), shipped_pack(pack), situation_of(case), case["now"], recorded_of(case)
    )
    seen = {name: SEEN[name](judgement) for name in case["expect"] if name != "said"}
    assert seen == {name: wanted for name, wanted in case["expect"].items() if name != "said"}
    lines = explain(judgement, shipped_pack(pack))
    for sentence in case["expect"].get("said", ()):
        assert sentence in {line.text.zh for line in lines}, [line.text.zh for line in lines]


@pytest.mark.parametrize(("pack", "case"), _written("certificate"))
def test_a_case_of_a_certificate(pack: str, case: dict[str, Any]) -> None:
    entry = shipped_pack(pack).entry
    assert entry is not None
    clause = next(one.certificate for one in entry.papers if one.id == case["papers"])
    assert clause is not None
    clause = structs.replace(clause, cert_clock=case.get("clock", clause.cert_clock))
    age = certificate_at(clause, case.get("sampled_at"), case.get("reported_at"), case["at"])
    assert (age.good, age.clock) == (case.get("good"), clause.cert_clock)
    assert age.until == case.get("until")


@pytest.mark.parametrize(("pack", "case"), _written("gathering"))
def test_a_case_of_a_gathering(pack: str, case: dict[str, Any]) -> None:
    tier = tier_of(shipped_pack(pack), case["kind"], case["people"])
    assert tier is not None
    assert tier.decision == case["decision"]


PASSED: Final[dict[str, Callable[[Passage], object]]] = {
    "outcome": lambda p: p.outcome.value,
    "receiver": lambda p: p.receiver,
    "township": lambda p: p.township,
    "steps": lambda p: [step.id for step in p.steps],
    "good": lambda p: p.certificate and p.certificate.good,
    "clock": lambda p: p.certificate and p.certificate.clock,
    "until": lambda p: p.certificate and p.certificate.until,
    "observed": lambda p: p.grounds[0].observed,
}


@pytest.mark.parametrize(("pack", "case"), _written("passage"))
def test_a_case_of_a_passage(pack: str, case: dict[str, Any]) -> None:
    rules = shipped_pack(pack)
    if "visitors" in case:
        assert rules.entry is not None
        visitors = structs.replace(rules.entry.visitors, without_papers=case["visitors"])
        rules = structs.replace(rules, entry=structs.replace(rules.entry, visitors=visitors))
    passage = passage_at(seen_of(case), rules, situation_of(case), case["now"])
    expected = dict(case["expect"])
    said = {ground.reason.text.zh for ground in passage.grounds}
    said |= {passage.certificate.reason.text.zh} if passage.certificate else set()
    assert said >= set(expected.pop("said", ()))
    assert {name: PASSED[name](passage) for name in expected} == expected


@pytest.mark.parametrize("table", sorted(KNOWN))
def test_every_case_cites_a_clause_or_says_that_it_is_unverified(table: str) -> None:
    for _, case in written(table):
        assert case.get("unverified", False) is True or "mission.md" in case["clause"], case["name"]
        assert set(case) <= KNOWN[table], case["name"]
        assert set(case["name"]) == {"zh", "en"}
