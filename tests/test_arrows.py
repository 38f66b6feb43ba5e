"""The import contracts of pyproject.toml hold, and each one breaks when it is violated."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
# contract, module that sins, what it imports, and modules that must be there for that
PLANTED: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("arrows", "base/planted.py", "import tongxin.work.facts", ("work/facts.py",)),
    ("arrows", "ledger/planted.py", "import tongxin.policy.planted", ("policy/planted.py",)),
    ("arrows", "work/planted.py", "import tongxin.web.planted", ("web/planted.py",)),
    ("arrows", "demo/planted.py", "import tongxin.web.planted", ("web/planted.py",)),
    ("arrows", "unlisted/planted.py", "import json", ()),
    ("pillar", "work/rules.py", "import tongxin.work.queries", ("work/queries.py",)),
    ("pillar", "work/rules.py", "import tongxin.work.tables", ("work/tables.py",)),
    ("pillar", "work/facts.py", "import tongxin.work.pages", ("work/pages.py",)),
    ("pillar", "work/queries.py", "import tongxin.work.api", ("work/api.py",)),
    ("pillar", "work/api.py", "import tongxin.work.pages", ("work/pages.py",)),
    ("pillar", "arrivals/facts.py", "import tongxin.arrivals.rules", ("arrivals/rules.py",)),
    ("purity", "work/rules.py", "import time", ()),
    ("purity", "work/facts.py", "from pathlib import Path", ()),
    ("purity", "work/rules.py", "import tongxin.work.planted", ("work/planted.py:import random",)),
    ("purity", "policy/engine.py", "from sqlalchemy import select", ()),
    ("purity", "policy/engine.py", "import tongxin.policy.shipped", ("policy/shipped.py",)),
    ("pages", "arrivals/planted.py", "import tongxin.work.pages", ("work/pages.py",)),
    ("pages", "briefing/pages.py", "import tongxin.work.api", ("work/api.py",)),
    ("pages", "cli.py", "import tongxin.work.pages.list", ("work/pages/list.py",)),
)
# What the contracts must let pass, all at once.
HARMLESS: Final = (
    "catalogue.py:import tongxin.work.pages",
    "web/planted.py:import tongxin.work.api",
    "cli.py:import tongxin.web.planted\nimport tongxin.demo.planted",
    "demo/planted.py",
    "arrivals/pages.py:import tongxin.work.queries",
    "work/pages.py:import tongxin.work.queries\nimport tongxin.work.api",
    "work/api.py:import tongxin.work.queries",
    "work/queries.py:import tongxin.work.tables\nimport tongxin.work.rules",
    "work/tables.py:import sqlalchemy\nimport tongxin.work.facts",
    "work/rules.py:import tongxin.work.facts\nimport tongxin.policy.engine",
    "work/facts.py:import datetime",
    "policy/engine.py:import tongxin.policy.pack",
    "policy/pack.py:import tomllib",
    "policy/shipped.py:import importlib.resources\nimport tongxin.policy.pack",
)


def plant(tree: Path, what: str) -> None:
    """Add a module to a tree, as `path` or `path:text`, with the packages above it."""
    name, _, text = what.partition(":")
    package, path = tree / "src" / "tongxin", tree / "src" / "tongxin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(package).parents:
        (package / folder / "__init__.py").touch()
    with path.open("a", encoding="utf-8") as module:
        module.write(f"\n{text}\n")


def contract(tree: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a tree, for some contracts or all."""
    chosen = [argument for name in names for argument in ("--contract", name)]
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *chosen],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def bare(tree: Path) -> Path:
    """A tree with the vocabulary and nothing else, under the project's contracts."""
    shutil.copy(ROOT / "pyproject.toml", tree)
    shutil.copytree(ROOT / "src" / "tongxin" / "base", tree / "src" / "tongxin" / "base")
    (tree / "src" / "tongxin" / "__init__.py").touch()
    return tree


def test_the_contracts_hold() -> None:
    checked = contract(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("name", "sinner", "sin", "needed"), PLANTED)
def test_a_planted_violation_is_found(
    tmp_path: Path, name: str, sinner: str, sin: str, needed: tuple[str, ...]
) -> None:
    tree = bare(tmp_path)
    for module in needed:
        plant(tree, module)
    plant(tree, f"{sinner}:")
    assert contract(tree, name).returncode == 0 or sinner.startswith("unlisted")
    plant(tree, f"{sinner}:{sin}")
    checked = contract(tree, name)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "BROKEN" in checked.stdout, checked.stdout + checked.stderr


@pytest.mark.slow
def test_what_is_allowed_passes(tmp_path: Path) -> None:
    tree = bare(tmp_path)
    for module in HARMLESS:
        plant(tree, module)
    checked = contract(tree)
    assert checked.returncode == 0, checked.stdout + checked.stderr
