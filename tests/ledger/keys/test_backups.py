"""Backups of keys expire; a restore forgets again what was forgotten since."""

from datetime import date, datetime, timedelta
from pathlib import Path

from tests.ledger.keys.cast import (
    LATER,
    LI,
    MS,
    NOW,
    PHRASE,
    TOWNSHIP,
    WANG,
    code_of,
    edit,
    stored,
    traces,
)
from tongxin.base.clock import ZONE
from tongxin.ledger.keys import Destruction, Keys


def test_a_backup_opens_with_the_same_passphrase_and_knows_its_day(
    keys: Keys, tmp_path: Path
) -> None:
    made = keys.keys_for({WANG}, MS, make=True)
    keys.backup(tmp_path / "b.keys", date(2022, 5, 7), NOW)
    with Keys.open(tmp_path / "b.keys", PHRASE, NOW) as backup:
        assert backup.expires_on == date(2022, 5, 7)
        assert backup.keys_for({WANG}) == made
    assert keys.expires_on is None


def test_a_backup_is_good_until_the_end_of_its_day(keys: Keys, tmp_path: Path) -> None:
    keys.backup(tmp_path / "b.keys", date(2022, 5, 7), NOW)
    last_moment = datetime(2022, 5, 7, 23, 59, tzinfo=ZONE)
    Keys.open(tmp_path / "b.keys", PHRASE, last_moment).close()
    midnight = last_moment + timedelta(minutes=1)
    assert code_of(lambda: Keys.open(tmp_path / "b.keys", PHRASE, midnight)) == (
        "ledger.backup_expired"
    )


def test_a_backup_takes_no_new_keys(keys: Keys, tmp_path: Path) -> None:
    keys.backup(tmp_path / "b.keys", date(2022, 5, 7), NOW)
    with Keys.open(tmp_path / "b.keys", PHRASE, NOW) as backup:
        assert code_of(lambda: backup.keys_for({LI}, MS, make=True)) == "ledger.is_backup"
        assert code_of(lambda: backup.signer(TOWNSHIP, NOW)) == "ledger.is_backup"


def test_a_backup_carries_no_trace_of_what_was_destroyed_before(
    path: Path, keys: Keys, tmp_path: Path
) -> None:
    keys.keys_for({WANG, LI}, MS, make=True)
    wrapped = stored(path, "SELECT wrapped FROM subject_key WHERE subject = 'person-wang'")
    keys.destroy(TOWNSHIP, "person-wang", NOW)
    keys.backup(tmp_path / "b.keys", date(2022, 5, 7), NOW)
    assert not traces(tmp_path / "b.keys", wrapped)
    with Keys.open(tmp_path / "b.keys", PHRASE, NOW) as backup:
        assert backup.destroyed(*WANG) == NOW


def test_the_keys_know_the_last_day_of_all_their_backups(path: Path, tmp_path: Path) -> None:
    with Keys.create(path, PHRASE, NOW) as keys:
        assert keys.latest_backup_expiry() is None
        keys.backup(tmp_path / "long.keys", date(2022, 7, 1), NOW)
        keys.backup(tmp_path / "short.keys", date(2022, 5, 1), NOW)
    with Keys.open(path, PHRASE, NOW) as keys:
        assert keys.latest_backup_expiry() == date(2022, 7, 1)


def test_a_backup_that_would_be_expired_already_is_not_written(keys: Keys, tmp_path: Path) -> None:
    yesterday = date(2022, 4, 6)
    code = code_of(lambda: keys.backup(tmp_path / "b.keys", yesterday, NOW))
    assert code == "ledger.backup_too_short"
    assert not (tmp_path / "b.keys").exists()


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_done(
    keys: Keys, tmp_path: Path
) -> None:
    (tmp_path / "b.keys").write_bytes(b"older")
    code = code_of(lambda: keys.backup(tmp_path / "b.keys", date(2022, 5, 7), NOW))
    assert code == "ledger.keys_exist"
    assert (tmp_path / "b.keys").read_bytes() == b"older"
    assert keys.latest_backup_expiry() is None
    assert [file.name for file in tmp_path.iterdir() if ".part" in file.name] == []


def test_moving_the_day_of_a_backup_by_hand_makes_it_useless(keys: Keys, tmp_path: Path) -> None:
    keys.backup(tmp_path / "a.keys", date(2022, 5, 7), NOW)
    edit(tmp_path / "a.keys", "UPDATE secret SET wrapped = x'00' WHERE name = 'validity'")
    assert code_of(lambda: Keys.open(tmp_path / "a.keys", PHRASE, NOW)) == "ledger.wrong_key"


def test_a_restore_forgets_again_what_was_forgotten_since(keys: Keys, tmp_path: Path) -> None:
    made = keys.keys_for({WANG, LI}, MS, make=True)
    keys.backup(tmp_path / "b.keys", date(2022, 5, 7), NOW)
    since = Destruction(TOWNSHIP, "person-wang", ("registration",), LATER)
    never_backed_up = Destruction(TOWNSHIP, "person-zhou", ("registration",), LATER)
    with Keys.open(tmp_path / "b.keys", PHRASE, NOW) as backup:
        wrapped = stored(tmp_path / "b.keys", "SELECT wrapped FROM subject_key WHERE subject = ?",
                       "person-wang")  # fmt: skip
        backup.restore_to(tmp_path / "restored.keys", [since, never_backed_up], NOW)
    with Keys.open(tmp_path / "restored.keys", PHRASE, LATER) as restored:
        assert restored.expires_on is None
        zhou = (TOWNSHIP, "person-zhou", "registration")
        assert restored.keys_for({WANG, LI, zhou}, MS, make=True) == {LI: made[LI]}
        assert restored.destroyed(*WANG) == LATER
        assert restored.latest_backup_expiry() == date(2022, 5, 7)
    assert not traces(tmp_path / "restored.keys", wrapped)


def test_a_restored_township_signs_with_its_old_key(keys: Keys, tmp_path: Path) -> None:
    verify_key = keys.signer(TOWNSHIP, NOW).verify_key
    keys.backup(tmp_path / "b.keys", date(2022, 5, 7), NOW)
    with Keys.open(tmp_path / "b.keys", PHRASE, NOW) as backup:
        backup.restore_to(tmp_path / "restored.keys", [], NOW)
    with Keys.open(tmp_path / "restored.keys", PHRASE, NOW) as restored:
        assert restored.verify_key(TOWNSHIP) == verify_key


def test_replaying_destructions_twice_changes_nothing(keys: Keys) -> None:
    keys.keys_for({WANG}, MS, make=True)
    gone = [Destruction(TOWNSHIP, "person-wang", ("registration",), NOW)]
    assert keys.replay_destructions(gone) == 1
    assert keys.replay_destructions(gone) == 0
    assert keys.destroyed(*WANG) == NOW
