"""Whether a pack makes sense: every number cited, every name defined, every category reachable."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Final

from msgspec import Struct, structs

from tongxin.base.texts import Text
from tongxin.policy.clauses import DESIGN, WIDTHS, Category, Cited, When
from tongxin.policy.faults import (
    AT_ODDS,
    BAD_NAME,
    BAD_NUMBER,
    NO_FALLBACK,
    NO_WHY,
    OVERLAP,
    TWICE,
    UNDEFINED,
    UNKNOWN_SOURCE,
    UNREACHABLE,
)
from tongxin.policy.organisation import Papers
from tongxin.policy.pack import Pack

# What the engine itself asks for, whichever pack is in force.
NEEDED_DEADLINES: Final = ("register", "question", "report")
_LEADER_AND_ONE: Final = 2

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_DAYS, _HOURS, _PEOPLE, _PERCENT = (1, 3650), (1, 8760), (1, 1_000_000), (0, 100)
# Every number of a pack and the range it must lie in, by the name of its key.
_RANGES: Final = {
    "version": (1, 1_000_000),
    "days": _DAYS,
    "lookback_days": (0, 366),
    "reach_back_days": (0, 366),
    "days_ahead": (0, 366),
    "hours": _HOURS,
    "report_hours": _HOURS,
    "answer_hours": _HOURS,
    "within_hours": _HOURS,
    "min_gap_hours": _HOURS,
    "cert_validity_h": _HOURS,
    "anchor_day": (0, 1),
    "count": (1, 31),
    "temperature_per_day": (1, 24),
    "celsius": (35, 43),
    "tests": _DAYS,
    "up_to": _PEOPLE,
    "at_least": (0, 1_000_000),
    "at_most": _PEOPLE,
    "household_min": (0, 1_000_000),
    "household_max": _PEOPLE,
    "people_max": _PEOPLE,
    "renew_days": _DAYS,
    "special_needs_days": _DAYS,
    "recheck_percent": _PERCENT,
    "correct_percent": _PERCENT,
    "join_within_hours": _HOURS,
    "no_show_after_hours": _HOURS,
    "every_days": _DAYS,
    "retry_hours": _HOURS,
    "test_within_hours": _HOURS,
}


def check_sound(pack: Pack, file: str) -> None:
    """Raise the first problem found."""
    for key, part in _parts(pack, ""):
        if isinstance(part, Cited):
            _check_cited(part, pack, file, key)
        _check_numbers(part, file, key)
    _check_ids(pack, file)
    _check_words(pack, file)
    for category in pack.categories:
        _check_category(category, pack, file)
    _check_codes(pack, file)
    _check_order(pack, file)
    _check_rules(pack, file)
    _check_gatherings(pack, file)
    _check_organisation(pack, file)
    if pack.entry is not None:
        _check_papers(pack, pack.entry.papers, file)
    header = pack.pack
    if header.valid_to is not None and header.valid_to <= header.valid_from:
        raise OVERLAP(field="pack.valid_to", file=file, key="pack.valid_to", value=header.valid_to)


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The known name that looks most like `wrong`, else the known names."""
    names = sorted(known)
    close = get_close_matches(wrong, names, n=1, cutoff=0.5)
    return close[0] if close else " / ".join(names[:12])


def _parts(part: Struct, key: str) -> Iterator[tuple[str, Struct]]:
    """Every table in the pack with its key, as the reader writes it."""
    yield key, part
    for field in structs.fields(part):
        value = getattr(part, field.name)
        name = f"{key}.{field.encode_name}" if key else field.encode_name
        if isinstance(value, Struct):
            yield from _parts(value, name)
        elif isinstance(value, tuple):
            for number, item in enumerate(value, start=1):
                if isinstance(item, Struct):
                    yield from _parts(item, f"{name}[{getattr(item, 'id', number)}]")


def _check_cited(part: Cited, pack: Pack, file: str, key: str) -> None:
    if part.source != DESIGN and part.source not in pack.sources:
        raise UNKNOWN_SOURCE(
            field=f"{key}.source",
            file=file,
            key=f"{key}.source",
            value=part.source,
            nearest=nearest(part.source, [*pack.sources, DESIGN]),
        )
    if part.why is None and (part.source == DESIGN or part.unverified):
        mark = DESIGN if part.source == DESIGN else "unverified"
        raise NO_WHY(field=key, file=file, table=key, mark=mark)


def _check_numbers(part: Struct, file: str, key: str) -> None:
    for field in structs.fields(part):
        value = getattr(part, field.name)
        numbers = value if isinstance(value, tuple) else (value,)
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, int | float):
                continue
            low, high = _RANGES[field.name]
            if not low <= number <= high:
                name = f"{key}.{field.name}"
                raise BAD_NUMBER(field=name, file=file, key=name, value=number, low=low, high=high)


def _check_ids(pack: Pack, file: str) -> None:
    seen: set[tuple[str, str]] = set()
    for key, part in _parts(pack, ""):
        name = getattr(part, "id", None)
        if not isinstance(name, str):
            continue
        table = key.rpartition("[")[0] or key
        if _NAME.fullmatch(name) is None:
            raise BAD_NAME(field=f"{key}.id", file=file, key=f"{key}.id", value=name)
        if (table, name) in seen:
            raise TWICE(field=f"{table}.id", file=file, key=f"{table}.id", value=name)
        seen.add((table, name))


def _check_words(pack: Pack, file: str) -> None:
    for word in pack.words:
        key = f"words[{word.id}].levels"
        _check_defined(word.levels, pack.areas.levels, file, key, "areas.levels")
    others = [role.id for role in (pack.areas.otherwise, pack.areas.unknown) if role is not None]
    for name in others:
        if [*pack.word, *others].count(name) > 1:
            raise TWICE(field="words.id", file=file, key="words.id", value=name)
    for name in NEEDED_DEADLINES:
        _check_defined((name,), pack.deadline, file, "deadlines.id", "[[deadlines]]")


def _check_category(category: Category, pack: Pack, file: str) -> None:
    key = f"categories[{category.id}]"
    _check_defined(category.duties, pack.deadline, file, f"{key}.duties", "[[deadlines]]")
    _check_defined(category.tests, pack.test_rule, file, f"{key}.tests", "[[tests]]")
    _check_defined(category.checks, pack.check_rule, file, f"{key}.checks", "[[checks]]")
    _check_defined(category.team, pack.team, file, f"{key}.team", "[[teams]]")
    for when in category.when:
        _check_defined(when.origin, _origins(pack), file, f"{key}.when.origin", "[[words]]")
    _check_anchor(category.anchor, category.when, file, key)
    by_day = False
    for number, stage in enumerate(category.stages, start=1):
        where = f"{key}.stages[{number}].tests"
        by_day = by_day or bool(stage.tests)
        if list(stage.tests) != sorted(set(stage.tests)):
            raise OVERLAP(field=where, file=file, key=where, value=list(stage.tests))
        if pack.modes:
            key_of = f"{key}.stages[{number}].mode"
            _check_defined(stage.mode, pack.mode, file, key_of, "[[modes]]")
        if stage.tests and stage.tests[-1] > stage.days:
            _at_odds(file, where, stage.tests[-1], "该阶段没有这么多天", "the stage is shorter")
    asked = {condition for way in category.release for condition in way.all}
    if "tests_negative" in asked and not (by_day or category.tests):
        _at_odds(file, f"{key}.release", "tests_negative", "没有要求检测", "no test is asked for")
    if by_day and category.tests:
        _at_odds(
            file, f"{key}.tests", category.tests, "阶段里已有检测日", "its stages name test days"
        )
    if bool(category.stages) != bool(category.release):
        _at_odds(
            file,
            f"{key}.release",
            len(category.release),
            "有阶段就要有解除条件，反之亦然",
            "stages need a release, and a release needs stages",
        )
    if category.checks and not category.stages:
        _at_odds(file, f"{key}.checks", category.checks, "没有阶段", "there is no stage")


def _check_anchor(anchor: str, whens: Sequence[When], file: str, key: str) -> None:
    if anchor == "crossing" and not all(when.outside for when in whens):
        _at_odds(
            file,
            f"{key}.anchor",
            anchor,
            "每个 when 都要写 outside，才知道越过哪条界",
            "each when must name an `outside`, to say which border is crossed",
        )


def _check_codes(pack: Pack, file: str) -> None:
    for number, code in enumerate(pack.codes, start=1):
        key = f"codes[{number}]"
        _check_anchor(code.anchor, code.when, file, key)
        _check_defined(code.tests, pack.test_rule, file, f"{key}.tests", "[[tests]]")
        for when in code.when:
            _check_defined(when.origin, _origins(pack), file, f"{key}.when.origin", "[[words]]")
        asked = {condition for way in code.release for condition in way.all}
        if "tests_negative" in asked and code.tests is None:
            _at_odds(
                file, f"{key}.release", "tests_negative", "没有要求检测", "no test is asked for"
            )


def _check_order(pack: Pack, file: str) -> None:
    if not pack.categories or not any(when.everyone for when in pack.categories[-1].when):
        last = pack.categories[-1].id if pack.categories else "[]"
        raise NO_FALLBACK(field="categories", file=file, value=last)
    for place, category in enumerate(pack.categories):
        before = [
            next((c.id for c in pack.categories[:place] if _takes(c, when, pack)), None)
            for when in category.when
        ]
        if all(before):
            raise UNREACHABLE(
                field="categories",
                file=file,
                value=category.id,
                before=" / ".join(sorted({name for name in before if name})) or "when = []",
            )


def _takes(category: Category, when: When, pack: Pack) -> bool:
    return any(_covers(wide, when, pack) for wide in category.when)


def _covers(wide: When, narrow: When, pack: Pack) -> bool:
    """Whether everyone in `narrow` is also in `wide`."""
    if wide.reported_case and not narrow.reported_case:
        return False
    if wide.contact is not None and wide.contact != narrow.contact:
        return False
    if wide.outside is not None and (
        narrow.outside is None or WIDTHS[narrow.outside] > WIDTHS[wide.outside]
    ):
        return False
    if not wide.origin:
        return True
    return bool(narrow.origin) and all(
        any(_word_covers(pack, one, other) for one in wide.origin) for other in narrow.origin
    )


def _word_covers(pack: Pack, wide: str, narrow: str) -> bool:
    if wide in pack.word and narrow in pack.word:
        return pack.word[wide].covers(pack.word[narrow])
    return wide == narrow


def _origins(pack: Pack) -> list[str]:
    """The words that a `when` may name."""
    unknown = pack.areas.unknown
    return [*pack.word, *((unknown.id,) if unknown else ())]


def _check_rules(pack: Pack, file: str) -> None:
    for rule in pack.tests:
        if rule.min_gap_hours * (rule.count - 1) > rule.within_hours:
            key = f"tests[{rule.id}].within_hours"
            _at_odds(file, key, rule.within_hours, "间隔加起来更长", "the gaps add up to more")
    for check in pack.checks:
        key = f"checks[{check.id}]"
        if check.temperature_per_day != len(check.slots):
            _at_odds(
                file,
                f"{key}.temperature_per_day",
                check.temperature_per_day,
                f"有 {len(check.slots)} 个时段",
                f"there are {len(check.slots)} slots",
            )
        ends = None
        for slot in check.slots:
            if slot.due <= slot.opens or (ends is not None and slot.opens < ends):
                where = f"{key}.slots[{slot.id}].opens"
                raise OVERLAP(field=where, file=file, key=where, value=slot.opens)
            ends = slot.due


def _check_gatherings(pack: Pack, file: str) -> None:
    for gathering in pack.gatherings:
        key = f"gatherings[{gathering.id}].tiers.up_to"
        sizes = [tier.up_to for tier in gathering.tiers]
        for before, size in pairwise(sizes):
            if before is None or (size is not None and size <= before):
                raise OVERLAP(field=key, file=file, key=key, value=size)


def _check_organisation(pack: Pack, file: str) -> None:
    if pack.grid_team is not None and len(pack.grid_team.roles) < _LEADER_AND_ONE:
        roles = len(pack.grid_team.roles)
        _at_odds(
            file, "grid_team.roles", roles, "要有一长和至少一员", "a leader and a member are needed"
        )
    if pack.grids is not None:
        for name, size in (("grid", pack.grids.grid), ("micro_grid", pack.grids.micro_grid)):
            if size is not None:
                _check_range(size.household_min, size.household_max, file, f"grids.{name}")
    links = pack.member_links
    if links is not None and links.recommended is not None:
        best = links.recommended
        _check_range(best.household_min, best.household_max, file, "member_links.recommended")
        _check_range(best.household_max, links.household_max, file, "member_links")
    if pack.calls is not None:
        known = [*pack.word, pack.areas.otherwise.id]
        _check_defined(pack.calls.words, known, file, "calls.words", "[[words]]")


def _check_range(low: int | None, high: int | None, file: str, key: str) -> None:
    if low is not None and high is not None and high < low:
        name = f"{key}.household_max"
        raise OVERLAP(field=name, file=file, key=name, value=high)


def _check_papers(pack: Pack, papers: Sequence[Papers], file: str) -> None:
    if not papers or not any(when.everyone for when in papers[-1].when):
        last = papers[-1].id if papers else "[]"
        _at_odds(
            file,
            "entry.papers",
            last,
            "最后一项要接收所有人，请加一个 when = [{}] 的",
            "the last must take everyone: add one with when = [{}]",
        )
    for place, one in enumerate(papers):
        key = f"entry.papers[{one.id}]"
        for when in one.when:
            _check_defined(when.origin, _origins(pack), file, f"{key}.when.origin", "[[words]]")
        if ("certificate" in one.documents) != (one.certificate is not None):
            _at_odds(
                file,
                f"{key}.documents",
                " / ".join(one.documents),
                "查验核酸证明时要写 certificate 表，不查验就不写",
                "a table `certificate` stands where the documents name one, and only there",
            )
        if one.when and all(_taken(when, papers[:place], pack) for when in one.when):
            _at_odds(file, key, one.id, "前面的已经包括它", "those before take all of it")


def _taken(when: When, before: Sequence[Papers], pack: Pack) -> bool:
    return any(_covers(wide, when, pack) for one in before for wide in one.when)


def _check_defined(
    names: Sequence[str] | str | None, known: Iterable[str], file: str, key: str, where: str
) -> None:
    for name in (names,) if isinstance(names, str) else names or ():
        if name not in known:
            raise UNDEFINED(
                field=key, file=file, key=key, value=name, nearest=nearest(name, known), where=where
            )


def _at_odds(file: str, key: str, value: object, zh: str, en: str) -> None:
    why = Text(zh, en)
    raise AT_ODDS(field=key, file=file, key=key, value=value, why_zh=why.zh, why_en=why.en)
