"""The small shop for the journeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    try:
        world.start()
        yield world
    finally:
        world.stop()
