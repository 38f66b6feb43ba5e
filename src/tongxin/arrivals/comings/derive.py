"""The derived rows of comings, and what they count for."""

from collections.abc import Mapping
from typing import Any, Final

from tongxin.arrivals.comings import rules
from tongxin.arrivals.comings.rules import Coming, Word, ms
from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.passages import rules as post
from tongxin.arrivals.passages.facts import HandedOver, PassageRecorded
from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import day_of
from tongxin.base.id_numbers import is_valid
from tongxin.base.pinyin import syllables
from tongxin.ledger.facts import Entry, Row
from tongxin.ledger.totals import part
from tongxin.policy.pack import Pack
from tongxin.registry.rules import Judged

DECLARED: Final = "arrivals.declared"
IN_TIME: Final = "arrivals.declared_in_time"
# Who came untold is whoever arrived and is not counted here: a part less for each arrival.
ANNOUNCED: Final = "arrivals.announced"
PASSED: Final = "arrivals.passed"
ELSEWHERE: Final = "arrivals.elsewhere"
# What somebody is shown as, and by which kind of fact he came.
_ARRIVAL, _PASSAGE, _FINDING = "arrival", "passage", "finding"


def rows(area: str, plans: Mapping[str, Judged]) -> dict[str, list[Row]]:
    """A row for each journey that tells of a coming, and its parts of the figures."""
    comings: list[Row] = []
    parts: list[Row] = []
    for episode, judged in plans.items():
        days = judged.pack.declaration.days_ahead if judged.pack.declaration else None
        found = rules.coming_of(judged.entries, days)
        if found is not None:
            comings.append(_coming(episode, area, found, judged))
            parts += _parts(found, area)
    return {"coming": comings, "figure_part": parts}


def _coming(episode: str, area: str, found: Coming, judged: Judged) -> Row:
    return {
        "episode": episode, "area": area, "village": village_of(AreaCode(area)),
        "word": found.word.value, "at": ms(found.at), **_person(found.about),
        **_planned(found, judged.pack), **_passed(found, judged.pack),
        "came_at": ms(found.came_at), "came_by": _way(found.came_by),
        "found": _finding(judged.entries),
    }  # fmt: skip


def _person(about: Entry) -> Row:
    """The personal fields that a fact tells."""
    body: Any = about.body
    return {
        "name": body.name, "id_number": body.id_number, "phone": body.phone,
        "address": body.address, "from_area": body.from_area, "from_name": body.from_name,
        "vehicle": _vehicle(body), "sound": "".join(syllables(body.name)),
        "born": body.id_number[6:10], "tail": body.id_number[10:],
        "sure": is_valid(body.id_number),
    }  # fmt: skip


def _vehicle(body: Any) -> str:
    match body:
        case PassageRecorded(plate=plate):
            return plate
        case ReturnDeclared(vehicle=vehicle):
            return vehicle
        case FindingMade():
            return ""
    told: str = body.transport
    return told


def _planned(found: Coming, pack: Pack) -> Row:
    body = found.declared.body if found.declared else None
    party = body.party if isinstance(body, ReturnDeclared) else ""
    passed = found.passage.body if found.passage else None
    if not party and isinstance(passed, PassageRecorded):
        party = passed.party
    no_show_at = found.planned_at + pack.no_show_after if found.planned_at else None
    return {
        "party": party, "declared_at": ms(found.declared_at), "planned_at": ms(found.planned_at),
        "in_time": found.in_time, "no_show_at": ms(no_show_at),
    }  # fmt: skip


def _passed(found: Coming, pack: Pack) -> Row:
    body = found.passage.body if found.passage else None
    over = found.taken_over.body if found.taken_over else None
    passage = body if isinstance(body, PassageRecorded) else None
    taken = over if isinstance(over, HandedOver) else None
    bound_for = rules.elsewhere(found.passage) if found.passage else ""
    waits = passage is not None and taken is None and found.word is not Word.WENT_BACK
    held = waits and passage is not None and post.is_held(passage, pack)
    return {
        "checkpoint": passage.checkpoint if passage else "", "held": held,
        "bound_for": bound_for,
        "bound_for_name": passage.bound_for_name if passage and bound_for else "",
        "handed_at": ms(taken.handed_at) if taken else None,
        "handed_to": (taken.to or taken.receiver) if taken else "",
    }  # fmt: skip


def _way(entry: Entry | None) -> str:
    match entry.body if entry else None:
        case None:
            return ""
        case PassageRecorded():
            return _PASSAGE
        case FindingMade():
            return _FINDING
    return _ARRIVAL


def _finding(entries: tuple[Entry, ...]) -> str:
    """What the latest look at the door found."""
    told = [
        (e.header.happened_at, e.id, e.body) for e in entries if isinstance(e.body, FindingMade)
    ]
    return max(told, key=lambda each: each[:2])[2].result if told else ""


def _parts(found: Coming, area: str) -> list[Row]:
    """Whom a figure counts, on which day, in which village."""
    counted: list[tuple[str, Any, Entry]] = []
    if found.declared is not None and found.word is not Word.CALLED_OFF:
        counted.append((DECLARED, found.planned_at, found.declared))
        if found.in_time:
            counted.append((IN_TIME, found.planned_at, found.declared))
    if found.word is Word.CAME and found.came_by is not None:
        counted.append((ANNOUNCED, found.came_at, found.came_by))
    if isinstance(passed := found.passage.body if found.passage else None, PassageRecorded):
        entry = found.passage or found.about
        figure = ELSEWHERE if rules.elsewhere(entry) else PASSED
        counted.append((figure, passed.passed_at, entry))
    return [
        part(figure, village_of(AreaCode(entry.header.area)), day_of(at), entry.header.purpose)
        for figure, at, entry in counted
    ]
