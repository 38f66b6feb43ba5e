"""The derived rows of a person's episodes: journeys, stays, tasks, parts of figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from tongxin.arrivals import retention, rules
from tongxin.arrivals.calls import derive as calls
from tongxin.arrivals.calls import rules as calls_rules
from tongxin.arrivals.comings import derive as comings
from tongxin.arrivals.facts import (
    ArrivalRecorded,
    LedgerTold,
    SwabResulted,
    TemperatureTaken,
)
from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import day_of, from_ms, to_ms
from tongxin.base.pinyin import initials
from tongxin.ledger.facts import EPISODE, Entry, Row
from tongxin.ledger.totals import part
from tongxin.policy.engine import standing_at
from tongxin.policy.evidence import Arrival, Expectation, Stay
from tongxin.policy.judgement import Plan
from tongxin.registry.residents.rules import plain, tail
from tongxin.registry.rules import Judged
from tongxin.work import derive as work
from tongxin.work import rules as work_rules

SCREENED: Final = "arrivals.screened"


def episodes(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """A person's facts by episode, in the order in which the episodes were first recorded."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        purpose, _, episode = entry.header.purpose.partition(":")
        if purpose == EPISODE:
            found.setdefault(episode, []).append(entry)
    return found


def rows(
    area: str, plans: Mapping[str, Judged], carried: Sequence[Row], back_at: int | None = None
) -> dict[str, list[Row]]:
    """Rows for each judged episode of one person, who is now in `area`.

    `carried` are the parts of episodes already forgotten: who counted once counts no second time.
    `back_at` is when the registry last knew him to be at home again (milliseconds).
    """
    counted = any(each["figure"] == SCREENED for each in carried)
    journeys: list[Row] = []
    stays: list[Row] = []
    lines: list[Row] = []
    tasks: list[Row] = []
    parts: list[Row] = []
    for episode, judged in sorted(plans.items(), key=_by_arrival):
        entries, plan = judged.entries, judged.plan
        owed = work_rules.tasks(plan.tasks, entries)
        owed += calls_rules.task_of(entries, judged.pack.calls, back_at)
        tasks += work.rows(episode, area, owed)
        found = rules.arrival_of(entries)
        if found is None:
            continue
        entry, body = found
        journeys.append(_journey(episode, area, entry, body, plan, judged.proposal))
        stays += _stays(episode, entries)
        lines.append(_line(episode, entry, body, entries))
        purpose = f"{EPISODE}:{episode}"
        village = village_of(AreaCode(entry.header.area))
        parts += work.parts(purpose, village, owed)
        parts += _parts(purpose, village, body.arrived_at, judged, first=not counted)
        counted = True
    coming = comings.rows(area, plans)
    parts += coming.pop("figure_part")
    return {
        "journey": journeys, "stay": stays, "ledger_line": lines, "task": tasks,
        "kept_until": retention.rows(plans), "figure_part": parts,
        "away_call": calls.rows(area, plans, back_at), **coming,
    }  # fmt: skip


def _by_arrival(told: tuple[str, Judged]) -> tuple[bool, int, str]:
    """By when somebody came, not by what came in first: who counts first must not depend on it."""
    episode, judged = told
    found = rules.arrival_of(judged.entries)
    return found is None, to_ms(found[1].arrived_at) if found else 0, episode


def _journey(
    episode: str, area: str, entry: Entry, body: ArrivalRecorded, plan: Plan, proposal: str
) -> Row:
    spans = rules.spans(plan, standing_at, body.arrived_at)
    return {
        "episode": episode, "area": area, "village": village_of(AreaCode(area)),
        "name": body.name, "letters": initials(body.name),
        "id_number": body.id_number, "id_tail": tail(body.id_number),
        "phone": plain(body.phone), "phone_tail": tail(body.phone),
        "address": body.address, "arrived_at": to_ms(body.arrived_at),
        "from_area": body.from_area, "from_name": body.from_name, "category": plan.category,
        "label_zh": plan.label.zh, "label_en": plan.label.en, "words": " ".join(plan.words),
        "spans": msgspec.json.encode(spans).decode(), "until_at": _ms(plan.until),
        "released_at": _ms(plan.released_at), "pack": f"{plan.pack}@{plan.version}",
        "pack_proposal": proposal, "recorded_seq": entry.header.seq,
    }  # fmt: skip


def _stays(episode: str, entries: Sequence[Entry]) -> list[Row]:
    """Where somebody set out and was before, by all that was told: who is touched by what."""
    told: set[tuple[str, int | None]] = set()
    for each in (statement for entry in entries for statement in rules.statements(entry)):
        match each:
            case Arrival(at=at, from_area=code) | Expectation(at=at, from_area=code) if code:
                told.add((code, to_ms(at)))
            case Stay(area=code, from_=since, until=until):
                # The later of the two, for the rules take one told backwards for the other.
                told.add((code, _ms(max(since or until, until) if until else None)))
    return [
        {"episode": episode, "n": n, "code": code, "until_at": until}
        for n, (code, until) in enumerate(sorted(told, key=lambda stay: (stay[0], stay[1] or 0)))
    ]


_TOLD: Final = (
    "note", "travel_code", "health_code", "swab", "vaccine", "temperature", "grid_worker",
)  # fmt: skip


def _line(episode: str, entry: Entry, body: ArrivalRecorded, entries: Sequence[Entry]) -> Row:
    """What the returnee ledger shows besides: the latest that was measured, tested and told."""
    taken = [(to_ms(body.arrived_at), body.celsius)] if body.celsius is not None else []
    swabs = []
    told: dict[str, str] = {}
    for each in sorted(entries, key=lambda e: (e.header.happened_at, e.id)):
        match each.body:
            case TemperatureTaken(taken_at=at, celsius=celsius):
                taken.append((to_ms(at), celsius))
            case SwabResulted(taken_at=at, positive=positive):
                swabs.append((to_ms(at), positive))
            case LedgerTold() as said:
                told |= {n: v for n in (*_TOLD, "reported_on") if (v := getattr(said, n))}
    newest = max(swabs, default=None)
    recorded_on = day_of(from_ms(entry.header.recorded_at)).isoformat()
    return {
        "episode": episode, "transport": body.transport,
        "celsius": max(taken)[1] if taken else None,
        "swab_at": newest and newest[0], "swab_positive": newest and newest[1],
        "reported_on": told.get("reported_on", recorded_on),
        **{name: told.get(name, "") for name in _TOLD},
    }  # fmt: skip


def _parts(
    purpose: str, village: str, arrived_at: datetime, judged: Judged, first: bool
) -> list[Row]:
    """A person counts once as screened and under one exclusive word, by the first arrival; each
    arrival counts by all its words.
    """
    words = judged.plan.words
    figures = ["arrivals.recorded", *(f"arrivals.word.{word}" for word in words)]
    if first:
        figures += [SCREENED, *(f"{SCREENED}.{word}" for word in judged.pack.counted_as(words))]
    return [part(figure, village, day_of(arrived_at), purpose) for figure in figures]


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)
