"""The templates' environment: where templates lie, and the words and filters that they share."""

from datetime import datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from tongxin import __version__
from tongxin.base.clock import ZONE, from_ms
from tongxin.base.texts import Language, Text

_ROOT = Path(__file__).parent.parent


def environment() -> Environment:
    """Jinja2 with autoescape, every pillar's templates under its own name, and our words."""
    folders = sorted(_ROOT.glob("*/templates"))
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=_t, say=_say, url=lambda path: path, version=__version__)
    made.filters.update(moment=_moment, day=_day)
    return made


def _language(context: Context) -> Language:
    return Language(context.get("language", Language.ZH))


@pass_context
def _t(context: Context, zh: str, en: str, **values: Any) -> str:
    return Text(zh, en).filled(**values).spoken(_language(context))


@pass_context
def _say(context: Context, text: Text | str) -> str:
    return text.spoken(_language(context)) if isinstance(text, Text) else text


@pass_context
def _moment(context: Context, value: datetime | int | None) -> str:
    """4月7日 06:58, or 7 Apr 06:58; the year where it is not this year's is never guessed."""
    if value is None:
        return ""
    local = (from_ms(value) if isinstance(value, int) else value).astimezone(ZONE)
    if _language(context) is Language.ZH:
        return Markup.escape(format_datetime(local, "y年M月d日 HH:mm", locale="zh_CN"))
    return Markup.escape(format_datetime(local, "d MMM y HH:mm", locale="en_GB"))


@pass_context
def _day(context: Context, value: datetime | int | None) -> str:
    if value is None:
        return ""
    local = (from_ms(value) if isinstance(value, int) else value).astimezone(ZONE)
    if _language(context) is Language.ZH:
        return Markup.escape(format_date(local, "y年M月d日", locale="zh_CN"))
    return Markup.escape(format_date(local, "d MMM y", locale="en_GB"))
