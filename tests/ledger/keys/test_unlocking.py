"""Who opens a file of keys, and what it says to everybody else."""

from pathlib import Path

import pytest

from tests.ledger.keys.cast import MS, NOW, OTHER_PHRASE, PHRASE, WANG, code_of, stored, traces
from tongxin.ledger.keys import KeyFile, Keys, Passphrase, new_key_file


def test_the_passphrase_opens_the_same_keys_again(path: Path) -> None:
    with Keys.create(path, PHRASE, NOW) as keys:
        made = keys.keys_for({WANG}, MS, make=True)
    with Keys.open(path, PHRASE, NOW) as keys:
        assert keys.keys_for({WANG}) == made


def test_another_passphrase_opens_nothing(path: Path, keys: Keys) -> None:
    assert code_of(lambda: Keys.open(path, OTHER_PHRASE, NOW)) == "ledger.wrong_key"


def test_a_passphrase_typed_in_full_width_is_the_same(path: Path, keys: Keys) -> None:
    full_width = "peach grove market".replace("p", "\N{FULLWIDTH LATIN SMALL LETTER P}")
    Keys.open(path, Passphrase(full_width), NOW).close()


def test_a_short_passphrase_is_not_taken() -> None:
    assert code_of(lambda: Passphrase("1234567")) == "ledger.weak_passphrase"


def test_a_passphrase_does_not_show_itself() -> None:
    assert "peach" not in repr(PHRASE)


def test_a_key_file_opens_without_anybody_typing(path: Path, tmp_path: Path) -> None:
    key_file = new_key_file(tmp_path / "key")
    with Keys.create(path, key_file, NOW) as keys:
        made = keys.keys_for({WANG}, MS, make=True)
    with Keys.open(path, KeyFile(tmp_path / "key"), NOW) as keys:
        assert keys.keys_for({WANG}) == made


def test_a_key_file_may_be_written_in_hex(path: Path, tmp_path: Path) -> None:
    by_hand = tmp_path / "key"
    by_hand.write_text("0f" * 32 + "\n")
    by_hand.chmod(0o600)
    Keys.create(path, KeyFile(by_hand), NOW).close()
    Keys.open(path, KeyFile(by_hand), NOW).close()


def test_another_key_file_opens_nothing(path: Path, tmp_path: Path) -> None:
    Keys.create(path, new_key_file(tmp_path / "one"), NOW).close()
    other = new_key_file(tmp_path / "other")
    assert code_of(lambda: Keys.open(path, other, NOW)) == "ledger.wrong_key"


def test_a_passphrase_does_not_open_what_a_key_file_locked_nor_the_reverse(
    tmp_path: Path,
) -> None:
    key_file = new_key_file(tmp_path / "key")
    Keys.create(tmp_path / "one.keys", key_file, NOW).close()
    Keys.create(tmp_path / "two.keys", PHRASE, NOW).close()
    assert code_of(lambda: Keys.open(tmp_path / "one.keys", PHRASE, NOW)) == "ledger.wrong_key"
    assert code_of(lambda: Keys.open(tmp_path / "two.keys", key_file, NOW)) == "ledger.wrong_key"


@pytest.mark.parametrize("content", ["", "no key at all", "00" * 31, "AAAA", "é" * 44])
def test_a_key_file_that_is_none_is_said_so(path: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    (tmp_path / "key").chmod(0o600)
    code = code_of(lambda: Keys.create(path, KeyFile(tmp_path / "key"), NOW))
    assert code == "ledger.bad_key_file"
    assert not path.exists()


def test_a_missing_key_file_is_said_so(path: Path, tmp_path: Path) -> None:
    missing = KeyFile(tmp_path / "absent")
    assert code_of(lambda: Keys.create(path, missing, NOW)) == "ledger.bad_key_file"


def test_missing_keys_are_said_so_and_not_made(path: Path) -> None:
    assert code_of(lambda: Keys.open(path, PHRASE, NOW)) == "ledger.no_keys"
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"not a database, just words" * 50])
def test_a_file_that_holds_no_keys_is_said_so(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    assert code_of(lambda: Keys.open(path, PHRASE, NOW)) == "ledger.not_keys"


def test_keys_are_never_overwritten_by_new_ones(path: Path, keys: Keys) -> None:
    before = path.stat().st_ino
    assert code_of(lambda: Keys.create(path, PHRASE, NOW)) == "ledger.keys_exist"
    assert path.stat().st_ino == before


def test_keys_and_key_file_are_readable_by_their_owner_only(keys: Keys, tmp_path: Path) -> None:
    keys.keys_for({WANG}, MS, make=True)
    new_key_file(tmp_path / "key")
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {"township.keys", "township.keys-wal", "key"} <= set(modes)


def test_keys_that_others_may_read_are_refused_until_it_is_mended(path: Path, keys: Keys) -> None:
    path.chmod(0o644)
    assert code_of(lambda: Keys.open(path, PHRASE, NOW)) == "ledger.exposed"
    path.chmod(0o600)
    Keys.open(path, PHRASE, NOW).close()


def test_a_key_file_that_others_may_read_is_refused(path: Path, tmp_path: Path) -> None:
    key_file = new_key_file(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    assert code_of(lambda: Keys.create(path, key_file, NOW)) == "ledger.exposed"


def test_a_new_passphrase_replaces_the_old_one_and_keeps_the_keys(path: Path, keys: Keys) -> None:
    made = keys.keys_for({WANG}, MS, make=True)
    locked = stored(path, "SELECT wrapped FROM secret WHERE name = 'master'")
    keys.rekey(OTHER_PHRASE)
    assert code_of(lambda: Keys.open(path, PHRASE, NOW)) == "ledger.wrong_key"
    with Keys.open(path, OTHER_PHRASE, NOW) as again:
        assert again.keys_for({WANG}) == made
    assert not traces(path, locked)
