"""The recovery sheet: from the master key to paper and back, through tired fingers."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.base.clock import ZONE
from tongxin.base.problems import Problem
from tongxin.base.texts import Language
from tongxin.ledger.keys import Cost, Keys, Passphrase
from tongxin.ledger.recovery import code_of, master_in, recover, sheet_html, sheet_text

NOW = datetime(2022, 4, 7, 6, 0, tzinfo=ZONE)
CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
OLD = Passphrase("peach grove market", CHEAP)
NEW = Passphrase("river stone lantern", CHEAP)
NAME = ("411526108", "person-1", "registration")
CODE = code_of(bytes(range(32)))


@given(master=st.binary(min_size=32, max_size=32))
def test_every_key_survives_the_paper(master: bytes) -> None:
    assert master_in(code_of(master)) == master


def test_the_code_is_four_lines_of_four_groups_of_four() -> None:
    lines = CODE.split("\n")
    assert [[len(group) for group in line.split(" ")] for line in lines] == [[4] * 4] * 4


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(CODE.lower(), id="small letters"),
        pytest.param(CODE.replace(" ", ""), id="no spaces"),
        pytest.param(CODE.replace(" ", "-"), id="hyphens for spaces"),
        pytest.param(CODE.replace("\n", " "), id="all on one line"),
        pytest.param(CODE.replace("\n", "\r\n\r\n  "), id="empty lines between"),
        pytest.param(CODE.replace("0", "O"), id="the letter O for zero"),
        pytest.param(CODE.replace("0", "o").replace("1", "l"), id="o and l for 0 and 1"),
        pytest.param(CODE.replace("1", "I"), id="the letter I for one"),
        pytest.param(CODE.replace("V", "u"), id="u for V"),
        pytest.param(
            "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in CODE), id="full width"
        ),
    ],
)
def test_what_a_person_may_type_for_the_same_code(typed: str) -> None:
    assert master_in(typed) == bytes(range(32))


@given(line=st.integers(0, 3), place=st.integers(0, 15), by=st.integers(1, 31))
def test_a_mistyped_line_is_named(line: int, place: int, by: int) -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    lines = [list(each.replace(" ", "")) for each in CODE.split("\n")]
    was = alphabet.index(lines[line][place])
    lines[line][place] = alphabet[(was + by) % 32]
    problem = _problem("\n".join("".join(each) for each in lines))
    assert problem.code == "ledger.code_line"
    assert f"Line {line + 1} " in problem.text.en
    assert f"第 {line + 1} 行" in problem.text.zh


def test_a_character_that_is_on_no_sheet_is_a_mistyped_line() -> None:
    problem = _problem("*" + CODE[1:])
    assert (problem.code, problem.text.en[:6]) == ("ledger.code_line", "Line 1")


def test_lines_in_another_order_are_noticed() -> None:
    one, two, three, four = CODE.split("\n")
    problem = _problem("\n".join((one, three, two, four)))
    assert (problem.code, problem.text.en[:6]) == ("ledger.code_line", "Line 2")


def test_a_line_with_a_character_left_out_is_named_with_its_length() -> None:
    one, two, three, four = CODE.split("\n")
    problem = _problem("\n".join((one, two, three[:-1], four)))
    assert problem.code == "ledger.code_line_length"
    assert "Line 3 of the recovery code has 15 characters instead of 16" in problem.text.en


def test_a_missing_line_is_told_by_the_number_of_characters() -> None:
    problem = _problem("\n".join(CODE.split("\n")[:3]))
    assert problem.code == "ledger.code_lines"
    assert "this has 48 in all" in problem.text.en


def test_the_sheet_gives_a_new_passphrase_to_the_same_keys(tmp_path: Path) -> None:
    path = tmp_path / "t.keys"
    with Keys.create(path, OLD, NOW) as keys:
        key = keys.keys_for({NAME}, 0, make=True)
        code = code_of(keys.master_key())
    recover(path, code, NEW, NOW)
    with Keys.open(path, NEW, NOW) as keys:
        assert keys.keys_for({NAME}) == key
    with pytest.raises(Problem, match=r"ledger\.wrong_key"):
        Keys.open(path, OLD, NOW)


def test_the_sheet_of_other_keys_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.keys"
    Keys.create(path, OLD, NOW).close()
    with pytest.raises(Problem, match=r"ledger\.wrong_key"):
        recover(path, CODE, NEW, NOW)
    Keys.open(path, OLD, NOW).close()


@pytest.mark.parametrize("language", list(Language))
def test_what_the_sheet_shows_can_be_typed_back(language: Language) -> None:
    text = sheet_text(CODE, "桃林铺镇", date(2022, 4, 7), language)
    shown = [line.rsplit("    ", 1)[1] for line in text.splitlines() if line.startswith("    ")]
    assert master_in("\n".join(shown)) == bytes(range(32))
    assert "桃林铺镇" in text
    assert "2022-04-07" in text


@pytest.mark.parametrize(("language", "lang"), [(Language.ZH, "zh-Hans"), (Language.EN, "en")])
def test_the_page_for_the_printer_holds_every_group_and_calls_nobody(
    language: Language, lang: str
) -> None:
    page = sheet_html(CODE, "桃林铺镇 <b>", date(2022, 4, 7), language)
    assert all(f"<td>{group}</td>" in page for group in CODE.split())
    assert f'<html lang="{lang}">' in page
    assert "桃林铺镇 &lt;b&gt;" in page
    assert "http" not in page


def _problem(code: str) -> Problem:
    with pytest.raises(Problem) as raised:
        master_in(code)
    return raised.value
