"""What was recorded once can be read for ever: a stored sample of every kind that has shipped.

A sample is the body as bytes. It is never edited: when a kind gains a field, that field needs a
default, and a second sample is added beside the first. A new kind comes with its sample.
"""

from pathlib import Path
from typing import Final

import msgspec
import pytest

from tongxin.catalogue import KINDS
from tongxin.ledger.opening import body_of
from tongxin.ledger.wire import decode_body

GOLDEN: Final = Path(__file__).with_name("golden")
SAMPLES: Final = sorted(path.name for path in GOLDEN.glob("*.json"))


def kind_of(sample: str) -> str:
    """`work.task_done` of `work.task_done.json` and of `work.task_done.2.json`."""
    return ".".join(sample.split(".")[:2])


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_still_reads(sample: str) -> None:
    raw = (GOLDEN / sample).read_bytes()
    body = body_of(KINDS, kind_of(sample), raw)
    assert type(body) is KINDS[kind_of(sample)].body


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_that_a_sample_says_is_lost(sample: str) -> None:
    raw = (GOLDEN / sample).read_bytes()
    body = decode_body(KINDS[kind_of(sample)], raw)
    kept = msgspec.to_builtins(body)
    for name, said in msgspec.json.decode(raw).items():
        assert same(kept[name], said), name


def same(kept: object, said: object) -> bool:
    """Whether two values mean the same, an instant in whatever zone it is spelled."""
    if isinstance(kept, dict) and isinstance(said, dict):
        return all(same(kept.get(name), value) for name, value in said.items())
    if isinstance(kept, list | tuple) and isinstance(said, list):
        return len(kept) == len(said) and all(map(same, kept, said))
    return kept == said


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_sample(kind: str) -> None:
    assert kind in {kind_of(sample) for sample in SAMPLES}, (
        f"put the body of one {kind} into {GOLDEN.name}/{kind}.json; it is kept for ever"
    )


def test_every_sample_is_of_a_kind() -> None:
    gone = [sample for sample in SAMPLES if kind_of(sample) not in KINDS]
    assert not gone, f"facts of these kinds stand in ledgers and must stay readable: {gone}"
