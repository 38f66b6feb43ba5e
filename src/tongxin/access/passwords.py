"""Passwords: argon2id, by argon2-cffi, with its own encoding of parameters."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tongxin.base.problems import ProblemKind

WEAK_PASSWORD = ProblemKind(
    "access.weak_password",
    422,
    zh="密码太短：至少 {least} 个字符。",
    en="The password is too short: {least} characters at least.",
)
SHORTEST: Final = 10
# The second recommendation of RFC 9106: 64 MiB, three passes.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=2)


def hashed(password: str) -> str:
    """The password's argon2id hash, or the problem `access.weak_password`."""
    if len(password) < SHORTEST:
        raise WEAK_PASSWORD(field="password", least=SHORTEST)
    return _HASHER.hash(password)


@cache
def _nobody() -> str:
    """What is verified where there is no such account, so that both take the same time.

    Made when first needed: it costs what a password costs, which no start should wait for.
    """
    return _HASHER.hash("nobody has this password")


def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password is the hashed one. Without a hash: no, after as long a time."""
    try:
        _HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
