"""Fixtures of the counter's screens: a browser, and the small shop of the journeys behind it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.screens import CASHIER, KIOSK, browser_of_this_machine, opened
from tests.journeys.conftest import shop, world
from tests.journeys.world import World

__all__ = ["browser", "cashier", "kiosk", "shop", "world"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_of_this_machine() as browser:
        yield browser


@pytest.fixture
def cashier(browser: Browser, world: World) -> Iterator[Page]:
    with opened(browser, world.url + "/", CASHIER) as page:
        yield page


@pytest.fixture
def kiosk(browser: Browser, world: World) -> Iterator[Page]:
    with opened(browser, world.url + "/kiosk", KIOSK) as page:
        yield page
