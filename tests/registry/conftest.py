"""What tests of the registry ask for."""

import pytest

from tests.registry.doors import Doors
from tests.town import Town


@pytest.fixture
def doors(town: Town) -> Doors:
    """Short ways to say what goes on at the doors of the town."""
    return Doors(town)
