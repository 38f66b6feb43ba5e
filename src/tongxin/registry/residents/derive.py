"""The derived rows of somebody who lives here or visits."""

from collections.abc import Iterator, Sequence

from tongxin.base.areas import AreaCode, village_of
from tongxin.base.pinyin import initials
from tongxin.ledger.facts import Entry, Row
from tongxin.registry.counting import Counted, parts
from tongxin.registry.residents import facts, rules

RESIDENTS, VISITORS, AWAY = "registry.residents", "registry.visitors", "registry.away"
NEEDS = "registry.needs."


def area_of(entries: Sequence[Entry]) -> str | None:
    """The village of the household, as its registration tells."""
    told = [
        e for e in entries if isinstance(e.body, facts.ResidentRegistered | facts.VisitorHosted)
    ]
    return max(told, key=lambda e: e.when).header.area if told else None


def rows(entries: Sequence[Entry], area: str | None) -> dict[str, list[Row]]:
    """Rows of `resident` and parts of figures; `area` is where the household is."""
    found = rules.resident(entries)
    if found is None or area is None:
        return {}
    return {
        "resident": [_resident(found, area)],
        "figure_part": parts(_counted(found, village_of(AreaCode(area)))),
    }


def _resident(found: rules.Resident, area: str) -> Row:
    told, away = found.told, found.away
    born_on = found.born_on
    row: Row = {
        "household": told.household, "area": area, "village": village_of(AreaCode(area)),
        "hosted_at": found.since if found.is_visitor else None, "relation": "",
        "name": told.name, "letters": initials(told.name),
        "id_number": told.id_number, "id_tail": rules.tail(told.id_number),
        "phone": rules.plain(told.phone), "phone_tail": rules.tail(told.phone), "sex": found.sex,
        "born_on": born_on.isoformat() if born_on else None, "since": found.since,
        "until_on": None, "from_area": "", "from_name": "",
        "away_at": away.since if away else None,
        "away_area": away.told.to_area if away else None,
        "away_name": away.told.to_name if away else None,
        "back_by": away.told.back_by.isoformat() if away and away.told.back_by else None,
        "needs": " ".join(sorted(found.needs.needs)) if found.needs else None,
        "needs_at": found.needs.since if found.needs else None,
    }  # fmt: skip
    if isinstance(told, facts.VisitorHosted):
        row["until_on"] = told.until.isoformat() if told.until else None
        row["from_area"], row["from_name"] = told.from_area, told.from_name
    else:
        row["relation"] = told.relation
    return row


def _counted(found: rules.Resident, village: str) -> Iterator[Counted]:
    yield VISITORS if found.is_visitor else RESIDENTS, village, found.since
    if found.away:
        yield AWAY, village, found.away.since
    for need in found.needs.needs if found.needs else ():
        yield NEEDS + need, village, found.needs.since if found.needs else 0
