"""What is on disk: every key that was given out, and no byte of one that was destroyed."""

import random
import time
from datetime import timedelta
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from tests.ledger.keys.cast import (
    LI,
    MS,
    NOW,
    PHRASE,
    TOWNSHIP,
    WANG,
    code_of,
    elsewhere,
    stored,
    traces,
)
from tongxin.ledger.keys import Destruction, Keys


def test_no_byte_of_a_destroyed_key_stays_in_the_file_or_its_wal(path: Path, keys: Keys) -> None:
    made = keys.keys_for({WANG, LI}, MS, make=True)
    wang = stored(path, "SELECT wrapped FROM subject_key WHERE subject = 'person-wang'")
    li = stored(path, "SELECT wrapped FROM subject_key WHERE subject = 'person-li'")
    assert traces(path, wang)  # found before …
    keys.destroy(TOWNSHIP, "person-wang", NOW)
    assert not traces(path, wang)  # … and not after
    assert not traces(path, made[WANG])
    assert traces(path, li)


def test_no_byte_stays_however_keys_came_and_went(path: Path, keys: Keys) -> None:
    """SQLite moves rows between pages as they split; no page may keep an old copy."""
    chance = random.Random(7)
    living: list[str] = []
    gone: list[bytes] = []
    for turn in range(25):
        born = [f"person-{chance.getrandbits(64):x}" for _ in range(chance.randint(1, 60))]
        keys.keys_for([(TOWNSHIP, who, "registration") for who in born], MS, make=True)
        living += born
        chance.shuffle(living)
        dying = [living.pop() for _ in range(min(len(living), chance.randint(0, 25)))]
        for who in dying:
            gone.append(stored(path, "SELECT wrapped FROM subject_key WHERE subject = ?", who))
        keys.replay_destructions(
            Destruction(TOWNSHIP, who, ("registration",), NOW + timedelta(hours=turn))
            for who in dying
        )
    assert len(gone) > 200
    assert traces(path, *gone) == []


def test_a_key_destroyed_by_another_process_is_not_handed_out_here(path: Path, keys: Keys) -> None:
    assert set(keys.keys_for({WANG, LI}, MS, make=True)) == {WANG, LI}  # remembered from now on
    done = elsewhere(path, f"keys.destroy({TOWNSHIP!r}, 'person-wang', NOW)")
    assert done.returncode == 0
    assert set(keys.keys_for({WANG, LI}, MS, make=True)) == {LI}
    assert keys.destroyed(*WANG) == NOW


def test_a_key_made_by_another_process_is_the_one_used_here(path: Path, keys: Keys) -> None:
    assert keys.keys_for({WANG}) == {}
    done = elsewhere(path, f"print(keys.keys_for({{{WANG!r}}}, {MS}, make=True)[{WANG!r}].hex())")
    assert keys.keys_for({WANG}, MS, make=True)[WANG].hex() == done.stdout.strip()


def test_bytes_that_another_program_keeps_are_told_of_and_wiped_the_next_time(
    path: Path, keys: Keys
) -> None:
    keys.keys_for({WANG}, MS, make=True)
    wrapped = stored(path, "SELECT wrapped FROM subject_key")
    keys._connection.execute("PRAGMA busy_timeout = 20")  # milliseconds, not to wait here
    reader = sqlite.connect(str(path), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM subject_key").fetchone()
    assert code_of(lambda: keys.destroy(TOWNSHIP, "person-wang", NOW)) == "ledger.keys_in_use"
    assert keys.keys_for({WANG}, MS, make=True) == {}  # out of use all the same
    reader.close()
    assert keys.destroy(TOWNSHIP, "person-wang", NOW) == []
    assert not traces(path, wrapped)


def test_opening_does_not_wait_for_a_program_that_reads(path: Path, keys: Keys) -> None:
    reader = sqlite.connect(str(path), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM subject_key").fetchone()
    keys.keys_for({WANG}, MS, make=True)
    started = time.perf_counter()
    Keys.open(path, PHRASE, NOW).close()
    assert time.perf_counter() - started < 5  # a destruction would wait for ten
    reader.close()


def test_the_file_promises_a_sync_for_each_commit_and_zeroes_what_is_deleted(keys: Keys) -> None:
    promised = {
        name: keys._connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert promised == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
