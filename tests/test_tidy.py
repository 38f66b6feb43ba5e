"""House style as a test. Every message names what to do instead; every rule is seen to fail."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "src" / "tongxin"
# A template is a page, not code: its length is the page's.
CODE: Final = frozenset({".py", ".ts", ".tsx", ".js", ".css", ".sh"})
LONGEST_FILE: Final = 400
LONGEST_FUNCTION: Final = 50
# What is short enough to be its own description.
PLAIN_FUNCTION: Final = 3
WORTH_A_TEST: Final = 30
TESTED_PILLARS: Final = frozenset(
    {"divisions", "ledger", "policy", "access", "work", "registry", "arrivals", "briefing"}
)
# Modules without a test of their own, one a line. It may only grow shorter.
RATCHET: Final = ROOT / "tests" / "untested.txt"
EMPTY_NAMES: Final = frozenset(
    {"common", "helper", "helpers", "manager", "managers", "misc", "service", "services", "util"}
    | {"utils"}
)
WIDE: Final = frozenset({"Exception", "BaseException"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
Finding = tuple[int, str]

# Split or bracketed, so that this file does not find itself.
WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"\b(T[O]DO|F[I]XME|X[X]X)\b",
        "a note to do it later",
        "do it now, or open an issue and leave the code whole",
    ),
    (
        r"\b(pypi\.o[r]g|pythonhosted\.o[r]g|npmjs\.(o[r]g|c[o]m)|deb\.debian\.o[r]g)\b"
        r"|--(extra-)?index-u[r]l|--find-l[i]nks",
        "a package registry",
        "name the package only; the machine's own settings say where it comes from",
    ),
    (
        r"\b(cdnj[s]\.|unpkg\.c[o]m|jsdeliv[r]\.|esm\.s[h]\b|skypack\.d[e]v|bootcd[n]\."
        r"|(ajax|fonts)\.googleapi[s]\.|fonts\.gstati[c]\.)|//cd[n]\.",
        "a CDN",
        "put the file under web/static: the program loads nothing from outside",
    ),
    (
        r"(?<![\w.)}\]/~-])/(root|home/\w+|Users/\w+|tmp/\w+|opt/\w+|private/var)\b"
        r"|[\"'\s]file:///\w",
        "a path of one machine",
        "use a path relative to the repository, `tmp_path`, or a setting",
    ),
)


def tracked() -> Iterator[Path]:
    """Files in, or about to be in, the repository; without git, all but hidden ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        yield from (ROOT / name for name in sorted(names) if (ROOT / name).is_file())
        return
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not any(p.startswith(".") or p == "__pycache__" for p in parts):
            yield path


def text_of(path: Path) -> str | None:
    """The text of a file, or None where it is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


# --- Rules: each takes a text and finds what is wrong in it, by line.


def too_long(text: str) -> Iterator[Finding]:
    lines = text.count("\n")
    if lines > LONGEST_FILE:
        yield 1, f"{lines} lines; make it a folder named after the noun hiding in it"


def words(text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, what, instead in WORDS:
            if re.search(pattern, line):
                yield number, f"{what}; {instead}"
        if str(ROOT) in line:
            yield number, "the path of this very clone; use a path relative to the repository"


def long_functions(text: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines; name its steps as functions"


def sleeps(text: str) -> Iterator[Finding]:
    event = "a condition, a queue, threading.Event.wait(timeout)"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            if any(alias.name == "sleep" for alias in node.names):
                yield node.lineno, f"a sleep; wait for what is to happen: {event}"
        elif isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            if dotted == "time.sleep":
                yield node.lineno, f"a sleep; wait for what is to happen: {event}"
            elif dotted.endswith(".wait_for_timeout"):
                yield node.lineno, "a sleep; wait with playwright's expect(…)"


def wide_excepts(text: str) -> Iterator[Finding]:
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            caught, last = node.type, node.body[0].lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught, last = ast.Tuple(node.args), node.lineno
        else:
            continue
        names = {n.id for n in ast.walk(caught) if isinstance(n, ast.Name)} if caught else WIDE
        near = "\n".join(lines[node.lineno - 1 : last])
        if names & WIDE and not re.search(r"#.*\bbecause\b", near):
            yield (
                node.lineno,
                "catches everything; name the exception, or say `# … because …` on that line",
            )


def clock_readings(text: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            if re.fullmatch(
                r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today)|time\.time(_ns)?", dotted
            ):
                yield (
                    node.lineno,
                    (
                        f"{dotted} reads the clock; take `now` as an argument"
                        " (at the edge: base.clock.system_clock)"
                    ),
                )


def undocumented(text: str) -> Iterator[Finding]:
    tree = ast.parse(text)
    if tree.body and ast.get_docstring(tree) is None:
        yield 1, "no module docstring; say in a sentence what the module is for"
    for node in public(tree.body):
        lines = (node.end_lineno or node.lineno) - node.body[0].lineno + 1
        if ast.get_docstring(node) is None and lines > PLAIN_FUNCTION:
            yield node.lineno, f"{node.name} has no docstring; say its meaning, units, errors"


def public(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes, and the public methods of those classes."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


Rule = Callable[[str], Iterator[Finding]]
IN_CODE: Final[tuple[Rule, ...]] = (too_long,)
IN_PYTHON: Final[tuple[Rule, ...]] = (long_functions, sleeps, wide_excepts, clock_readings)
IN_SOURCE: Final[tuple[Rule, ...]] = (undocumented,)


def rules_for(path: Path) -> tuple[Rule, ...]:
    """The rules that bind one file, by where it stands and what it is."""
    where = path.relative_to(ROOT)
    rules: tuple[Rule, ...] = (words,)
    if where.suffix in CODE and not where.name.endswith((".min.js", ".min.css")):
        rules += IN_CODE
    if where.suffix == ".py":
        rules += IN_PYTHON
        if where.parts[0] == "src":
            rules += IN_SOURCE
    if where.as_posix() == "src/tongxin/base/clock.py":
        rules = tuple(rule for rule in rules if rule is not clock_readings)
    return rules


def test_every_file_is_tidy() -> None:
    found = []
    for path in tracked():
        text = text_of(path)
        for rule in rules_for(path) if text is not None else ():
            where = path.relative_to(ROOT)
            found += [f"{where}:{line}: {message}" for line, message in rule(text or "")]
    assert not found, "\n" + "\n".join(found)


def test_names_say_what_lives_there() -> None:
    found = [
        f"{path.relative_to(ROOT)}: an empty name; call it after the noun it is about"
        for path in tracked()
        for part in path.relative_to(ROOT).parts
        if part.partition(".")[0] in EMPTY_NAMES
    ]
    assert not found, "\n" + "\n".join(found)


FACES: Final = {"api", "pages"}


def untested() -> set[Path]:
    """Modules of the main pillars, longer than a few lines, that no test of the pillar reaches.

    A module is reached by a test that carries its name or imports it. A module that a tested one
    imports is a part of that one, and is tested with it. Pages and API are the route table's:
    tests/web asks each of their routes, and fails for one that it does not know. What the
    catalogue composes is what every test on an installation goes through.
    """
    found: set[Path] = set()
    every_test = sorted((ROOT / "tests").rglob("*.py"))
    named_anywhere = {name for test in every_test for name in imported(test)}
    named_anywhere |= imported(PACKAGE / "catalogue.py")
    for pillar in TESTED_PILLARS:
        modules = {
            module_name(path): path
            for path in sorted((PACKAGE / pillar).rglob("*.py"))
            if "migrations" not in path.parts
        }
        tests = sorted((ROOT / "tests" / pillar).rglob("*.py"))
        named = named_anywhere | {name for name in modules if FACES & set(name.split("."))}
        named |= {
            name
            for name in modules
            if any(test.stem.startswith(f"test_{name.rpartition('.')[2]}") for test in tests)
        }
        parts = {part for name in named & set(modules) for part in imported(modules[name])}
        found |= {
            path
            for name, path in modules.items()
            if name not in named | parts
            and path.read_text(encoding="utf-8").count("\n") > WORTH_A_TEST
        }
    return found


def module_name(path: Path) -> str:
    """The dotted name of a module of the package."""
    dotted = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """All that a module imports, as dotted names: modules, and what is taken from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_every_module_has_a_test() -> None:
    allowed = set(RATCHET.read_text(encoding="utf-8").split()) if RATCHET.exists() else set()
    found = {path.relative_to(PACKAGE).as_posix() for path in untested()}
    new = [
        f"src/tongxin/{name}: no test names it; add tests/{name.partition('/')[0]}/"
        f"test_{Path(name).name}"
        for name in sorted(found - allowed)
    ]
    assert not new, "\n" + "\n".join(new)
    assert allowed <= found, f"tested by now, take out of {RATCHET.name}: {sorted(allowed - found)}"


PLANTED: Final[tuple[tuple[Rule, str], ...]] = (
    (too_long, "pass\n" * (LONGEST_FILE + 1)),
    (words, "# T" + "ODO: later"),
    (words, "index = 'https://py" + "pi.org/simple'"),
    (words, "<script src='https://cd" + "n.example.com/x.js'>"),
    (words, "open('/ro" + "ot/x')"),
    (words, f"open('{ROOT}/README.md')"),
    (long_functions, "def long() -> None:\n" + "    pass\n" * LONGEST_FUNCTION),
    (sleeps, "import time\ntime.sleep(1)"),
    (sleeps, "from time import sleep"),
    (sleeps, "page.wait_for_timeout(100)"),
    (wide_excepts, "try:\n    pass\nexcept Exception:\n    pass"),
    (wide_excepts, "try:\n    pass\nexcept (OSError, BaseException) as e:\n    pass"),
    (wide_excepts, "try:\n    pass\nexcept:\n    pass"),
    (wide_excepts, "with contextlib.suppress(Exception):\n    pass"),
    (clock_readings, "import datetime\nnow = datetime.datetime.now()"),
    (clock_readings, "from datetime import date\ntoday = date.today"),
    (clock_readings, "import time\nnow = time.time()"),
    (undocumented, "x = 1"),
    (undocumented, '"""A module."""\n\ndef f():\n    a = 1\n    b = 2\n    c = 3\n    return a'),
    (undocumented, '"""A module."""\n\nclass C:\n    a = 1\n    b = 2\n    c = 3\n    d = 4'),
)
ALLOWED: Final[tuple[tuple[Rule, str], ...]] = (
    (words, "tests/tmp/rules.py and @get('/home/{task}')"),
    (sleeps, "event.wait(1)"),
    (wide_excepts, "try:\n    pass\nexcept Exception:  # logged, because a feed must go on\n    x"),
    (clock_readings, "import time\nstarted = time.perf_counter()\nnow = clock()"),
    (undocumented, '"""A module."""\n\ndef f() -> int:\n    return 1\n\ndef _g(): ...'),
)


@pytest.mark.parametrize(("rule", "text"), PLANTED)
def test_each_rule_finds_its_violation(rule: Rule, text: str) -> None:
    assert list(rule(text))


@pytest.mark.parametrize(("rule", "text"), ALLOWED)
def test_each_rule_leaves_the_innocent_alone(rule: Rule, text: str) -> None:
    assert not list(rule(text))
