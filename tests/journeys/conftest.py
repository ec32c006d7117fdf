"""The small shop for the journeys: its programs start once for each file, its people are new for each story."""

from collections.abc import Iterator

import pytest

from tests.journeys.world import World


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("shop"))
    try:
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture
def world(shop: World) -> World:
    shop.anew()
    return shop
