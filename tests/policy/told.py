"""Reads the cases of `tests/cases`: what was told there, as the engine eats it."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
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
from tongxin.policy.passage import Seen, Shown
from tongxin.policy.situation import RiskArea, Situation

CASES: Final = Path(__file__).parent.parent / "cases"

_STATEMENTS: Final[dict[str, Callable[[str, dict[str, Any]], Evidence]]] = {
    "arrival": lambda fact, one: Arrival(fact, one["at"], one["from"], one["to"]),
    "expected": lambda fact, one: Expectation(fact, one["at"], one["from"], one["to"]),
    "stays": lambda fact, one: Stay(fact, one["area"], one.get("from"), one.get("until")),
    "answers": lambda fact, one: Answer(fact, one["at"], one["place"], one["inside"]),
    "exposures": lambda fact, one: Exposure(fact, one["last_at"], one["known_at"], one["degree"]),
    "cases": lambda fact, one: ReportedCase(fact, one["at"], one.get("onset_at")),
    "swabs": lambda fact, one: Swab(fact, one["at"], one.get("positive", False)),
    "symptoms": lambda fact, one: Symptom(fact, one["at"]),
    "temperatures": lambda fact, one: Temperature(fact, one["at"], one["celsius"]),
    "recoveries": lambda fact, one: Recovery(fact, one["at"]),
    "done": lambda fact, one: Done(fact, one["task"], one["at"]),
    "waivers": lambda fact, one: Waiver(fact, one["reason"], one["from"], one["until"]),
}
# Every key that a case may have; a misspelt one must not pass for a case that expects nothing.
_MARKS: Final = {"name", "clause", "unverified"}
KNOWN: Final = {
    "case": _MARKS | _STATEMENTS.keys() | {"now", "areas", "expect"},
    "certificate": _MARKS | {"papers", "clock", "sampled_at", "reported_at", "at", "good", "until"},
    "gathering": _MARKS | {"kind", "people", "decision"},
    "passage": _MARKS | {"now", "areas", "seen", "visitors", "expect"},
}
TO: Final = "411526108201"


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
            known_at=area.get("known_at"),
        )
        for number, area in enumerate(case.get("areas", ()))
    )


def seen_of(case: dict[str, Any]) -> Seen:
    """What was seen at the entrance of Taolinpu's first village."""
    told = dict(case["seen"])
    shown = told.pop("certificate", None)
    stays = told.pop("stays", ())
    return Seen(
        fact="seen",
        to_area=TO,
        from_area=told.pop("from", ""),
        certificate=None if shown is None else Shown(**shown),
        stays=tuple(_STATEMENTS["stays"]("seen", one) for one in stays),  # type: ignore[misc]
        **told,
    )


def recorded_of(case: dict[str, Any]) -> dict[str, datetime]:
    """When the facts were recorded that say so with `known_at`."""
    return {
        one.get("fact", f"{name}-{number}"): one["known_at"]
        for name in sorted(_STATEMENTS.keys() & case.keys())
        for number, one in enumerate(case[name])
        if name != "exposures" and "known_at" in one
    }


def evidence_of(case: dict[str, Any]) -> list[Evidence]:
    told: list[Evidence] = []
    for name in sorted(_STATEMENTS.keys() & case.keys()):
        for number, one in enumerate(case[name]):
            told.append(_STATEMENTS[name](one.get("fact", f"{name}-{number}"), one))
    return told
