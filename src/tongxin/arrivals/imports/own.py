"""A row of our own export, brought back: known by its record number, though names are masked.

What was filled in meanwhile is kept as the list's words. What was changed of who it is about, or of
the arrival, comes back: that is corrected where it was recorded, with a reason.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from tongxin.arrivals import facts, returnees
from tongxin.arrivals.imports import queries
from tongxin.arrivals.imports.columns import COLUMNS, Swab
from tongxin.base import masking
from tongxin.base.clock import ZONE, day_of, from_ms, start_of
from tongxin.base.texts import Language, Text
from tongxin.intake.kinds import Ground, Outcome, Planned, returned
from tongxin.ledger.facts import EPISODE
from tongxin.sheets.faults import FaultKind
from tongxin.sheets.rows import Row
from tongxin.sheets.values import plain

CHANGED = FaultKind(
    "own_record_changed",
    "这是系统导出的记录，“{title}”被改过。请在系统里更正这条记录，不要改表再导入。",
    "This record was exported from the program, and its “{title_en}” was changed. Correct it in "
    "the program, not in the list.",
)
TITLES: Final[dict[str, Text]] = {column.key: column.title for column in COLUMNS}
_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "name": masking.name, "id_number": masking.id_number, "phone": masking.phone,
    "address": masking.all_of, "from_name": str,
}  # fmt: skip
# Whatever is told under these besides what the export shows is kept.
_FILLED_IN: Final = (
    "note", "travel_code", "health_code", "swab", "vaccine", "temperature", "grid_worker",
    "reported_on",
)  # fmt: skip
_SHOWS: Final = {column.title.zh: column.shows for column in returnees.COLUMNS}


def planned(ground: Ground, row: Row, line: queries.Row) -> Planned:
    """What a row of our own export becomes; `line` is the journey with what the ledger shows."""
    row.faults = []
    for key in _changed(ground, row, line):
        title = TITLES[key]
        ground.fault(row, CHANGED, key, title=title.zh, title_en=title.en)
    if not row.sound:
        return returned(row)
    told = _filled_in(ground, row, line)
    facts_ = [
        ground.told(
            kind, body, subject=line["subject"], purpose=f"{EPISODE}:{line['episode']}",
            area=line["area"], beside=line["episode"],
        )
        for kind, body in told
    ]  # fmt: skip
    row.values["name"] = line["name"]
    outcome = Outcome.ADDED if facts_ else Outcome.KNOWN
    return Planned(
        row, outcome, tuple(facts_), None, _brief(line), line["area"], about=line["subject"]
    )


def _brief(line: queries.Row) -> str:
    return f"{from_ms(line['arrived_at']):%Y-%m-%d} {line['from_name']}"


def _changed(ground: Ground, row: Row, line: queries.Row) -> list[str]:
    """What was changed of who it is about, or of the arrival."""
    found = []
    for key, mask in _MASKS.items():
        words, known = ground.words(row, key), line[key]
        if words and words not in (plain(known), plain(mask(known))):
            found.append(key)
    if not _same_moment(row.values.get("arrived_at"), line["arrived_at"]):
        found.append("arrived_at")
    if row.values.get("village") not in (None, "", line["area"][:12]):
        found.append("village")
    return found


def _same_moment(told: Any, arrived_at: int) -> bool:
    known = from_ms(arrived_at).astimezone(ZONE).replace(second=0, microsecond=0, tzinfo=None)
    return not isinstance(told, datetime) or told in (known, known.replace(hour=0, minute=0))


def _filled_in(ground: Ground, row: Row, line: queries.Row) -> list[tuple[Any, Any]]:
    said: dict[str, str] = {}
    for key in _FILLED_IN:
        words = ground.words(row, key)
        if words and words not in _shown(key, line):
            said[key] = words
    told: list[tuple[Any, Any]] = []
    swab = row.values.get("swab")
    if "swab" in said and isinstance(swab, Swab) and (test := test_of(swab, ground.now, line)):
        del said["swab"]
        told.append((facts.SWAB_RESULTED, test))
    if said or row.kept:
        told.insert(0, (facts.LEDGER_TOLD, facts.LedgerTold(**said, others=dict(row.kept))))
    return told


def test_of(swab: Swab, now: datetime, line: queries.Row | None) -> facts.SwabResulted | None:
    """A test with its day, where that is past and the township does not know it yet.

    Of a day without an hour, its first instant counts: never later than it was.
    """
    if swab.on is None or swab.positive is None or start_of(swab.on) > now:
        return None
    if line is not None and line["swab_at"] is not None:
        known = day_of(from_ms(line["swab_at"])), bool(line["swab_positive"])
        if known == (swab.on, swab.positive):
            return None
    return facts.SwabResulted(taken_at=start_of(swab.on), positive=swab.positive)


def _shown(key: str, line: queries.Row) -> set[str]:
    """What the export shows of it, in either language."""
    shows = _SHOWS[TITLES[key].zh]
    found = set()
    for language in Language:
        setting = returnees.Setting(language, line["township"], {}, {}, from_ms(0), True)
        found.add(plain(shows(line, setting)))
    return found
