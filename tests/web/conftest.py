"""What all tests of the web share: passwords that cost none of the time that they should cost."""

import pytest
from argon2 import PasswordHasher

from tests.village import PASSWORD_HASH
from tongxin.access import passwords


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 as everywhere, with the least work that it allows."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    monkeypatch.setattr(passwords, "_nobody", lambda: PASSWORD_HASH)
