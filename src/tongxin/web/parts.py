"""The small parts that a page has by the hundred: words, shapes, tags, links, buttons, cells.

They are functions because a macro of Jinja2 costs ten times as much, and a list of fifty people
has a thousand of them. Templates call them as macros: `ui.cell(column, content)`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from msgspec import Struct

from tongxin.base.texts import Language, Text

Words = str | Text | None
_UNKNOWN: Final = Text("未知", "not known")
_SVG: Final = (
    '<svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"'
    ' focusable="false">{}</svg>'
)


def language_of(context: Context) -> Language:
    """The page's language."""
    return Language.EN if context.get("language") == Language.EN else Language.ZH


def spoken(context: Context, words: Any) -> Markup:
    """Words in the page's language, safe to stand in it; None is said to be unknown."""
    if isinstance(words, Text):
        return escape(words.spoken(language_of(context)))
    if words is None:
        return _safe(f'<span class="unknown">{_UNKNOWN.spoken(language_of(context))}</span>')
    return escape(words)


@pass_context
def say(context: Context, words: Words) -> Markup:
    """Words as they stand in a page."""
    return spoken(context, words)


@pass_context
def link(context: Context, href: str, label: Words) -> Markup:
    """A link in running text."""
    return _safe(f'<a href="{escape(href)}">{spoken(context, label)}</a>')


@pass_context
def button(
    context: Context, label: Words, kind: str = "primary", name: str = "", value: str = ""
) -> Markup:
    """`kind`: primary (one a page), secondary, danger (leads to or stands on a confirm page)."""
    carries = f' name="{escape(name)}" value="{escape(value)}"' if name else ""
    said = spoken(context, label)
    return _safe(f'<button class="button button-{escape(kind)}"{carries}>{said}</button>')


@pass_context
def button_link(context: Context, href: str, label: Words, kind: str = "secondary") -> Markup:
    """A link that looks like a button."""
    said = spoken(context, label)
    return _safe(f'<a class="button button-{escape(kind)}" href="{escape(href)}">{said}</a>')


@pass_context
def cell(context: Context, column: Mapping[str, Any], content: Any) -> Markup:
    """One cell of a table; the main one heads its row, and on a phone others carry their label."""
    kind, said = column.get("kind", "text"), spoken(context, content)
    if kind == "main":
        return _safe(f'<th class="cell-main" role="rowheader" scope="row">{said}</th>')
    bare = column.get("bare", False)
    label = "" if bare else f' data-label="{spoken(context, column["label"])}"'
    return _safe(f'<td class="cell-{escape(kind)}" role="cell"{label}>{said}</td>')


class Drawn(Struct, frozen=True):
    """The parts that draw: `shape(name)` and `tag(state, word="", large=False)`."""

    shape: Callable[[str], Markup]
    tag: Callable[..., Markup]


def drawn(shapes: Mapping[str, str], states: Mapping[str, tuple[str, str, str]]) -> Drawn:
    """Those parts with these shapes (the inside of an SVG) and states (tone, name in both)."""
    made = {name: _safe(_SVG.format(inside)) for name, inside in shapes.items()}
    named = {state: (tone, Text(zh, en)) for state, (tone, zh, en) in states.items()}

    @pass_context
    def tag(context: Context, state: str, word: Words = "", large: bool = False) -> Markup:
        tone, name = named[state]
        large_one, said = " tag-large" if large else "", spoken(context, word or name)
        return _safe(
            f'<span class="tag tone-{tone}{large_one}">{made[state]}<span>{said}</span></span>'
        )

    return Drawn(made.__getitem__, tag)


def _safe(html: str) -> Markup:
    """HTML of this module's own making: whatever came from elsewhere has been escaped in it."""
    return Markup(html)  # noqa: S704 see above; Markup's own `%` escapes too, at five times the cost
