"""Forms on pages: what somebody typed, what is wrong with it, and what is said once it is done.

A form keeps what was typed beside every problem, so that nobody types a thing twice.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from tongxin.base.clock import ZONE, civil_day, is_plausible, start_of
from tongxin.base.problems import Problem, ProblemKind
from tongxin.base.texts import Text

BAD_TIME = ProblemKind(
    "forms.bad_time",
    422,
    zh="日期或时间不对，请照 2022-04-07 06:30 的样子填写。",
    en="This is not a date and time; write it as 2022-04-07 06:30.",
)
BAD_NUMBER = ProblemKind(
    "forms.bad_number", 422, zh="这里要填数字，例如 36.5。", en="A number is wanted, as in 36.5."
)
NOT_RIGHT = ProblemKind(
    "forms.not_right",
    422,
    zh="这一项太长，或写法不对，请检查。",
    en="This is too long, or not written as it should be. Check it.",
)


class Upload(Struct, frozen=True):
    """What a form with a file sent, in memory only: a list of people must not lie on a disk."""

    typed: dict[str, str]
    file: bytes


# What a page's form sends; a name that comes several times is a list.
Typed = URLEncodedBody[dict[str, Any]]
# What a page's form with a file sends.
Uploaded = NamedDependency[SkipValidation[Upload]]
FLASH: Final = "tongxin_said"
_FLASH_SECONDS: Final = 20
_AT: Final = re.compile(r" - at `\$\.([a-z_]+)")
T = TypeVar("T")


class Said(Struct, frozen=True):
    """What the next page says of what was just done. `kind`: done, note, held or alarm."""

    kind: str
    text: Text


SAID: Final[dict[str, Said]] = {}


def says(code: str, zh: str, en: str, kind: str = "done") -> str:
    """Declare what can be said; its code travels in a cookie, so it holds nothing personal."""
    if code in SAID:
        raise AssertionError(f"two things to say are called {code}")
    SAID[code] = Said(kind, Text(zh, en))
    return code


def go(path: str, said: str = "") -> Redirect:
    """On to another page after something was done there."""
    cookies = [Cookie(FLASH, value=said, max_age=_FLASH_SECONDS, httponly=True, samesite="lax")]
    return Redirect(path, status_code=303, cookies=cookies if said else None)


class Form:
    """What was typed, as `given`, and what is wrong with it, as `problems`."""

    def __init__(self, typed: Mapping[str, Any] | None = None, **preset: str) -> None:
        self.given: dict[str, Any] = dict(preset)
        for name, value in (typed or {}).items():
            self.given[name] = value.strip() if isinstance(value, str) else value
        self.problems: list[Problem] = []
        self.meant: dict[str, tuple[str, ...]] = {}  # by field: codes of places to choose from

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.problems

    def text(self, name: str, missing: ProblemKind | None = None) -> str:
        """What was typed; where nothing was, the problem `missing`, if one is given."""
        typed = self.given.get(name, "")
        value = typed if isinstance(typed, str) else ""
        if not value and missing is not None:
            self.problems.append(missing(field=name))
        return value

    def several(self, name: str) -> tuple[str, ...]:
        """All that was chosen under one name, each once, in the order of the page."""
        typed = self.given.get(name, ())
        values = [typed] if isinstance(typed, str) else list(typed)
        return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))

    def number(self, name: str) -> float | None:
        """A number, a comma let pass for a point; None where nothing was typed."""
        value = self.text(name).replace("，", ".").replace(",", ".").rstrip("℃°C ")
        if not value:
            return None
        try:
            return float(value)
        except ValueError:
            self.problems.append(BAD_NUMBER(field=name))
            return None

    def moment(self, name: str) -> datetime | None:
        """An instant of the township's civil time; None where nothing was typed."""
        value = self.text(name)
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value.replace(" ", "T"))
        except ValueError:
            self.problems.append(BAD_TIME(field=name))
            return None
        found = found.replace(tzinfo=ZONE) if found.tzinfo is None else found
        if not is_plausible(found):
            self.problems.append(BAD_TIME(field=name))
            return None
        return found

    def day(self, name: str) -> datetime | None:
        """The first instant of a civil day; None where nothing was typed."""
        value = self.text(name)
        if not value:
            return None
        try:
            return start_of(civil_day(value, name))
        except Problem:
            self.problems.append(BAD_TIME(field=name))
            return None

    def wrong(self, kind: ProblemKind, field: str, **values: object) -> None:
        """Note a problem at a field."""
        self.problems.append(kind(field=field, **values))

    def made(self, type_: type[T], **values: Any) -> T | None:
        """A struct of these values, or None and a problem at the field that does not fit it."""
        try:
            return msgspec.convert(msgspec.to_builtins(values), type_)
        except msgspec.ValidationError as error:
            found = _AT.search(str(error))
            self.problems.append(NOT_RIGHT(field=found[1] if found else None))
            return None

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Do something that may be refused; the refusal is then a problem of this form."""
        try:
            yield
        except Problem as problem:
            if problem.status in (401, 404):
                raise
            self.problems.append(problem)


def typed_now(moment: datetime) -> str:
    """An instant as a date-and-time field holds it."""
    return f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}"
