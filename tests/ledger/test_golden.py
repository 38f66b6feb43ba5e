"""What was recorded once can be read for ever: one sample body of each kind, never to be edited.

A new kind brings its sample; a changed kind must still read the old one. To mend a failing test
here, change the code back, or give the new field a default.
"""

from pathlib import Path
from typing import Final

import msgspec
import pytest

from tongxin.catalogue import KINDS
from tongxin.ledger.opening import body_of

GOLDEN: Final = Path(__file__).parent / "golden"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_sample_of_each_kind_can_be_read(kind: str) -> None:
    sample = GOLDEN / f"{kind}.json"
    assert sample.exists(), f"write tests/ledger/golden/{kind}.json: a body with every field"
    body = body_of(KINDS, kind, sample.read_bytes())
    assert isinstance(body, KINDS[kind].body)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_that_a_sample_says_is_lost(kind: str) -> None:
    raw = (GOLDEN / f"{kind}.json").read_bytes()
    said = msgspec.json.decode(raw)
    kept = msgspec.json.decode(msgspec.json.encode(body_of(KINDS, kind, raw)))
    assert {name: kept[name] for name in said} == said


def test_no_sample_is_of_a_kind_that_is_gone() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} <= set(KINDS)
