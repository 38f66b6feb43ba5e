"""What several storms ask for."""

import os
import random
from collections.abc import Iterator

import pytest


@pytest.fixture
def chance() -> Iterator[random.Random]:
    """Dice whose seed is printed, so that a storm can be had again."""
    seed = int(os.environ.get("TONGXIN_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
    print(f"TONGXIN_SEED={seed}")
    yield random.Random(seed)
