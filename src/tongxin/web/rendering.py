"""The templates' environment: where templates lie, and the words and filters that they share."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from babel import Locale
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Context

from tongxin import __version__
from tongxin.base.areas import Level
from tongxin.base.clock import ZONE, from_ms
from tongxin.base.texts import Language, Text
from tongxin.divisions.shipped import divisions
from tongxin.web import parts
from tongxin.web.parts import language_of

_ROOT = Path(__file__).parent.parent
Instant = datetime | date | int | None
_MONTHS: Final[Mapping[int, str]] = Locale.parse("en_GB").months["format"]["abbreviated"]
_DEEPEST_FIRST: Final = tuple(sorted(Level, reverse=True))


def environment() -> Environment:
    """Jinja2 with autoescape. A pillar's templates go by its name: `arrivals/list.html`."""
    pillars: dict[str, BaseLoader] = {
        folder.parent.name: FileSystemLoader(folder)
        for folder in sorted(_ROOT.glob("*/templates"))
        if folder.parent.name != "web"
    }
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(_ROOT / "web/templates"), PrefixLoader(pillars)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=_t, say=_say, url=lambda path: path, version=__version__)
    made.globals["PARTS"] = _parts(made)
    made.filters.update(moment=_moment, ending=_ending, day=_day, place=_place)
    return made


def _parts(made: Environment) -> dict[str, Any]:
    """What `macros.html` passes on of `web/parts.py`, with the shapes of `shapes.html`."""
    module: Any = made.get_template("shapes.html").module
    drawn = parts.drawn(module.SHAPES, module.STATES)
    return {
        "say": parts.say, "link": parts.link, "button": parts.button, "cell": parts.cell,
        "button_link": parts.button_link, "shape": drawn.shape, "tag": drawn.tag,
    }  # fmt: skip


@pass_context
def _t(context: Context, zh: str, en: str, **values: Any) -> str:
    text = Text(zh, en).filled(**values) if values else Text(zh, en)
    return text.spoken(language_of(context))


@pass_context
def _say(context: Context, text: Text | str) -> str:
    return text.spoken(language_of(context)) if isinstance(text, Text) else text


@pass_context
def _moment(context: Context, value: Instant) -> str:
    """4月7日 06:58, or 7 Apr 06:58; with the year where it is not this one."""
    if value is None:
        return ""
    if isinstance(value, date) and not isinstance(value, datetime):
        raise AssertionError("a day has no time of day: use the filter `day`")
    local = _local(value)
    return f"{_spelled(context, local)} {local.hour:02}:{local.minute:02}"


@pass_context
def _ending(context: Context, value: Instant) -> str:
    """Until when: as `moment`, but midnight is 24:00 of the day that it ends, as people say it."""
    if not isinstance(value, int | datetime) or (local := _local(value)).time() != time.min:
        return _moment(context, value)
    return f"{_spelled(context, local - timedelta(days=1))} 24:00"


@pass_context
def _day(context: Context, value: Instant | str) -> str:
    """4月7日, or 7 Apr; with the year where it is not this one."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _spelled(context, date.fromisoformat(value))
    if isinstance(value, int | datetime):
        return _spelled(context, _local(value))
    return _spelled(context, value)


def _spelled(context: Context, day: date) -> str:
    """A day as people write it. Babel's own patterns take 50 µs for each, and lists have many."""
    this_year = _this_year(context) == day.year
    if language_of(context) is Language.ZH:
        spelled = f"{day.month}月{day.day}日"
        return spelled if this_year else f"{day.year}年{spelled}"
    spelled = f"{day.day} {_MONTHS[day.month]}"
    return spelled if this_year else f"{spelled} {day.year}"


@pass_context
def _place(context: Context, code: str) -> str:
    """The name of an area of the township, or of a division of the country; else its code."""
    names: Mapping[str, str] = context.get("places", {})
    for level in _DEEPEST_FIRST:
        if level <= len(code) and (name := names.get(code[:level])) is not None:
            return name
    known = divisions()
    return known.full_name(code) if known.name(code) is not None else code


def _local(value: datetime | int) -> datetime:
    return from_ms(value) if isinstance(value, int) else value.astimezone(ZONE)


def _this_year(context: Context) -> int | None:
    now: datetime | None = context.get("now")
    return None if now is None else now.astimezone(ZONE).year
