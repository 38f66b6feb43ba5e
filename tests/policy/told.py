"""Reads the cases of `tests/cases`: what was told there, as the engine eats it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tongxin.policy.evidence import (
    Answer,
    Arrival,
    Done,
    Evidence,
    Expectation,
    Exposure,
    Recovery,
    ReportedCase,
    Stay,
    Swab,
    Symptom,
    Temperature,
    Waiver,
)
from tongxin.policy.situation import RiskArea, Situation

CASES: Final = Path(__file__).parent.parent / "cases"

# Every key that a case may have; a misspelt one must not pass for a case that expects nothing.
_MARKS: Final = {"name", "clause", "unverified"}
_TOLD: Final = {
    "arrival", "expected", "stays", "answers", "exposures", "cases", "swabs", "symptoms",
    "temperatures", "recoveries", "done", "waivers",
}  # fmt: skip
KNOWN: Final = {
    "case": _MARKS | _TOLD | {"now", "areas", "expect"},
    "certificate": _MARKS | {"clock", "sampled_at", "reported_at", "at", "good"},
    "gathering": _MARKS | {"kind", "people", "decision"},
}


def written(table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case of one table in every file: the pack's name, and the case as written."""
    for path in sorted(CASES.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        if "pack" in document:
            for case in document.get(table, ()):
                yield document["pack"], case


def situation_of(case: dict[str, Any]) -> Situation:
    return Situation(
        RiskArea(
            area.get("fact", f"area-{number}"),
            area["code"],
            area["level"],
            area["from"],
            area.get("until"),
            whole="part" not in area,
            name=area.get("part", ""),
        )
        for number, area in enumerate(case.get("areas", ()))
    )


def evidence_of(case: dict[str, Any]) -> list[Evidence]:
    told: list[Evidence] = []
    for name in sorted(_TOLD & case.keys()):
        for number, one in enumerate(case[name]):
            told.append(_statement(name, one.get("fact", f"{name}-{number}"), one))
    return told


def _statement(name: str, fact: str, one: dict[str, Any]) -> Evidence:
    match name:
        case "arrival":
            return Arrival(fact, one["at"], one["from"], one["to"])
        case "expected":
            return Expectation(fact, one["at"], one["from"], one["to"])
        case "stays":
            return Stay(fact, one["area"], one.get("from"), one.get("until"))
        case "answers":
            return Answer(fact, one["at"], one["place"], one["inside"])
        case "exposures":
            return Exposure(fact, one["last_at"], one["known_at"], one["degree"])
        case "cases":
            return ReportedCase(fact, one["at"], one.get("onset_at"))
        case "swabs":
            return Swab(fact, one["at"], one.get("positive", False))
        case "symptoms":
            return Symptom(fact, one["at"])
        case "temperatures":
            return Temperature(fact, one["at"], one["celsius"])
        case "recoveries":
            return Recovery(fact, one["at"])
        case "done":
            return Done(fact, one["task"], one["at"])
        case "waivers":
            return Waiver(fact, one["reason"], one["from"], one["until"])
        case _:
            raise AssertionError(f"no statement is called {name}")
