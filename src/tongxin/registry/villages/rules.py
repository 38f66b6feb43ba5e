"""How sound is what is known: how much is fresh, how old it is, how much is right. Pure."""

from collections.abc import Mapping
from datetime import date


def fresh(met: Mapping[str, int], since: date) -> int:
    """How many households were met since a day (inclusive), by the day each was met last (ISO)."""
    return sum(count for day, count in met.items() if day >= since.isoformat())


def median_age(met: Mapping[str, int], households: int, today: date) -> int | None:
    """The age in days that half of all households do not exceed, counted from the last meeting.

    None where there are none, or where the middle one was never met.
    """
    wanted = -(-households // 2)
    for day in sorted(met, reverse=True):
        wanted -= met[day]
        if households and wanted <= 0:
            return max((today - date.fromisoformat(day)).days, 0)
    return None


def percent(part: int, whole: int) -> int | None:
    """Whole per cent, rounded down, so that 100 means all; None of nothing."""
    return 100 * part // whole if whole else None
