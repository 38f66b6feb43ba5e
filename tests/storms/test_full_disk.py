"""A disk that is full refuses, half-records nothing, and goes on once there is room again."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.storms import record
from tests.storms.served import Headers, Served, arrival, serving, until
from tongxin.base.ids import new_id
from tongxin.installation import Settings
from tongxin.ledger.bell import Bell
from tongxin.ledger.keys import KeyFile

MOST: Final = 400
Limit = tuple[int, int]


def workers(served: Served) -> list[int]:
    """The processes of a server, from the oldest on."""
    found, waiting = [], [served.process.pid]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        waiting += [int(child) for child in children.split()]
    return found


def limit_files(served: Served, size: int) -> None:
    """No file of the server grows beyond `size` bytes: what a full disk is to a program."""
    for pid in workers(served):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def post(served: Served, headers: Headers, fact: str) -> int:
    answer = served.ask("POST", "/api/v1/arrivals", arrival(fact), headers)
    if answer.status != 201:
        assert (answer.status, answer.json()["code"]) == (503, "ledger.not_recorded"), answer.text
    return answer.status


def ids_until_full(served: Served, headers: Headers) -> tuple[list[str], list[str]]:
    """Post until nothing is taken any more; what was acknowledged, and what was refused."""
    taken: list[str] = []
    refused: list[str] = []
    for _ in range(MOST):
        fact = new_id()
        (taken if post(served, headers, fact) == 201 else refused).append(fact)
        if len(refused) == 5:
            return taken, refused
    raise AssertionError("the disk was never full")


def moved_apart(settings: Settings, home: Path) -> Settings:
    """The same with its file of keys in a folder of its own, so that either can be full."""
    assert settings.keys_path is not None
    home.mkdir()
    apart = home / "apart.keys"
    shutil.copy(settings.keys_path, apart)
    return Settings(settings.database_url, settings.unlock, apart)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("file", ["tongxin.db-wal", "apart.keys-wal"])
def test_a_full_disk_refuses_and_goes_on(settings: Settings, tmp_path: Path, file: str) -> None:
    settings = moved_apart(settings, tmp_path / "keys")
    assert isinstance(settings.unlock, KeyFile)
    folder = (settings.keys_path if "keys" in file else settings.unlock.path).parent  # type: ignore[union-attr]  # set just above
    with serving(settings, tmp_path / "log") as served:
        headers = served.sign_in()
        while not (folder / file).exists() or (folder / file).stat().st_size < 200_000:
            assert post(served, headers, new_id()) == 201
        limit_files(served, (folder / file).stat().st_size + 20_000)
        taken, refused = ids_until_full(served, headers)
        assert served.ask("GET", "/api/v1/arrivals", None, headers).status == 200
        limit_files(served, resource.RLIM_INFINITY)
        until(lambda: post(served, headers, refused[0]) == 201, "it goes on", 5)
        later = [new_id() for _ in range(10)]
        assert {post(served, headers, fact) for fact in later} == {201}
    installation = record.opened(settings)
    try:
        there = record.places(installation, {*taken, *refused, *later})
        assert there.keys() == {*taken, refused[0], *later}
        assert record.seen(installation, there) == set(there)
        assert record.findings(installation) == []
    finally:
        installation.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with 16 MB, really full when it is full. Only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, *, but: int = 0) -> Path:
    """A file that takes all the room there is, but for so many bytes."""
    ballast = disk / "ballast"
    room = os.statvfs(disk)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(room.f_bavail * room.f_frsize - but, 1))
    return ballast


@pytest.mark.slow
def test_a_bell_is_hung_where_there_is_room_for_it_or_not_at_all(small_disk: Path) -> None:
    """One without room would end whichever process rings it, without a word."""
    before = Bell(small_disk / "before")
    fill(small_disk)
    with pytest.raises(OSError, match="No space left"):
        Bell(small_disk / "after")
    word = before.word
    before.ring()
    assert before.word != word
    Bell(small_disk / "before").close()
    before.close()


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("room", [0, 60_000])
def test_a_mount_without_room_refuses_and_goes_on(
    settings: Settings, small_disk: Path, tmp_path: Path, room: int
) -> None:
    assert isinstance(settings.unlock, KeyFile)
    home = small_disk / "home"
    shutil.copytree(settings.unlock.path.parent, home)
    key_file, keys = settings.unlock.path.name, settings.keys_path
    assert keys is not None
    there = Settings(f"sqlite:///{home / 'tongxin.db'}", KeyFile(home / key_file), home / keys.name)
    with serving(there, tmp_path / "log") as served:
        headers = served.sign_in()
        first = new_id()
        assert post(served, headers, first) == 201
        ballast = fill(small_disk, but=room)
        taken, refused = ids_until_full(served, headers)
        assert served.ask("GET", "/api/v1/arrivals", None, headers).status == 200
        ballast.unlink()
        until(lambda: post(served, headers, refused[0]) == 201, "it goes on", 5)
    installation = record.opened(there)
    try:
        found = record.places(installation, {first, *taken, *refused})
        assert found.keys() == {first, *taken, refused[0]}
        assert record.findings(installation) == []
    finally:
        installation.close()
