"""Who lives in a demo's township is as many as the scenario says, arrived at by counting."""

from datetime import date
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from msgspec.structs import asdict

from tests.cli.conftest import ran
from tongxin.base.id_numbers import is_valid
from tongxin.demo.families import Families
from tongxin.demo.scenario import Life, Scenario, Village, in_whole, read
from tongxin.demo.settling import shares
from tongxin.ledger.tables import figure_total
from tongxin.registry.grids.rules import leaves
from tongxin.registry.grids.tables import grid
from tongxin.registry.households.tables import household
from tongxin.registry.links.tables import link
from tongxin.registry.residents.tables import resident

SCENARIO = read(None)
TODAY = date(2022, 4, 7)


def families(seed: int = 1) -> Families:
    return Families(SCENARIO.people, SCENARIO.origins, TODAY, Random(seed))


def life(scenario: Scenario) -> Life:
    found = scenario.townships[0].life
    assert found is not None
    return found


def test_families_are_made_up_and_nobody_is_twice() -> None:
    made = families()
    people = [person for _ in range(2_000) for person in made.family()]
    numbers = [person["id_number"] for person in people]
    assert len(set(numbers)) == len(numbers)
    assert all(is_valid(number) and number.startswith("411599") for number in numbers)
    phones = [person["phone"] for person in people if "phone" in person]
    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("1990") for phone in phones)
    assert 3.5 < len(people) / 2_000 < 4.3, "some 36,000 people in 9,169 households"


def test_the_same_seed_makes_the_same_families() -> None:
    one, same, other = families(), families(), families(2)
    first = [one.family() for _ in range(20)]
    assert [same.family() for _ in range(20)] == first
    assert [other.family() for _ in range(20)] != first


def test_a_family_has_one_head_and_its_old_who_live_alone_are_known() -> None:
    made = families()
    for _ in range(500):
        family = made.family()
        assert [person["relation"] for person in family].count("head") == 1
        alone = len(family) == 1 and TODAY.year - int(family[0]["id_number"][6:10]) >= 66
        assert not alone or "elderly_alone" in family[0]["needs"]


def test_parents_are_at_least_twenty_years_older_than_their_children() -> None:
    made = families()
    older = {"parent": "head", "head": "child", "child": "grandchild"}
    for _ in range(500):
        family = made.family()
        born = [(one["relation"], int(one["id_number"][6:10])) for one in family]
        assert all(TODAY.year - year >= 30 for relation, year in born if relation == "head")
        for relation, year in born:
            # With grandchildren in the house, each child there is a parent of theirs.
            young = [y for r, y in born if r == older.get(relation)]
            assert all(later - year >= 20 for later in young), family


def test_a_head_and_spouse_are_a_man_and_a_woman() -> None:
    made = families()
    for _ in range(500):
        couple = [one for one in made.family() if one["relation"] in ("head", "spouse")]
        assert len(couple) == 1 or len({int(one["id_number"][16]) % 2 for one in couple}) == 2


def test_villages_share_to_the_last_household() -> None:
    villages = [Village("411526108201", "甲", 3), Village("411526108202", "乙", 1)]
    assert shares(villages, 9) == {"411526108201": 6, "411526108202": 3}
    assert sum(shares(SCENARIO.townships[0].villages, 9_169).values()) == 9_169


def test_in_whole_it_is_as_large_as_the_article_says() -> None:
    whole = in_whole(SCENARIO)
    assert life(whole).households == 9_169
    assert life(whole).members == 361
    assert (life(whole).double_report, life(whole).county_cadres) == (52, 47)
    assert life(whole).volunteers > 120
    assert whole.digest != SCENARIO.digest


@pytest.mark.slow
def test_what_was_settled_is_what_is_counted(tmp_path: Path) -> None:
    ran("demo", "--no-serve", "--json", folder=tmp_path)
    told = asdict(life(SCENARIO))
    township = SCENARIO.townships[0].code
    engine = sa.create_engine(f"sqlite:///{tmp_path / '.demo' / 'tongxin.db'}")
    with engine.connect() as connection:
        counted = dict(
            connection.execute(
                sa.select(figure_total.c.figure, sa.func.sum(figure_total.c.amount))
                .where(figure_total.c.township == township)
                .group_by(figure_total.c.figure)
            ).all()
        )
        linked = connection.execute(
            sa.select(
                sa.func.count(link.c.staff.distinct()), sa.func.count(link.c.subject.distinct())
            )
        ).one()
        codes = list(connection.scalars(sa.select(grid.c.code)))
        areas = set(connection.scalars(sa.select(household.c.area)))
        people = connection.scalar(sa.select(sa.func.count()).select_from(resident))
    engine.dispose()
    unlinked = told["unlinked"]
    assert counted["registry.households"] == told["households"]
    assert counted["registry.members_linked"] == linked[0] == told["members"]
    assert counted["registry.households_linked"] == linked[1] == told["households"] - unlinked
    assert counted["registry.served.double_report"] == told["double_report"]
    assert counted["registry.served.volunteer"] == told["volunteers"]
    assert counted["registry.served.county_cadre"] == told["county_cadres"]
    assert counted["registry.residents"] + counted["registry.visitors"] == people
    assert areas <= set(leaves(codes)), "every household stands in exactly one leaf"
