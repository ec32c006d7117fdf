"""A till that types its receipts into the cashier's page: a real browser on a counter whose server is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from loyalty.counter.parts import Parts, put_together
from loyalty.counter.screens.app import WebServer
from loyalty.counter.settings import CounterSettings
from loyalty.counter.tills.settings import TillSettings
from tests.browser.counter_pages import browser
from tests.browser.screens import CASHIER, opened, scan_by_keyboard, shows, type_by_hand
from tests.counter.till_pages import one
from tests.journeys.programs import free_port, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser"]


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    (tmp_path / "typist.toml").write_text(one("keyboard.md", "typist.toml"), "utf-8")
    till = TillSettings("typist", "keyboard", mapping=tmp_path / "typist.toml")
    nobody, mine = (f"127.0.0.1:{free_port()}" for _ in range(2))
    parts = put_together(
        CounterSettings(id="till-1", data_dir=tmp_path, server=f"http://{nobody}", bind=mine, tills=(till,))
    )
    server = WebServer(parts)
    parts.start()
    server.start()
    yield parts
    parts.stop()
    server.stop()


def test_what_the_till_types_is_booked_and_the_amount_stays(browser: Browser, parts: Parts) -> None:
    line = one("keyboard.md", "typed").strip()
    with opened(browser, f"http://{parts.settings.bind}/", CASHIER) as page:
        type_by_hand(page, "12.5")
        for _ in range(2):
            scan_by_keyboard(page, line)
        until("the receipt is stored", 20, lambda: parts.tills.booking.outbox.latest(5))
        [entry] = parts.tills.booking.outbox.latest(5)
        assert entry.id == "till-1:typist~R-000501"
        assert page.input_value("#amount") == "12.5"
        scan_by_keyboard(page, line.replace("88.00", "99.00"))
        shows(page, "#result", "typist")
