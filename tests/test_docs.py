"""What is not documented fails: commands, settings, problems, decisions, links."""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import click
import pytest

import tongxin
from tongxin.base.problems import ALL_KINDS

ROOT: Final = Path(__file__).resolve().parent.parent
WANTED: Final = (
    "README.md", "README.zh-CN.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md",
)  # fmt: skip
HEADINGS: Final = ("Context", "Decision", "Consequences")
LINK: Final = re.compile(r"\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?[^)\n]*\)")
FENCED: Final = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    """Every document a reader is meant to find."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@cache
def manual() -> str:
    """README in both languages and all below docs/: where a thing counts as documented."""
    readmes = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
    read = [*readmes, *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in read if path.exists())


def mentioned(term: str, text: str | None = None) -> bool:
    """Whether a term stands in the manual as a word of its own."""
    within = manual() if text is None else text
    return re.search(rf"(?<![\w.-]){re.escape(term)}(?![\w-]|\.\w)", within) is not None


def anchors(text: str) -> set[str]:
    """The anchors that a rendered document offers: its headings, in lower case, hyphenated."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", FENCED.sub("", text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        kept = [c for c in plain if c in " -_" or unicodedata.category(c)[0] in "LNM"]
        slug = "".join(kept).replace(" ", "-")
        again = sum(1 for other in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", other))
        found.add(f"{slug}-{again}" if again else slug)
    return found


def broken_links(document: Path) -> Iterator[str]:
    """The local links of a document that lead nowhere."""
    text = document.read_text(encoding="utf-8")
    for target in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (document.parent / name).resolve() if name else document
        if not file.exists():
            yield f"{target}: no such file"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text("utf-8")):
            yield f"{target}: no such heading"


def commands(group: click.Command, path: str) -> Iterator[str]:
    """Every command as it is typed, without hidden ones: `tongxin serve`."""
    if not isinstance(group, click.Group):
        yield path
        return
    for name, command in sorted(group.commands.items()):
        if not command.hidden:
            yield from commands(command, f"{path} {name}")


def modules() -> Iterator[str]:
    """Every module of the package that can be imported without running something."""
    for found in pkgutil.walk_packages(tongxin.__path__, "tongxin."):
        if not found.name.endswith("__main__") and ".migrations" not in found.name:
            yield found.name


@pytest.mark.parametrize("name", WANTED)
def test_document_exists(name: str) -> None:
    path = ROOT / name
    assert path.exists(), f"{name} is missing; write it"
    assert path.read_text(encoding="utf-8").strip(), f"{name} is empty; write it"


def test_links_lead_somewhere() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {broken}"
        for path in documents()
        for broken in broken_links(path)
    ]
    assert not found, "mend the target, or the link:\n" + "\n".join(found)


def test_commands_are_documented() -> None:
    cli = importlib.import_module("tongxin.cli")
    groups = [value for value in vars(cli).values() if isinstance(value, click.Group)]
    assert groups, "tongxin.cli has no click group; name it there, so that it can be documented"
    found = {name for group in groups for name in commands(group, "tongxin")}
    missing = sorted(name for name in found if not mentioned(name))
    assert not missing, f"describe in docs/ or README: {missing}"


def test_settings_are_documented() -> None:
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        names |= set(re.findall(r"\bTONGXIN_[A-Z0-9_]*[A-Z0-9]\b", path.read_text("utf-8")))
    missing = sorted(name for name in names if not mentioned(name))
    assert not missing, f"describe in docs/ or README: {missing}"


def test_problems_are_documented() -> None:
    for name in modules():
        importlib.import_module(name)
    missing = sorted(code for code in ALL_KINDS if not mentioned(code))
    assert not missing, f"say in docs/ what causes and mends each: {missing}"


def test_decisions_are_numbered_and_whole() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [int(path.name.partition("-")[0]) for path in records]
    assert numbers, "docs/adr holds no decision record; write the first as 0001-….md"
    assert numbers == list(range(1, len(numbers) + 1)), (
        f"number the decisions from 1, each once, none left out: {numbers}"
    )
    missing = [
        f"{path.name}: give it a heading “{heading}”"
        for path in records
        for heading in HEADINGS
        if not re.search(rf"^#+ {heading}\s*$", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert not missing, "\n".join(missing)


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_make_commands_exist(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    typed = set(re.findall(r"(?:^|`)\s*\$?\s*make ([a-z]+)", text, re.MULTILINE))
    assert typed <= make_targets(), f"no such make command: {sorted(typed - make_targets())}"


def test_every_make_command_is_in_the_readme() -> None:
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [name for name in ("demo", "test", "check", "bench") if f"make {name}" not in text]
    assert not missing, f"the commands to learn belong into README.md: {missing}"


def test_the_checks_can_fail(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# 开始 · Start\n[a](other.md) [b](#nowhere) [c](#开始--start) [d](page.md)\n")
    assert list(broken_links(page)) == ["other.md: no such file", "#nowhere: no such heading"]
    assert mentioned("tongxin serve", "run `tongxin serve`")
    assert not mentioned("tongxin serve", "run tongxin served")
    assert not mentioned("base.bad_id", "base.bad_identity")

    @click.group()
    def example() -> None: ...

    @example.command()
    def greet() -> None: ...

    assert list(commands(example, "tongxin")) == ["tongxin greet"]
