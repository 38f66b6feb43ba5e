"""The facts that shape the context: read on, counted, and the bell that tells of them."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.town import Town
from tests.village import LI, MORNING, QUANJI, SUN, TAOLIN, TOWNSHIP, ZHAO
from tongxin.base.problems import Problem
from tongxin.catalogue import catalogue
from tongxin.ledger.bell import Bell
from tongxin.ledger.keys import Keys, new_key_file
from tongxin.ledger.shaping import Contexts, Shaping, context_of, shapes
from tongxin.ledger.tables import fact


def read(town: Town) -> Shaping:
    shaping = Shaping(TOWNSHIP)
    with town.installation.database.reading() as connection:
        shaping.read_on(connection, town.installation.keys, catalogue().kinds)
    return shaping


def test_it_reads_what_shapes_the_context_and_nothing_of_people(henan: Town) -> None:
    henan.at_risk()
    came = henan.arrive()
    henan.installation.forgetting.forget(TOWNSHIP, came.subject, [came.purpose], "期满", henan.now)
    shaping = read(henan)
    kinds = catalogue().kinds
    assert all(shapes(kinds[e.header.kind], e.header.subject) for e in shaping.entries)
    assert {"access.role_given", "registry.area_proposed", "ledger.approved"} <= {
        e.header.kind for e in shaping.entries
    }
    assert not [e for e in shaping.entries if e.header.subject.startswith("person-")]


def test_it_reads_on_and_comes_to_the_same(town: Town) -> None:
    shaping = read(town)
    town.give(SUN, "grid_leader", QUANJI)
    town.device(ZHAO)
    with town.installation.database.reading() as connection:
        shaping.read_on(connection, town.installation.keys, catalogue().kinds)
    afresh = read(town)
    assert (shaping.count, shaping.entries) == (afresh.count, afresh.entries)


def test_a_forgotten_account_shapes_nothing_any_more(town: Town) -> None:
    account = town.account(SUN)
    before = read(town)
    town.installation.forgetting.forget(TOWNSHIP, account, ["registration"], "离职", town.now)
    with town.installation.database.reading() as connection:
        before.read_on(connection, town.installation.keys, catalogue().kinds)
    for shaping in (before, read(town)):
        assert account not in catalogue().context(TOWNSHIP, shaping.entries).accounts


def test_an_altered_fact_is_nobodys_role(town: Town) -> None:
    with town.installation.database.writing() as connection:
        connection.execute(
            sa.update(fact)
            .where(fact.c.subject == town.account(ZHAO), fact.c.kind == "access.role_given")
            .values(author=town.account(LI))
        )
    with pytest.raises(Problem, match=r"ledger\.unreadable"):
        read(town)


def test_a_counter_held_back_at_the_console_is_not_followed(town: Town) -> None:
    """The bell is rung whatever the counter says."""
    here = town.installation
    contexts = Contexts(here.keys, here.store.bell)
    for step in range(2):
        with here.database.reading() as connection:
            context = contexts.at(connection, here.rulebook, TOWNSHIP, 1)
        assert context.accounts[town.account(ZHAO)].closed == (step == 1)
        town.close_account(ZHAO)


def test_once_read_or_read_on_the_context_is_the_same(henan: Town) -> None:
    henan.at_risk()
    here = henan.installation
    with here.database.reading() as connection:
        kept = here.context(connection, TOWNSHIP)
        afresh = context_of(connection, here.keys, here.rulebook, TOWNSHIP)
    assert (kept.accounts, kept.packs, kept.proposers) == (
        afresh.accounts, afresh.packs, afresh.proposers
    )  # fmt: skip
    assert kept.situation.areas == afresh.situation.areas


def test_the_bell_is_heard_by_whoever_shares_the_file(tmp_path: Path) -> None:
    one, other = (Bell(tmp_path / "bell") for _ in range(2))
    before = other.word
    one.ring()
    assert other.word == one.word != before
    assert (tmp_path / "bell").stat().st_mode & 0o777 == 0o600
    for bell in (one, other):
        bell.close()


def test_a_count_never_goes_back(tmp_path: Path) -> None:
    path, unlock = tmp_path / "keys", new_key_file(tmp_path / "key")
    with Keys.create(path, unlock, MORNING) as keys:
        assert keys.noted_count(TOWNSHIP) == 0
        for count in (7, 5):
            keys.note_count(TOWNSHIP, count)
    with Keys.open(path, unlock, MORNING) as keys:
        assert keys.noted_count(TOWNSHIP) == 7
        assert keys.noted_count(TAOLIN) == 0


def test_a_restored_ledger_is_counted_anew(tmp_path: Path) -> None:
    unlock = new_key_file(tmp_path / "key")
    with Keys.create(tmp_path / "keys", unlock, MORNING) as keys:
        keys.note_count(TOWNSHIP, 7)
        keys.backup(tmp_path / "copy", (MORNING + timedelta(days=9)).date(), MORNING)
    with Keys.open(tmp_path / "copy", unlock, MORNING) as backup:
        backup.restore_to(tmp_path / "back", (), MORNING)
    with Keys.open(tmp_path / "back", unlock, MORNING) as back:
        assert back.noted_count(TOWNSHIP) == 0
