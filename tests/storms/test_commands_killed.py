"""`kill -9` on commands at their work: a list of areas coming into force, a rebuild, a backup."""

import hashlib
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from tests.cli.conftest import environment, ran, started
from tests.intake.lists import ledger, many, taken_in
from tests.registry.risklists.lists import PUDONG, entry, served
from tests.storms import record
from tests.town import Clock, Town
from tests.village import PASSWORD, TOWNSHIP, WANG
from tongxin.arrivals.tables import journey
from tongxin.backup.manifest import checked
from tongxin.installation import Installation, Settings
from tongxin.ledger.database import Database
from tongxin.ledger.tables import fact, rejudge

PEOPLE: Final = 1_200
KILLS: Final = 4
LIST: Final = served([entry(PUDONG, "浦东新区全域")])

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def peopled(settings: Settings, clock: Clock) -> Settings:
    """A township to which many came from where there will be a risk."""
    installation = record.opened(settings)
    town = Town(installation, clock)
    town.adopt("henan-2022-04")
    counts = taken_in(town, ledger(*many(PEOPLE)))
    assert counts.new == PEOPLE
    installation.close()
    return settings


def killed(settings: Settings, folder: Path, chance: random.Random, *words: str) -> int:
    """Run a command, kill it within seconds of its start; its exit code, -9 where it was killed."""
    process = started(*words, folder=folder, variables=environment(settings), typed=PASSWORD)
    threading.Event().wait(chance.uniform(1.2, 4))  # the moment is the dice's to say
    process.kill()
    process.communicate(timeout=30)
    return process.returncode


def reopened(settings: Settings) -> Iterator[Installation]:
    """What the next start finds, once it has gone on with what was left."""
    installation = record.opened(settings)
    try:
        installation.store.settle()
        yield installation
    finally:
        installation.close()


def counted(installation: Installation, table: sa.Table) -> int:
    with installation.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def whole(settings: Settings, facts: int) -> None:
    """Nothing is lost, nothing waits, and every row is what the facts say."""
    for installation in reopened(settings):
        assert counted(installation, fact) >= facts
        assert counted(installation, journey) == PEOPLE
        assert counted(installation, rejudge) == 0
        assert record.findings(installation) == []


def waiting(settings: Settings) -> int:
    """How many are still to be judged again, asked without a writer that would judge them."""
    database = Database(settings.database_url)
    with database.reading() as connection:
        found = connection.scalar(sa.select(sa.func.count()).select_from(rejudge))
    database.close()
    return found or 0


def facts_in(settings: Settings) -> int:
    for installation in reopened(settings):
        return counted(installation, fact)
    raise AssertionError("not opened")


def test_a_list_that_was_coming_into_force_does_so_in_the_end(
    peopled: Settings, tmp_path: Path, clock: Clock, chance: random.Random
) -> None:
    for installation in reopened(peopled):
        Town(installation, clock).listed(LIST)
    before = facts_in(peopled)
    listing = ("import", "riskareas", "--township", TOWNSHIP, "--account", WANG.username)
    confirm = (*listing, "--confirm", hashlib.sha256(LIST).hexdigest())
    left = []
    for words in (confirm, confirm, ("tick",), ("tick",)):  # a tick goes on with what was left
        killed(peopled, tmp_path, chance, *words)
        left.append(waiting(peopled))
    print("killed with so many still to be judged again:", left)
    whole(peopled, before)


def test_a_rebuild_that_was_killed_leaves_what_was_there(
    peopled: Settings, tmp_path: Path, chance: random.Random
) -> None:
    before = facts_in(peopled)
    for _ in range(KILLS):
        killed(peopled, tmp_path, chance, "rebuild")
        whole(peopled, before)


def test_a_backup_that_was_killed_is_none_and_the_next_is_whole(
    peopled: Settings, tmp_path: Path, chance: random.Random
) -> None:
    target = tmp_path / "copies" / "today"
    target.parent.mkdir()
    for _ in range(KILLS):
        if killed(peopled, tmp_path, chance, "backup", str(target)) == 0:
            shutil.rmtree(target)
        assert not target.exists(), "half a backup bears the name of a whole one"
    done = ran("backup", str(target), folder=tmp_path, **environment(peopled))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    whole(peopled, facts_in(peopled))
    checked(target)
