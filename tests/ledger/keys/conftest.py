"""A file of keys, made fresh for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.keys.cast import NOW, PHRASE
from tongxin.ledger.keys import Keys


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "township.keys"


@pytest.fixture
def keys(path: Path) -> Iterator[Keys]:
    with Keys.create(path, PHRASE, NOW) as opened:
        yield opened
