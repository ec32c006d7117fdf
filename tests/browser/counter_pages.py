"""Fixtures of the counter's screens: a browser, and the small shop of the journeys behind it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.screens import CASHIER, KIOSK, browser_of_this_machine, opened
from tests.journeys.conftest import shop, world
from tests.journeys.world import World
from tests.neighbours import standing

__all__ = ["browser", "cashier", "kiosk", "shop", "world"]


@pytest.fixture(scope="module")
def browser() -> Browser:
    """One for a row of files; every person and every screen has a context of its own in it."""
    found: Browser = standing.get("browser", browser_of_this_machine)
    return found


@pytest.fixture
def cashier(browser: Browser, world: World) -> Iterator[Page]:
    with opened(browser, world.url + "/", CASHIER) as page:
        yield page


@pytest.fixture
def kiosk(browser: Browser, world: World) -> Iterator[Page]:
    with opened(browser, world.url + "/kiosk", KIOSK) as page:
        yield page
