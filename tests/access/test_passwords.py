"""Passwords are argon2id; nobody learns from the time an answer takes who has an account."""

import pytest

from tests.village import PASSWORD, PASSWORD_HASH
from tongxin.access.passwords import SHORTEST, fits, hashed
from tongxin.base.problems import Problem


def test_a_password_fits_its_own_hash_only() -> None:
    assert fits(PASSWORD_HASH, PASSWORD)
    assert not fits(PASSWORD_HASH, PASSWORD + " ")


def test_without_an_account_nothing_fits() -> None:
    assert not fits(None, "nobody has this password")


def test_a_hash_is_argon2id_with_its_cost_and_never_the_same_twice() -> None:
    one, other = hashed(PASSWORD), hashed(PASSWORD)
    assert one != other
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=")
    assert fits(one, PASSWORD)


@pytest.mark.parametrize("damaged", ["", "x", "$argon2id$v=19$m=8,t=1,p=1$AAAA"])
def test_a_damaged_hash_fits_nothing(damaged: str) -> None:
    assert not fits(damaged, PASSWORD)


def test_a_short_password_is_refused() -> None:
    with pytest.raises(Problem) as raised:
        hashed("x" * (SHORTEST - 1))
    assert raised.value.code == "access.weak_password"
