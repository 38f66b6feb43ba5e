"""The small parts of pages: what was typed stays text, unknown is said, both languages speak."""

from typing import Any

import pytest

from tongxin.base.texts import Language, Text
from tongxin.web.rendering import environment

ENVIRONMENT = environment()
TYPED = """<i onclick='x'>"&"""


def shown(template: str, language: Language = Language.ZH, **context: Any) -> str:
    """What a page that imports the parts makes of a template."""
    page = '{% import "macros.html" as ui with context %}' + template
    return ENVIRONMENT.from_string(page).render(language=language, **context)


@pytest.mark.parametrize(
    "template",
    [
        "{{ ui.say(typed) }}", "{{ ui.link(typed, typed) }}", "{{ ui.button_link(typed, typed) }}",
        "{{ ui.button(typed, name=typed, value=typed) }}", "{{ ui.tag('open', typed) }}",
        "{{ ui.cell({'label': typed}, typed) }}", "{{ ui.cell({'kind': 'main'}, typed) }}",
    ],
)  # fmt: skip
def test_what_was_typed_never_becomes_a_page(template: str) -> None:
    found = shown(template, typed=TYPED)
    assert "<i" not in found and "onclick='" not in found
    assert "&lt;i" in found and "&#34;&amp;" in found


def test_what_a_part_made_is_not_escaped_again() -> None:
    inside = shown("{{ ui.cell({'kind': 'main'}, ui.link('/a', '陈')) }}")
    assert inside == ('<th class="cell-main" role="rowheader" scope="row"><a href="/a">陈</a></th>')


def test_a_cell_tells_its_heading_to_a_phone_unless_it_speaks_for_itself() -> None:
    assert 'data-label="村"' in shown("{{ ui.cell({'label': '村', 'kind': 'num'}, 7) }}")
    assert "data-label" not in shown("{{ ui.cell({'label': '村', 'bare': true}, 7) }}")


def test_unknown_is_said_and_nought_is_nought() -> None:
    assert shown("{{ ui.say(none) }}") == '<span class="unknown">未知</span>'
    assert "not known" in shown("{{ ui.say(none) }}", Language.EN)
    assert shown("{{ ui.say(0) }}") == "0"


def test_words_come_in_the_language_of_the_page() -> None:
    words = Text("待办", "To do")
    assert shown("{{ ui.say(words) }}", words=words) == "待办"
    assert shown("{{ ui.say(words) }}", Language.EN, words=words) == "To do"
    assert "To do" in shown("{{ ui.tag('open') }}", Language.EN)


def test_a_state_is_shape_and_word_not_colour_alone() -> None:
    found = shown("{{ ui.tag('overdue', large=true) }}")
    assert "<svg" in found and "已逾期" in found and "tag-large" in found
