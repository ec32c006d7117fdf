"""The small shop for the journeys: its programs start once for a row of files, its people are new for each story."""

from pathlib import Path

import pytest

from tests.journeys.world import World, running
from tests.neighbours import standing


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    found: World = standing.get("shop", lambda: running(World(tmp_path_factory.mktemp("shop"), shared)))
    return found


@pytest.fixture
def world(shop: World) -> World:
    shop.anew()
    return shop
