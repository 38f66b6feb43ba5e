"""What is shown of personal fields to whoever has not asked to see them, with a reason."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

NOT_TOLD: Final = "—"
"""Stands where a name was not told: an emergency passes without one."""
_ID_TAIL: Final = 4
_PHONE_HEAD: Final = 3


def name(value: str) -> str:
    """The family name only: 王**. The dash of a name that nobody told hides nothing."""
    if value in {"", NOT_TOLD}:
        return value
    return value[:1] + "*" * max(len(value) - 1, 1)


def id_number(value: str) -> str:
    """The last four characters only."""
    return "*" * max(len(value) - _ID_TAIL, 0) + value[-_ID_TAIL:] if value else ""


def phone(value: str) -> str:
    """The first three and last four digits: 138****5678."""
    if len(value) <= _PHONE_HEAD + _ID_TAIL:
        return "*" * len(value)
    hidden = len(value) - _PHONE_HEAD - _ID_TAIL
    return value[:_PHONE_HEAD] + "*" * hidden + value[-_ID_TAIL:]


def beginning(value: str) -> str:
    """The first three characters: enough to tell an address from something else."""
    return f"{value[:3]}***" if value else ""


def all_of(value: str) -> str:
    """Nothing at all, whatever its length."""
    return "****" if value else ""


# Fields, and columns, that are masked wherever a fact or a row leaves as it is.
MASKED: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "name": name,
        "id_number": id_number,
        "phone": phone,
        "address": all_of,
        "contact_name": name,
        "contact_phone": phone,
        "other_document": id_number,
        "plate": all_of,
    }
)


def masked(said: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody said, or a row, with what is personal in it masked, however deep it lies."""
    return {field: _shown(field, value) for field, value in said.items()}


def _shown(field: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return masked(value)
    if isinstance(value, list | tuple):
        return [_shown(field, each) for each in value]
    return MASKED[field](value) if field in MASKED and isinstance(value, str) else value
