"""An answer leaves only after the disk has taken what it acknowledges: seen from outside."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.storms.served import arrival, serving
from tongxin.base.ids import new_id
from tongxin.installation import Installation, Settings

FACTS: Final = 12
_SYNC: Final = re.compile(r"f(?:data)?sync\(\d+<([^>]+)>")
_RESUMED: Final = re.compile(r"(\d+)\s.*<\.\.\. f(?:data)?sync resumed>")
_BEGUN: Final = re.compile(r"(\d+)\s.*f(?:data)?sync\(\d+<([^>]+)> <unfinished")
_ANSWER: Final = re.compile(r"\"HTTP/1\.1 201")


def tracer() -> str | None:
    """Why no tracer runs here, or None: looked at by tracing a program that does nothing."""
    if (strace := shutil.which("strace")) is None:
        return "there is no strace"
    tried = subprocess.run([strace, "-f", "true"], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"strace is not allowed here: {tried.stderr[:80]}"


def events(trace: str) -> Iterator[str]:
    """The files that were synced and the answers that were sent, in the order they happened."""
    waiting: dict[str, str] = {}
    for line in trace.splitlines():
        if (begun := _BEGUN.search(line)) is not None:
            waiting[begun[1]] = begun[2]
        elif (resumed := _RESUMED.search(line)) is not None:
            yield waiting.pop(resumed[1], "")
        elif (synced := _SYNC.search(line)) is not None:
            yield synced[1]
        elif _ANSWER.search(line) is not None:
            yield "answer"


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_log_is_synced_before_each_answer(settings: Settings, tmp_path: Path) -> None:
    if (why := tracer()) is not None:
        print(why)
        pytest.skip(why)
    trace = tmp_path / "trace"
    traced = ("strace", "-f", "-y", "-s", "16", "-o", str(trace))
    calls = ("-e", "trace=fsync,fdatasync,write,writev,sendto,sendmsg")
    with serving(settings, tmp_path / "log", before=(*traced, *calls)) as served:
        headers = served.sign_in()
        for _ in range(FACTS):
            answer = served.ask("POST", "/api/v1/arrivals", arrival(new_id()), headers)
            assert answer.status == 201, answer.text
    synced: set[str] = set()
    answers = 0
    for event in events(trace.read_text(errors="replace")):
        if event != "answer":
            synced.add(event.rsplit("/", 1)[-1])
            continue
        answers += 1
        assert "tongxin.db-wal" in synced, f"answer {answers} left before the log was synced"
        assert "tongxin.keys-wal" in synced, f"answer {answers} left before its key was synced"
        synced.clear()
    assert answers == FACTS


def test_the_writer_says_how_commits_reach_the_disk(installation: Installation) -> None:
    wanted = "synchronous=FULL" if installation.database.is_sqlite else "synchronous_commit=on"
    assert installation.database.durability() == wanted
