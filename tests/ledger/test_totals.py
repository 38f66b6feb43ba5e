"""Totals are the sums of their parts, whatever came and went."""

import sqlalchemy as sa

from tests.town import Town
from tests.village import CHEN, CHEN_FAMILY, LIN, TOWNSHIP
from tongxin.ledger import totals
from tongxin.ledger.verifying import Count, verified


def sums(town: Town) -> tuple[totals.Sums, totals.Sums]:
    with town.installation.database.reading() as connection:
        return totals.of_all(connection, TOWNSHIP), totals.stored(connection, TOWNSHIP)


def test_a_total_counts_each_part(henan: Town) -> None:
    for who in CHEN_FAMILY:
        henan.arrive(who)
    parts, stored = sums(henan)
    assert stored == parts
    assert stored["arrivals.screened", CHEN.village, "2022-04-07"] == (3, 0)


def test_what_a_later_fact_changes_moves_from_one_total_to_another(henan: Town) -> None:
    henan.arrive(CHEN)
    _, before = sums(henan)
    henan.at_risk("310115")
    parts, after = sums(henan)
    assert after == parts
    assert {place[0] for place in before} != {place[0] for place in after}


def test_totals_are_the_same_after_a_rebuild(henan: Town) -> None:
    henan.arrive(CHEN)
    henan.arrive(LIN)
    _, before = sums(henan)
    henan.installation.rebuild(TOWNSHIP)
    assert sums(henan) == (before, before)


def test_a_total_changed_at_the_console_is_found(henan: Town) -> None:
    henan.arrive(CHEN)
    here = henan.installation
    with here.database.writing() as connection:
        connection.execute(sa.text("UPDATE figure_total SET amount = amount + 1"))
    with here.database.reading() as connection:
        found = [
            finding.text.en
            for finding in verified(connection, here.keys, here.rulebook, TOWNSHIP, Count())
        ]
    assert found
    assert all("figure_total" in text for text in found)
