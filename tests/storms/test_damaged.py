"""A log that was cut or altered is recovered from or reported, and never read as good."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from tests.storms import record
from tests.town import Town
from tests.village import RETURNEES, TOWNSHIP
from tongxin.base.problems import Problem
from tongxin.installation import Installation, Settings
from tongxin.ledger import heads
from tongxin.ledger.heads import Head
from tongxin.ledger.keys import KeyFile
from tongxin.ledger.verifying import compared

TRIES: Final = 24
SEED: Final = 20220407
Damage = Callable[[Path, random.Random], None]


def cut(log: Path, chance: random.Random) -> None:
    """As if the end of the log had never reached the disk."""
    with log.open("r+b") as file:
        file.truncate(chance.randrange(log.stat().st_size))


def flip(log: Path, chance: random.Random) -> None:
    """One bit is another."""
    content = bytearray(log.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    log.write_bytes(content)


def blank(log: Path, chance: random.Random) -> None:
    """A sector that was never written."""
    content = bytearray(log.read_bytes())
    at = chance.randrange(len(content)) // 512 * 512
    content[at : at + 512] = bytes(len(content[at : at + 512]))
    log.write_bytes(content)


@pytest.fixture
def crashed(town: Town, settings: Settings, tmp_path: Path) -> tuple[Path, Head, dict[str, int]]:
    """A copy of everything as it lies on the disk when the power goes, and what was printed."""
    recorded = {}
    for n in range(30):
        # Nobody has a number, or those of one number would be one person.
        draft = town.arrival(replace(RETURNEES[n % len(RETURNEES)], id_number=""))
        (verdict,) = town.record(draft)
        assert verdict.seq is not None
        recorded[draft.id] = verdict.seq
    with town.installation.database.reading() as connection:
        head = heads.current(connection, town.installation.keys, TOWNSHIP, town.now)
    assert head is not None
    copy = tmp_path / "crashed"
    shutil.copytree(town.installation.database.path.parent, copy)
    assert (copy / "tongxin.db-wal").stat().st_size > 100_000
    return copy, head, recorded


def reopened(copy: Path) -> Iterator[Installation]:
    settings = Settings(
        f"sqlite:///{copy / 'tongxin.db'}", KeyFile(copy / "tongxin.key"), copy / "tongxin.keys"
    )
    with closing(record.opened(settings)) as installation:
        yield installation


def told(copy: Path, head: Head, recorded: dict[str, int]) -> str:
    """What a start, `verify` and `verify --head` make of the files."""
    try:
        for installation in reopened(copy):
            there = record.places(installation, recorded)
            if record.findings(installation):
                return "reported by verify"
            with installation.database.reading() as connection:
                lost = list(compared(connection, installation.keys, head))
            assert there.items() <= recorded.items()
            assert record.seen(installation, there) == set(there), "read as good, and is not"
            assert max(there.values(), default=0) - len(there) == min(recorded.values()) - 1 or (
                not there
            ), "this is no prefix"
            if there == recorded:
                assert not lost, "whole, and called lost"
                return "whole"
            assert lost, "facts are gone, and nobody is told"
            return "a prefix, told by the printed head"
    except (Problem, DBAPIError) as error:
        return f"not opened: {type(error).__name__}"
    raise AssertionError("nothing was said")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("damage", [cut, flip, blank])
def test_a_damaged_log_is_recovered_from_or_reported(
    crashed: tuple[Path, Head, dict[str, int]], damage: Damage, tmp_path: Path
) -> None:
    copy, head, recorded = crashed
    chance = random.Random(SEED)
    outcomes: dict[str, int] = {}
    for n in range(TRIES):
        damaged = tmp_path / f"damaged-{n}"
        shutil.copytree(copy, damaged)
        damage(damaged / "tongxin.db-wal", chance)
        outcome = told(damaged, head, recorded)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        shutil.rmtree(damaged)
    print(damage.__name__, outcomes)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_log_without_damage_loses_nothing(
    crashed: tuple[Path, Head, dict[str, int]],
) -> None:
    copy, head, recorded = crashed
    assert told(copy, head, recorded) == "whole"


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("damage", [cut, flip, blank])
def test_keys_whose_log_was_damaged_are_missed_by_verify(
    crashed: tuple[Path, Head, dict[str, int]], damage: Damage, tmp_path: Path
) -> None:
    copy, head, recorded = crashed
    chance = random.Random(SEED)
    outcomes: dict[str, int] = {}
    for n in range(TRIES // 2):
        damaged = tmp_path / f"damaged-{n}"
        shutil.copytree(copy, damaged)
        damage(damaged / "tongxin.keys-wal", chance)
        outcome = told(damaged, head, recorded)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        shutil.rmtree(damaged)
    print(damage.__name__, outcomes)
    assert outcomes.keys() <= {"whole", "reported by verify", "not opened: Problem"}
