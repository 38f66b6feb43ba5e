"""Totals are the sums of their parts, whatever came and went."""

import sqlalchemy as sa

from tests.town import Town
from tests.village import CHEN, CHEN_FAMILY, LIN, TOWNSHIP
from tongxin.catalogue import TOTALS
from tongxin.ledger import totals
from tongxin.ledger.tables import figure_part
from tongxin.ledger.verifying import Count, verified


def sums(town: Town) -> tuple[totals.Sums, totals.Sums]:
    """What the parts come to, and the totals as they stand."""
    with town.installation.database.reading() as connection:
        parts = connection.execute(sa.select(figure_part).where(figure_part.c.township == TOWNSHIP))
        found: totals.Sums = {}
        totals.FIGURES.gather(found, [row._asdict() for row in parts])
        return found, totals.stored(connection, totals.FIGURES, TOWNSHIP)


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


def test_a_total_that_has_come_to_nothing_leaves_no_row(henan: Town) -> None:
    """Else each minute in which a task ever opened would leave one."""
    came = henan.arrive(CHEN)
    here = henan.installation
    here.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", henan.now)
    with here.database.reading() as connection:
        for total in TOTALS:
            amounts = list(total.sums.c)[len(total.sums.primary_key) :]
            nothing = sa.and_(*(amount == 0 for amount in amounts))
            rows = connection.execute(sa.select(total.sums).where(nothing)).all()
            assert rows == [], total.sums.name
