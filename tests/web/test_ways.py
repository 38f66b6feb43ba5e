"""The navigation: few headings, only what somebody may open, the page's own heading open."""

import pytest

from tests.town import Town
from tests.village import GAO, LI, QIAN, SUN, WU, Worker
from tongxin.web.ways import GROUPS, Navigation, navigation


def seen(town: Town, who: Worker, path: str = "/", held: int = 0) -> Navigation:
    return navigation(town.believed(who).remit, path, held)


def hrefs(found: Navigation) -> list[str]:
    return [entry.href for group in found.groups for entry in group.entries]


def test_the_command_post_has_all_ways_under_five_headings(town: Town) -> None:
    found = seen(town, LI)
    assert len(found.groups) == 5
    assert hrefs(found) == [way.href for _, ways in GROUPS for way in ways]
    assert [group.is_open for group in found.groups] == [True, False, False, False, False]


def test_the_heading_of_the_page_is_open_and_the_page_is_marked(town: Town) -> None:
    found = seen(town, LI, "/rules/proposal-1")
    (mine,) = [entry for group in found.groups for entry in group.entries if entry.active]
    assert mine.href == "/rules"
    assert [group.is_open for group in found.groups] == [True, False, False, True, False]


@pytest.mark.parametrize("who", [QIAN, GAO])
def test_where_there_are_few_ways_all_are_open(town: Town, who: Worker) -> None:
    assert all(group.is_open for group in seen(town, who).groups)


@pytest.mark.parametrize(
    ("who", "bar"),
    [
        (SUN, ["/", "/passages/new", "/tasks", "/arrivals"]),
        (WU, ["/", "/passages/new", "/arrivals"]),
        (GAO, ["/", "/figures"]),
    ],
)
def test_a_telephone_has_at_most_four_at_the_thumb(town: Town, who: Worker, bar: list[str]) -> None:
    assert [entry.href for entry in seen(town, who).bar] == bar


def test_what_waits_is_counted_beside_its_way(town: Town) -> None:
    counts = {e.href: e.count for g in seen(town, LI, held=2).groups for e in g.entries}
    assert {href: count for href, count in counts.items() if count} == {"/inbox": 2}
