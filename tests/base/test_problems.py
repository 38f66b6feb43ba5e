"""Every problem has a code of its own and a sentence in both languages that can be filled."""

import re
import string

import pytest

import tongxin.web.app  # noqa: F401 all pillars declare their problems
from tongxin.base.problems import ALL_KINDS, NOT_FOUND, ProblemKind
from tongxin.base.texts import Language


def names(text: str, language: str) -> set[str]:
    """The names to fill in; one that ends in its language counts without that."""
    found = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return {name.removesuffix(f"_{language}") for name in found}


@pytest.mark.parametrize("code", sorted(ALL_KINDS))
def test_a_problem_speaks_both_languages_with_the_same_names(code: str) -> None:
    kind = ALL_KINDS[code]
    told = names(kind.text.zh, "zh")
    assert told == names(kind.text.en, "en")
    values = {f"{name}{suffix}": "值" for name in told for suffix in ("", "_zh", "_en")}
    problem = kind(field="field", **values)
    spoken = problem.spoken(Language.ZH) + problem.spoken(Language.EN)
    assert re.search(r"\{\w+\}", spoken) is None


@pytest.mark.parametrize("code", sorted(ALL_KINDS))
def test_a_code_is_a_pillar_and_what_is_wrong(code: str) -> None:
    pillar, _, wrong = code.partition(".")
    assert pillar.isidentifier() and wrong.isidentifier() and code == code.lower()


# Said beside a verdict of what was recorded: no request fails by them.
TOLD_OF_WHAT_IS_RECORDED = {"ledger.mark_waits"}


@pytest.mark.parametrize("code", sorted(ALL_KINDS))
def test_a_status_is_one_of_a_failure(code: str) -> None:
    assert 400 <= ALL_KINDS[code].status <= 599 or code in TOLD_OF_WHAT_IS_RECORDED


def test_two_problems_cannot_share_a_code() -> None:
    with pytest.raises(AssertionError):
        ProblemKind(NOT_FOUND.code, 404, zh="没有", en="none")


def test_an_error_message_tells_the_code() -> None:
    assert str(NOT_FOUND()).startswith("base.not_found")
