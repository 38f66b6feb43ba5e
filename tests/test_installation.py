"""Setting a township up, and opening it again."""

from pathlib import Path

import pytest

from tests.town import Clock
from tests.village import NEIGHBOUR, PASSWORD, TOWNSHIP
from tongxin.base.problems import Problem
from tongxin.installation import FirstAccount, Settings, create, open_, townships, unlock_from
from tongxin.ledger.keys import new_key_file

TWO = (FirstAccount("li", "李建国", PASSWORD), FirstAccount("wang", "王芳", PASSWORD))


def at(folder: Path, *, encrypted: bool = False) -> Settings:
    unlock = new_key_file(folder / "tongxin.key")
    return Settings(f"sqlite:///{folder / 'tongxin.db'}", unlock, encrypted=encrypted)


def test_an_encrypted_file_tells_a_thief_nothing(tmp_path: Path, clock: Clock) -> None:
    settings = at(tmp_path, encrypted=True)
    installation = create(settings, clock)
    installation.begin(TOWNSHIP, "桃林铺镇", TWO, clock())
    installation.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("tongxin.db*"))
    assert "李建国".encode() not in raw
    assert b"SQLite format 3" not in (tmp_path / "tongxin.db").read_bytes()[:16]


def test_an_encrypted_file_opens_again_without_being_told_that_it_is(
    tmp_path: Path, clock: Clock
) -> None:
    settings = at(tmp_path, encrypted=True)
    installation = create(settings, clock)
    installation.begin(TOWNSHIP, "桃林铺镇", TWO, clock())
    installation.close()
    again = open_(Settings(settings.database_url, settings.unlock), clock)
    assert townships(again.database) == [TOWNSHIP]
    again.close()


def test_a_township_is_begun_once(tmp_path: Path, clock: Clock) -> None:
    installation = create(at(tmp_path), clock)
    installation.begin(TOWNSHIP, "桃林铺镇", TWO, clock())
    with pytest.raises(Problem, match=r"installation\.already"):
        installation.begin(TOWNSHIP, "桃林铺镇", TWO, clock())
    installation.close()


def test_one_account_is_too_few_for_a_second_approver(tmp_path: Path, clock: Clock) -> None:
    installation = create(at(tmp_path), clock)
    with pytest.raises(Problem, match=r"installation\.two_accounts"):
        installation.begin(TOWNSHIP, "桃林铺镇", TWO[:1], clock())
    assert townships(installation.database) == []
    installation.close()


def test_a_county_is_no_township(tmp_path: Path, clock: Clock) -> None:
    installation = create(at(tmp_path), clock)
    with pytest.raises(Problem, match=r"installation\.not_a_township"):
        installation.begin("411526", "潢川县", TWO, clock())
    installation.close()


def test_several_townships_share_a_database(tmp_path: Path, clock: Clock) -> None:
    installation = create(at(tmp_path), clock)
    for township in (TOWNSHIP, NEIGHBOUR):
        installation.begin(township, township, TWO, clock())
    assert townships(installation.database) == [TOWNSHIP, NEIGHBOUR]
    installation.close()


def test_nothing_opens_the_keys_unless_it_is_named() -> None:
    with pytest.raises(Problem, match=r"installation\.no_unlock"):
        unlock_from({})
