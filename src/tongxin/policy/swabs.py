"""Which tests are asked, which swab answers which, and when enough were negative."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from tongxin.base.clock import day_of, start_of
from tongxin.policy.clauses import Category, StageClause, SwabRule
from tongxin.policy.evidence import Swab
from tongxin.policy.pack import Pack

_DAY = timedelta(days=1)


class AskedSwab(Struct, frozen=True):
    """One test that is asked for, and the swab that answers it, if one does."""

    number: int
    opens_at: datetime
    due_at: datetime
    swab: Swab | None


class Series(Struct, frozen=True):
    """The tests answered and the next one. `tested_at`: when the last of all was taken.

    `tested_at` is None while a test is missing or one is positive, and where none are asked.
    """

    asked: tuple[AskedSwab, ...]
    tested_at: datetime | None


NO_SWABS = Series((), None)


def by_rule(rule: SwabRule, swabs: Sequence[Swab], since: datetime, known_at: datetime) -> Series:
    """`count` tests from `since` on, each at least `min_gap_hours` after the one that counted.

    A swab taken sooner than the gap counts as the same test. A late swab still counts: being
    late is seen, and a missed window must not hold somebody for ever.
    """
    gap, end = timedelta(hours=rule.min_gap_hours), known_at + timedelta(hours=rule.within_hours)
    asked: list[AskedSwab] = []
    opens_at = since
    for number in range(1, rule.count + 1):
        swab = next((swab for swab in swabs if swab.taken_at >= opens_at), None)
        due_at = max(end - gap * (rule.count - number), opens_at)
        asked.append(AskedSwab(number, opens_at, due_at, swab))
        if swab is None:
            break
        opens_at = swab.taken_at + gap
    return _series(asked, rule.count)


def by_days(
    stages: Sequence[StageClause],
    first_day: date,
    swabs: Sequence[Swab],
    since: datetime,
    known_at: datetime,
) -> Series:
    """One test on each test day of each stage; a stopped clock does not move the test days.

    A missed test is made up by a later swab; one swab answers one test, and two swabs of one
    civil day count as one. A test of a day that was over before it was known to be asked has the
    whole day after that.
    """
    made_up_by = start_of(day_of(known_at) + 2 * _DAY)
    days: list[date] = []
    for stage in stages:
        days += [first_day + (number - 1) * _DAY for number in stage.tests]
        first_day += stage.days * _DAY
    asked: list[AskedSwab] = []
    after = since
    for number, day in enumerate(days, start=1):
        opens_at = max(start_of(day), after)
        swab = next((swab for swab in swabs if swab.taken_at >= opens_at), None)
        ends = start_of(day + _DAY)
        due_at = max(ends if ends > known_at else made_up_by, opens_at)
        asked.append(AskedSwab(number, opens_at, due_at, swab))
        if swab is None:
            break
        after = start_of(day_of(swab.taken_at) + _DAY)
    return _series(asked, len(days))


def series_of(
    pack: Pack,
    category: Category,
    swabs: Sequence[Swab],
    first_day: date,
    since: datetime,
    known_at: datetime,
) -> Series:
    """The tests that a category asks for: by a rule, by days of its stages, or none."""
    if category.tests is not None:
        return by_rule(pack.test_rule[category.tests], swabs, since, known_at)
    if any(stage.tests for stage in category.stages):
        return by_days(category.stages, first_day, swabs, since, known_at)
    return NO_SWABS


def _series(asked: Sequence[AskedSwab], count: int) -> Series:
    answered = [one.swab for one in asked if one.swab is not None]
    enough = len(answered) == count and not any(swab.positive for swab in answered)
    return Series(tuple(asked), answered[-1].taken_at if enough and answered else None)
