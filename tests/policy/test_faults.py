"""A pack that will not do is refused with file, key and mend, in both languages."""

import pytest

from tests.policy.shape import NAME, SHAPE, changed
from tongxin.base.problems import Problem, ProblemKind
from tongxin.policy import faults
from tongxin.policy.reading import read_pack

_LOW = '[[categories]]\nid = "low"'
_EVERYONE = """[[categories]]
id = "early"
label = { zh = "早", en = "early" }
when = [{}]
anchor = "arrival"
anchor_day = 0
source = "S36"
clause = { zh = "早", en = "early" }
"""

# What to replace by what; the problem; what its message must name: key, value and mend.
BROKEN = [
    ('id = "shape"', 'id = "shape', faults.NOT_TOML, ["line"]),
    ("version = 3", 'version = "3"', faults.WRONG_TYPE, ["pack.version", "“3”", "整数"]),
    ("version = 3", "version = true", faults.WRONG_TYPE, ["pack.version", "True"]),
    ("valid_from = 2022-06-28", 'valid_from = "2022"', faults.WRONG_TYPE, ["pack.valid_from"]),
    ("days = 30", 'dayz = 30', faults.UNKNOWN_KEY, ["retention.dayz", "days"]),
    ("[stops]", 'fingerprint = "x"\n[stops]', faults.UNKNOWN_KEY, ["fingerprint"]),
    ("celsius = 37.3\n", "", faults.MISSING_KEY, ["fever.celsius"]),
    ('source = "S36"\nclause = { zh = "七天集中"', 'clause = { zh = "七天集中"',
     faults.NO_SOURCE, ["categories[contact].stages[1]", "source"]),
    ('source = "S36"', 'source = "S63"', faults.UNKNOWN_SOURCE, ["areas.source", "S63", "S36"]),
    ('why = { zh = "测试", en = "For tests" }\n', "", faults.NO_WHY,
     ["deadlines[register]", "design"]),
    ('source = "S36"', 'source = "S36"\nunverified = true', faults.NO_WHY,
     ["areas", "unverified"]),
    ("days = 7\ntests", "days = -7\ntests", faults.BAD_NUMBER,
     ["categories[contact].stages[1].days", "-7"]),
    ("hours = 2", "hours = 0", faults.BAD_NUMBER, ["deadlines[register].hours", "0"]),
    ("celsius = 37.3", "celsius = nan", faults.BAD_NUMBER, ["fever.celsius", "nan", "35"]),
    ("anchor_day = 1", "anchor_day = 2", faults.BAD_NUMBER, ["categories[case].anchor_day", "1"]),
    ('mode = "central"', 'mode = "centre"', faults.WRONG_TYPE,
     ["categories[contact].stages[1].mode", "centre", "central"]),
    ('id = "contact"', 'id = "Contact"', faults.BAD_NAME, ["categories[Contact].id"]),
    ('id = "contact"', 'id = "case"', faults.TWICE, ["categories.id", "case"]),
    ('otherwise = { id = "low"', 'otherwise = { id = "high"', faults.TWICE, ["words.id", "high"]),
    ('duties = ["register"]', 'duties = ["registre"]', faults.UNDEFINED,
     ["categories[case].duties", "registre", "register", "[[deadlines]]"]),
    ('origin = ["medium"]', 'origin = ["midium"]', faults.UNDEFINED,
     ["categories[medium].when.origin", "midium", "medium"]),
    ('levels = ["medium"]', 'levels = ["low"]', faults.UNDEFINED,
     ["words[medium].levels", "areas.levels"]),
    ('id = "report"', 'id = "reports"', faults.UNDEFINED, ["deadlines.id", "report"]),
    ("when = [{}]", "when = [{ contact = \"other\" }]", faults.NO_FALLBACK, ["low", "when = [{}]"]),
    (_LOW, _EVERYONE + _LOW, faults.UNREACHABLE, ["categories.low", "early"]),
    ("when = [{ contact = \"close\" }]", "when = [{ reported_case = true, contact = \"close\" }]",
     faults.UNREACHABLE, ["categories.contact", "case"]),
    ("tests = [1, 2, 3, 5, 7]", "tests = [1, 3, 2]", faults.OVERLAP,
     ["categories[contact].stages[1].tests"]),
    ("tests = [3]", "tests = [4]", faults.AT_ODDS, ["categories[contact].stages[2].tests", "4"]),
    ('all = ["days_done", "no_symptom"]', 'all = ["days_done", "tests_negative"]', faults.AT_ODDS,
     ["categories[case].release", "tests_negative"]),
    ("valid_from = 2022-06-28", "valid_from = 2022-06-28\nvalid_to = 2022-06-28", faults.OVERLAP,
     ["pack.valid_to", "2022-06-28"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "named"), BROKEN)
def test_what_is_wrong_is_named(old: str, new: str, kind: ProblemKind, named: list[str]) -> None:
    with pytest.raises(Problem) as caught:
        read_pack(changed(old, new), NAME)
    problem = caught.value
    assert problem.code == kind.code
    assert problem.text.zh.startswith(f"{NAME}：")
    assert problem.text.en.startswith(f"{NAME}: ")
    both = problem.text.zh + problem.text.en
    assert [name for name in named if name not in both] == [], both
    assert "{" not in problem.text.en.replace("{}", "").replace("{ zh", "").replace("{zh", "")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = " + b"[" * 5000, b"", b"x = 1"])
def test_what_is_no_pack_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read_pack(data, NAME)
    assert caught.value.code.startswith("policy.pack_")


RULES = """
[[checks]]
id = "twice"
temperature_per_day = 2
slots = [
  { id = "am", label = { zh = "早", en = "am" }, opens = 06:00:00, due = 10:00:00 },
  { id = "pm", label = { zh = "晚", en = "pm" }, opens = 16:00:00, due = 20:00:00 },
]
source = "S36"
clause = { zh = "两次", en = "Twice" }
[[tests]]
id = "two"
label = { zh = "两次", en = "two" }
count = 2
within_hours = 72
min_gap_hours = 24
source = "S36"
clause = { zh = "两次", en = "Twice" }
[[gatherings]]
id = "wedding"
label = { zh = "喜事", en = "wedding" }
source = "S36"
clause = { zh = "喜事", en = "Weddings" }
tiers = [
  { decision = "village_approves", label = { zh = "村", en = "village" }, up_to = 50, \
source = "S36", clause = { zh = "五十", en = "Fifty" } },
  { decision = "refused", label = { zh = "否", en = "no" }, \
source = "S36", clause = { zh = "否", en = "No" } },
]
"""


def test_a_pack_with_more_rules_is_read() -> None:
    pack = read_pack((SHAPE + RULES).encode(), NAME)
    assert [slot.id for slot in pack.check_rule["twice"].slots] == ["am", "pm"]


@pytest.mark.parametrize(
    ("old", "new", "kind", "named"),
    [
        ("temperature_per_day = 2", "temperature_per_day = 3", faults.AT_ODDS, "checks[twice]"),
        ("opens = 16:00:00", "opens = 09:00:00", faults.OVERLAP, "checks[twice].slots[pm].opens"),
        ("due = 20:00:00", "due = 16:00:00", faults.OVERLAP, "checks[twice].slots[pm].opens"),
        ("opens = 06:00:00", 'opens = "6"', faults.WRONG_TYPE, "checks[twice].slots[am].opens"),
        ("within_hours = 72", "within_hours = 23", faults.AT_ODDS, "tests[two].within_hours"),
        (
            'en = "village" }, up_to = 50, ',
            'en = "village" }, ',
            faults.OVERLAP,
            "gatherings[wedding].tiers.up_to",
        ),
    ],
)
def test_what_is_wrong_in_a_rule_is_named(
    old: str, new: str, kind: ProblemKind, named: str
) -> None:
    assert old in RULES
    with pytest.raises(Problem) as caught:
        read_pack((SHAPE + RULES.replace(old, new, 1)).encode(), NAME)
    assert caught.value.code == kind.code
    assert named in caught.value.text.zh
    assert named in caught.value.text.en
