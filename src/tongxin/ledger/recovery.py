"""The recovery sheet: the master key on paper, for the day when passphrase or key file is lost.

Four lines of sixteen letters and digits in groups of four: thirteen carry the key, three check
the line, so that a mistyped line is named (of wrong lines, one in 32,768 passes; the file of keys
itself has the last word). The alphabet is Douglas Crockford's base32, which has no I, L, O or U:
whoever types 0 for O, 1 for I or l, or U for V, is understood.
"""

import hashlib
import unicodedata
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Final

from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Language, Text
from tongxin.ledger.keys import Keys, Unlock
from tongxin.ledger.sealing import KEY_BYTES

CODE_LINE_LENGTH = ProblemKind(
    "ledger.code_line_length",
    400,
    zh="恢复码第 {line} 行有 {count} 个字符，应为 {wanted} 个。请对照恢复单重新输入这一行。",
    en="Line {line} of the recovery code has {count} characters instead of {wanted}. "
    "Type that line again from the sheet.",
)
CODE_LINE = ProblemKind(
    "ledger.code_line",
    400,
    zh="恢复码第 {line} 行输错了。请对照恢复单重新输入这一行，并核对行的次序。",
    en="Line {line} of the recovery code is mistyped, or not in its place. "
    "Type it again from the sheet.",
)
CODE_LINES = ProblemKind(
    "ledger.code_lines",
    400,
    zh="恢复码应为 {wanted} 行、每行 {each} 个字符，现在共有 {count} 个字符。请按恢复单逐行输入。",
    en="The recovery code has {wanted} lines of {each} characters; this has {count} in all. "
    "Type it line by line, as on the sheet.",
)

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT: Final = str.maketrans("OILU", "011V")
_BETWEEN: Final = str.maketrans("", "", "-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}.\N{MIDDLE DOT}_")
_LINES: Final = 4
_GROUP: Final = 4
_CHECK: Final = 3
_PER_LINE: Final = 16
_DATA: Final = _PER_LINE - _CHECK
_BITS: Final = 5
# Thirteen characters on each of four lines hold 260 bits, the key 256.
_SPARE_BITS: Final = _LINES * _DATA * _BITS - KEY_BYTES * 8

_TITLE: Final = Text("同心 · 密钥恢复单", "Tongxin · Recovery sheet for the keys")
_ABOUT: Final = Text("{about}。{day} 制作。", "{about}. Made on {day}.")
_LINE: Final = Text("第 {line} 行", "Line {line}")
_ADVICE: Final = (
    Text(
        "有了这张纸和密钥库文件，就能读出全部资料。请像公章一样封存，与计算机分开保管。",
        "With this sheet and the file of keys, everything can be read. Keep it sealed, like an "
        "official stamp, and apart from the computer.",
    ),
    Text(
        "口令或密钥文件丢失时，运行 tongxin recover，按行输入，再设新口令。",
        "If the passphrase or key file is lost, run tongxin recover, type the lines, and choose a "
        "new passphrase.",
    ),
    Text(
        "大小写和空格不限；没有字母 O、I、L、U，看到的是数字 0 和 1。",
        "Capitals and spaces do not matter. There is no letter O, I, L or U: read 0 and 1.",
    ),
    Text(
        "它不能读出已销毁的资料，更换口令后仍然有效。",
        "It cannot read what was forgotten, and stays good when the passphrase changes.",
    ),
)


def code_of(master: bytes) -> str:
    """The master key (32 bytes) as the code of the sheet: four lines of four groups."""
    number = int.from_bytes(master, "big") << _SPARE_BITS
    data = _characters(number, _LINES * _DATA)
    lines = []
    for line in range(_LINES):
        part = data[line * _DATA : (line + 1) * _DATA]
        whole = part + _check(line, part)
        lines.append(" ".join(whole[at : at + _GROUP] for at in range(0, _PER_LINE, _GROUP)))
    return "\n".join(lines)


def master_in(code: str) -> bytes:
    """The master key that a typed code holds.

    Problems: `ledger.code_lines` (too little or too much was typed), `ledger.code_line_length`
    and `ledger.code_line`, which name the line, counted from 1.
    """
    data = ""
    for place, line in enumerate(_typed_lines(code)):
        if len(line) != _PER_LINE:
            raise CODE_LINE_LENGTH(field="code", line=place + 1, count=len(line), wanted=_PER_LINE)
        part, check = line[:_DATA], line[_DATA:]
        if not set(part) <= set(_ALPHABET) or check != _check(place, part):
            raise CODE_LINE(field="code", line=place + 1)
        data += part
    number = 0
    for character in data:
        number = number << _BITS | _ALPHABET.index(character)
    if number & ((1 << _SPARE_BITS) - 1):
        raise CODE_LINE(field="code", line=_LINES)
    return (number >> _SPARE_BITS).to_bytes(KEY_BYTES, "big")


def recover(path: Path, code: str, unlock: Unlock, now: datetime) -> None:
    """Let `unlock` open the file of keys at `path`, by the code of its recovery sheet.

    Problems: those of `master_in` and of `Keys.open`; `ledger.wrong_key` if the sheet belongs to
    another file. Nothing is changed then.
    """
    with Keys.open_with_master(path, master_in(code), now) as keys:
        keys.rekey(unlock)


def sheet_text(code: str, about: str, made_on: date, language: Language) -> str:
    """The sheet as plain text. `about` says whose keys they are, as in "桃林铺镇"."""
    title, made, advice = _words(about, made_on, language)
    lines = [
        f"    {_LINE.filled(line=place).spoken(language)}    {groups}"
        for place, groups in enumerate(code.split("\n"), start=1)
    ]
    points = [f"- {sentence}" for sentence in advice]
    return "\n".join((title, made, "", *lines, "", *points, ""))


def sheet_html(code: str, about: str, made_on: date, language: Language) -> str:
    """The sheet as one page of HTML that needs nothing else, for an A4 printer."""
    title, made, advice = _words(about, made_on, language)
    rows = "\n".join(
        f"<tr><th scope=row>{escape(_LINE.filled(line=place).spoken(language))}</th>"
        + "".join(f"<td>{group}</td>" for group in groups.split(" "))
        + "</tr>"
        for place, groups in enumerate(code.split("\n"), start=1)
    )
    points = "\n".join(f"<li>{escape(sentence)}</li>" for sentence in advice)
    return f"""<!doctype html>
<html lang="{_HTML_LANGUAGE[language]}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
body {{ font: 12pt/1.6 sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 1.5rem 0; }}
th, td {{ padding: .4rem .8rem; border: 1px solid; text-align: left; }}
td {{ font: 700 16pt monospace; letter-spacing: .1em; }}
@page {{ size: A4; margin: 2cm; }}
</style>
<h1>{escape(title)}</h1>
<p>{escape(made)}</p>
<table>
{rows}
</table>
<ul>
{points}
</ul>
</html>
"""


_HTML_LANGUAGE: Final = {Language.ZH: "zh-Hans", Language.EN: "en"}


def _words(about: str, made_on: date, language: Language) -> tuple[str, str, list[str]]:
    made = _ABOUT.filled(about=about, day=made_on.isoformat()).spoken(language)
    return _TITLE.spoken(language), made, [text.spoken(language) for text in _ADVICE]


def _typed_lines(code: str) -> list[str]:
    """The four lines, tidied: as they were typed, or cut from one run of characters."""
    lines = [tidy for typed in code.splitlines() if (tidy := _tidied(typed))]
    if len(lines) == _LINES:
        return lines
    whole = "".join(lines)
    if len(whole) != _LINES * _PER_LINE:
        raise CODE_LINES(field="code", wanted=_LINES, each=_PER_LINE, count=len(whole))
    return [whole[at : at + _PER_LINE] for at in range(0, len(whole), _PER_LINE)]


def _tidied(typed: str) -> str:
    # NFKC: an input method may give full-width letters and spaces.
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(plain.split()).translate(_BETWEEN).translate(_MEANT)


def _check(line: int, part: str) -> str:
    digest = hashlib.sha256(f"tongxin-recovery-1\n{line}\n{part}".encode()).digest()
    return _characters(int.from_bytes(digest[:2], "big") >> 1, _CHECK)


def _characters(number: int, count: int) -> str:
    shifts = range((count - 1) * _BITS, -1, -_BITS)
    return "".join(_ALPHABET[number >> shift & 31] for shift in shifts)
