"""The templates' environment: where templates lie, and the words and filters that they share."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_datetime
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
from tongxin.base.areas import AreaCode, ancestors
from tongxin.base.clock import ZONE, from_ms
from tongxin.base.texts import Language, Text

_ROOT = Path(__file__).parent.parent
Instant = datetime | date | int | None
# Read once: by name, babel looks through the names of a thousand locales for each date it writes,
# which took 1 ms, and two thirds of the time of a page.
_CHINESE: Final = Locale.parse("zh_CN")
_ENGLISH: Final = Locale.parse("en_GB")


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
    made.filters.update(moment=_moment, day=_day, place=_place)
    return made


def _language(context: Context) -> Language:
    return Language(context.get("language", Language.ZH))


@pass_context
def _t(context: Context, zh: str, en: str, **values: Any) -> str:
    text = Text(zh, en).filled(**values) if values else Text(zh, en)
    return text.spoken(_language(context))


@pass_context
def _say(context: Context, text: Text | str) -> str:
    return text.spoken(_language(context)) if isinstance(text, Text) else text


@pass_context
def _moment(context: Context, value: Instant) -> str:
    """4月7日 06:58, or 7 Apr 06:58; with the year where it is not this one."""
    if value is None:
        return ""
    if isinstance(value, date) and not isinstance(value, datetime):
        raise AssertionError("a day has no time of day: use the filter `day`")
    local = _local(value)
    if _language(context) is Language.ZH:
        pattern, locale = "M月d日 HH:mm", _CHINESE
        pattern = pattern if _this_year(context, local) else f"y年{pattern}"
    else:
        pattern, locale = "d MMM HH:mm", _ENGLISH
        pattern = pattern if _this_year(context, local) else "d MMM y HH:mm"
    return format_datetime(local, pattern, locale=locale)


@pass_context
def _day(context: Context, value: Instant | str) -> str:
    """4月7日, or 7 Apr; with the year where it is not this one."""
    if value is None:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    local = day if isinstance(day, date) and not isinstance(day, datetime) else _local(day)
    if _language(context) is Language.ZH:
        pattern = "M月d日" if _this_year(context, local) else "y年M月d日"
        return format_date(local, pattern, locale=_CHINESE)
    pattern = "d MMM" if _this_year(context, local) else "d MMM y"
    return format_date(local, pattern, locale=_ENGLISH)


@pass_context
def _place(context: Context, code: str) -> str:
    """The name of an area of the township, as far as it has one; else its code."""
    names: Mapping[str, str] = context.get("places", {})
    for area in reversed(ancestors(AreaCode(code)) if code else ()):
        if area in names:
            return names[area]
    return code


def _local(value: datetime | int) -> datetime:
    return (from_ms(value) if isinstance(value, int) else value).astimezone(ZONE)


def _this_year(context: Context, value: date) -> bool:
    now: datetime | None = context.get("now")
    return now is not None and now.astimezone(ZONE).year == value.year
