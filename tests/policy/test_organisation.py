"""How a township organises itself by its pack: what is read, and what is refused with its mend."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.policy.shape import NAME, SHAPE
from tongxin.base.problems import Problem, ProblemKind
from tongxin.policy import faults
from tongxin.policy.pack import Pack
from tongxin.policy.reading import read_pack
from tongxin.policy.shipped import shipped_names, shipped_pack

GOLDEN: Final = Path(__file__).parent / "golden"
_CITED: Final = 'source = "S36"\nclause = { zh = "条", en = "Clause" }\n'
_WHERE: Final = _CITED.replace("\n", ", ").removesuffix(", ")

ORGANISATION: Final = f"""
[grid_team]
id = "one-and-three"
label = {{ zh = "一长三员", en = "One and three" }}
roles = [
  {{ id = "leader", label = {{ zh = "长", en = "leader" }} }},
  {{ id = "member", label = {{ zh = "员", en = "member" }} }},
]
{_CITED}
[grids.grid]
household_min = 100
household_max = 300
people_max = 2500
{_CITED}
[member_links]
household_max = 30
recommended = {{ household_min = 8, household_max = 10, {_WHERE} }}
{_CITED}
[visits]
renew_days = 30
special_needs_days = 7
recheck_percent = 5
correct_percent = 95
{_CITED}
[journeys]
join_within_hours = 48
no_show_after_hours = 12
{_CITED}
[declaration]
days_ahead = 3
{_CITED}
[calls]
words = ["high", "low"]
every_days = 3
retry_hours = 24
{_CITED}
[entry]
test_within_hours = 24
emergency = {{ {_WHERE} }}
residents = {{ {_WHERE} }}
elsewhere = {{ {_WHERE} }}
visitors = {{ without_papers = "register", {_WHERE} }}
{_CITED}
[[entry.papers]]
id = "risky"
label = {{ zh = "风险", en = "Risky" }}
when = [{{ origin = ["high"] }}]
documents = ["health_code", "certificate"]
certificate = {{ cert_validity_h = 48, cert_clock = "report", {_WHERE} }}
{_CITED}
[[entry.papers]]
id = "all"
label = {{ zh = "全部", en = "All" }}
when = [{{}}]
documents = []
{_CITED}
"""


def organised(old: str = "", new: str = "") -> Pack:
    assert old in ORGANISATION
    return read_pack((SHAPE + ORGANISATION.replace(old, new, 1)).encode(), NAME)


def test_a_pack_says_how_a_township_is_organised() -> None:
    pack = organised()
    assert pack.grid_team is not None
    assert [role.id for role in pack.grid_team.roles] == ["leader", "member"]
    assert (pack.join_within, pack.no_show_after) == (timedelta(hours=48), timedelta(hours=12))
    assert pack.entry is not None
    assert [one.id for one in pack.entry.papers] == ["risky", "all"]


# What to replace by what; the problem; the key that its message must name.
BROKEN: Final = [
    ('  { id = "member", label = { zh = "员", en = "member" } },\n', "", faults.AT_ODDS,
     "grid_team.roles"),
    ("household_min = 100", "household_min = 301", faults.OVERLAP, "grids.grid.household_max"),
    ("household_max = 10", "household_max = 7", faults.OVERLAP,
     "member_links.recommended.household_max"),
    ("household_max = 30\n", "household_max = 9\n", faults.OVERLAP, "member_links.household_max"),
    ("recheck_percent = 5", "recheck_percent = 101", faults.BAD_NUMBER, "visits.recheck_percent"),
    ("join_within_hours = 48", "join_within_hours = 0", faults.BAD_NUMBER,
     "journeys.join_within_hours"),
    ("days_ahead = 3", "days_ahead = true", faults.WRONG_TYPE, "declaration.days_ahead"),
    ('words = ["high", "low"]', 'words = ["hihg"]', faults.UNDEFINED, "calls.words"),
    ('without_papers = "register"', 'without_papers = "shoot"', faults.WRONG_TYPE,
     "entry.visitors.without_papers"),
    ('documents = ["health_code"', 'documents = ["passport"', faults.WRONG_TYPE,
     "entry.papers[risky].documents"),
    ('"health_code", "certificate"', '"health_code"', faults.AT_ODDS,
     "entry.papers[risky].documents"),
    ("documents = []", 'documents = ["certificate"]', faults.AT_ODDS,
     "entry.papers[all].documents"),
    ("cert_validity_h = 48", "cert_validity_h = 0", faults.BAD_NUMBER,
     "entry.papers[risky].certificate.cert_validity_h"),
    ('origin = ["high"]', 'origin = ["hihg"]', faults.UNDEFINED, "entry.papers[risky].when.origin"),
    ("when = [{}]", 'when = [{ origin = ["medium"] }]', faults.AT_ODDS, "entry.papers"),
    ('when = [{ origin = ["high"] }]', "when = [{}]", faults.AT_ODDS, "entry.papers[all]"),
    ('id = "all"', 'id = "risky"', faults.TWICE, "entry.papers.id"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "key"), BROKEN)
def test_what_is_wrong_is_named(old: str, new: str, kind: ProblemKind, key: str) -> None:
    with pytest.raises(Problem) as caught:
        organised(old, new)
    assert caught.value.code == kind.code
    assert key in caught.value.text.zh
    assert key in caught.value.text.en


@pytest.mark.parametrize("name", shipped_names())
def test_each_shipped_pack_says_what_the_registry_needs(name: str) -> None:
    pack = shipped_pack(name)
    assert pack.grid_team is not None
    assert len(pack.grid_team.roles) == 1 + 3
    assert None not in (pack.grids, pack.member_links, pack.visits, pack.journeys)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.toml")), ids=lambda path: path.stem)
def test_a_pack_that_was_once_shipped_is_read_for_ever(path: Path) -> None:
    pack = read_pack(path.read_bytes(), path.name)
    assert f"{pack.pack.id}@{pack.pack.version}" == path.stem
    assert pack.pack.version < shipped_pack(pack.pack.id).pack.version
    assert pack.join_within == timedelta(hours=72)
