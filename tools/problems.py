"""Writes docs/problems.md, the list of all problems, from the program itself.

Run it after adding or rewording a `ProblemKind`: `.venv/bin/python tools/problems.py`.
"""

import importlib
import pkgutil
from itertools import groupby
from pathlib import Path
from typing import Final

import tongxin
from tongxin.base.problems import ALL_KINDS, ProblemKind

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "problems.md"
_HEAD: Final = """\
# Problems

Every expected failure has a stable code, a sentence in both languages, and an HTTP status. The
command line prints the sentence and exits 1 where the status is 500 or above, else 2. Over HTTP it
is `application/problem+json` with `code`, `status`, `field` and both sentences in `detail`; a fact
of a batch carries `code` and `why` in its verdict. `{words}` stand for what is filled in.

This page is written by `tools/problems.py`; a test compares it with the program.
"""
_COLUMNS: Final = "| code | HTTP | 中文 | English |\n|---|---|---|---|"


def import_all() -> None:
    """Import every module, so that every kind has declared itself."""
    for found in pkgutil.walk_packages(tongxin.__path__, "tongxin."):
        if not found.name.endswith("__main__") and ".migrations" not in found.name:
            importlib.import_module(found.name)


def page() -> str:
    """The page as it should be."""
    import_all()
    kinds = sorted(ALL_KINDS.values(), key=lambda kind: kind.code)
    parts = [_HEAD]
    for pillar, group in groupby(kinds, key=lambda kind: kind.code.partition(".")[0]):
        rows = "\n".join(_row(kind) for kind in group)
        parts.append(
            f"## {pillar}\n\n| code | HTTP | 中文 | English |\n|---|---|---|---|\n{rows}\n"
        )
    return "\n".join(parts)


def _row(kind: ProblemKind) -> str:
    cells = (f"`{kind.code}`", str(kind.status), kind.text.zh, kind.text.en)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
