"""What is shown of personal fields to whoever has not asked to see them, with a reason."""

from typing import Final

_ID_TAIL: Final = 4
_PHONE_HEAD: Final = 3


def name(value: str) -> str:
    """The family name only: 王**."""
    return value[:1] + "*" * max(len(value) - 1, 1) if value else ""


def id_number(value: str) -> str:
    """The last four characters only."""
    return "*" * max(len(value) - _ID_TAIL, 0) + value[-_ID_TAIL:] if value else ""


def phone(value: str) -> str:
    """The first three and last four digits: 138****5678."""
    if len(value) <= _PHONE_HEAD + _ID_TAIL:
        return "*" * len(value)
    hidden = len(value) - _PHONE_HEAD - _ID_TAIL
    return value[:_PHONE_HEAD] + "*" * hidden + value[-_ID_TAIL:]


def all_of(value: str) -> str:
    """Nothing at all, whatever its length."""
    return "****" if value else ""
