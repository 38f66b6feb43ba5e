"""Whose keys the tests are about, and ways to look at a file of keys from outside."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from tongxin.base.clock import ZONE, to_ms
from tongxin.base.problems import Problem
from tongxin.ledger.keys import Cost, Passphrase

NOW = datetime(2022, 4, 7, 6, 0, tzinfo=ZONE)
LATER = NOW + timedelta(days=30)
MS = to_ms(NOW)
TOWNSHIP = "411526108"
WANG = (TOWNSHIP, "person-wang", "registration")
WANG_EPISODE = (TOWNSHIP, "person-wang", "episode:1")
LI = (TOWNSHIP, "person-li", "registration")
# As cheap as argon2 allows: these tests are not about its cost.
CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
PHRASE = Passphrase("peach grove market", CHEAP)
OTHER_PHRASE = Passphrase("river stone lantern", CHEAP)


def code_of(act: Callable[[], object]) -> str:
    """The code of the problem that this raises."""
    with pytest.raises(Problem) as raised:
        act()
    return raised.value.code


def traces(path: Path, *needles: bytes) -> list[bytes]:
    """Which of these stand in the file at `path`, or in those that SQLite keeps beside it.

    Read by another process: closing a file here would drop the locks that SQLite holds on it.
    """
    assert min(len(needle) for needle in needles) >= 32
    script = (
        "import sys, pathlib\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "raw = [each.read_bytes() for each in path.parent.glob(path.name + '*')]\n"
        "for line in sys.stdin:\n"
        "    if any(bytes.fromhex(line) in each for each in raw): print(line.strip())\n"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-c", script, str(path)],
        input="".join(needle.hex() + "\n" for needle in needles),
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [bytes.fromhex(line) for line in found.stdout.split()]


def stored(path: Path, question: str, *values: str) -> bytes:
    """What the file holds as the answer to a query."""
    connection = sqlite.connect(str(path), isolation_level=None)
    try:
        return bytes(connection.execute(question, values).fetchone()[0])
    finally:
        connection.close()


def edit(path: Path, statement: str) -> None:
    """What somebody does at a database console."""
    connection = sqlite.connect(str(path), isolation_level=None)
    try:
        assert connection.execute(statement).rowcount == 1
    finally:
        connection.close()


def elsewhere(path: Path, *statements: str) -> subprocess.CompletedProcess[str]:
    """Run statements on `keys` in another process."""
    lines = (
        "import os",
        "from datetime import datetime",
        "from pathlib import Path",
        "from tongxin.base.clock import ZONE",
        "from tongxin.ledger.keys import Keys, Passphrase",
        f"NOW = datetime.fromisoformat({NOW.isoformat()!r})",
        f"keys = Keys.open(Path({str(path)!r}), Passphrase('peach grove market'), NOW)",
        *statements,
    )
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        check=False, capture_output=True, text=True, env=dict(os.environ),
    )  # fmt: skip
