"""A remit allows what was granted, where it was granted, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from tests.village import NEIGHBOUR, QUANJI, TAOLIN, TOWNSHIP
from tongxin.base.areas import within
from tongxin.base.remit import Grant, Remit, remit_of

CAN = st.sampled_from(["arrivals.read", "work.do", "approve"])
WHERE = st.sampled_from([TOWNSHIP, TAOLIN, QUANJI, f"{TAOLIN}-01", "411526", NEIGHBOUR])
REMITS = st.lists(st.builds(Grant, CAN, WHERE), max_size=6).map(lambda g: Remit(tuple(g)))


@given(REMITS, CAN, WHERE)
def test_what_is_allowed_was_granted_there_or_wider(remit: Remit, can: str, where: str) -> None:
    granted = any(g.capability == can and where.startswith(g.area) for g in remit.grants)
    assert remit.allows(can, where) == granted


@given(REMITS, CAN, WHERE)
def test_the_widest_areas_say_the_same(remit: Remit, can: str, where: str) -> None:
    assert remit.allows(can, where) == any(within(where, area) for area in remit.areas(can))


@given(REMITS, CAN)
def test_no_area_lies_in_another_of_the_list(remit: Remit, can: str) -> None:
    areas = remit.areas(can)
    assert not any(a != b and within(a, b) for a in areas for b in areas)
    assert list(areas) == sorted(areas)


@given(REMITS, CAN)
def test_holding_is_having_it_anywhere(remit: Remit, can: str) -> None:
    assert remit.holds(can) == bool(remit.areas(can))


def test_every_capability_in_every_area() -> None:
    remit = remit_of(["a", "b"], [TAOLIN, QUANJI])
    assert len(remit.grants) == 4
    assert remit.allows("b", f"{QUANJI}-02") and not remit.allows("a", TOWNSHIP)
