"""Everybody screened counts once, and once under one word: the parts make the whole."""

import sqlalchemy as sa

from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN, HE_LI, LIN, TOWNSHIP
from tongxin.arrivals.derive import SCREENED
from tongxin.briefing.figures import known
from tongxin.ledger.tables import figure_total
from tongxin.policy.shipped import shipped_pack

HENAN = shipped_pack("henan-2022-04")


def counted(town: Town) -> dict[str, int]:
    """The figures of people screened, explicit zeros included."""
    with town.installation.database.reading() as connection:
        rows = connection.execute(
            sa.select(figure_total.c.figure, sa.func.sum(figure_total.c.amount))
            .where(figure_total.c.township == TOWNSHIP)
            .group_by(figure_total.c.figure)
        )
        found = {row[0]: int(row[1]) for row in rows}
        names = known(found, connection, TOWNSHIP, town.now)
    return {name: found.get(name, 0) for name in names if name.startswith(SCREENED)}


def test_words_of_people_add_up_also_when_somebody_comes_twice_from_elsewhere(town: Town) -> None:
    town.adopt()
    town.at_risk("310115", level="medium")
    first = town.arrive(CHEN, from_area="310115")
    town.arrive(LIN, from_area="410105")
    town.clock.advance(days=40)
    town.arrive(CHEN, from_area="410105", person=first.subject)
    figures = counted(town)
    assert figures == {
        SCREENED: 2, f"{SCREENED}.affected": 1, f"{SCREENED}.high": 0, f"{SCREENED}.medium": 1,
        f"{SCREENED}.low": 1, f"{SCREENED}.unknown": 0,
    }  # fmt: skip
    assert figures[SCREENED] == sum(figures[f"{SCREENED}.{word}"] for word in HENAN.exclusive)
    assert findings(town) == []


def test_whose_origin_is_not_told_is_not_counted_as_low_risk(town: Town) -> None:
    town.adopt()
    town.arrive(HE_LI, from_area="", from_name="")
    figures = counted(town)
    assert (figures[f"{SCREENED}.unknown"], figures[f"{SCREENED}.low"]) == (1, 0)
