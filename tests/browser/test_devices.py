"""The devices' pages refresh by themselves and never move or take away what somebody is reading."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from loyalty.contract.fleet import StateTold
from loyalty.web.services import services
from tests.browser.office import Enter, Office, browser, office, person
from tests.web.telling_till import JAM, Till

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "office", "person"]
LIVE_MS = 30_000


def till(office: Office, id: str) -> Till:
    lent = services(office.app)
    return Till(lent.engine, lent.clock, id)


def test_a_trouble_appears_in_its_place_and_the_order_waits_for_the_reader(person: Enter, office: Office) -> None:
    first, second = till(office, "till-1"), till(office, "till-2")
    for counter in (first, second):
        counter.tells(counter.device(), counter.device("reader", "card_reader"))
    page = person("technician")
    page.goto("/devices")
    link = page.locator("#device-till-1-cards a")
    link.focus()
    first.tells(first.device(**JAM), first.device("reader", "card_reader"))
    second.tells(second.device("reader", "card_reader"), second.device(**JAM))
    expect(page.locator("#device-till-2-cards")).to_contain_text("A card is stuck", timeout=LIVE_MS)
    assert page.locator(".counter h2").all_text_contents() == ["till-1", "till-2"]
    expect(link).to_be_focused()
    assert "A card is stuck" not in page.locator("#device-till-1-cards").inner_text()  # it is being read
    link.blur()
    expect(page.locator("#device-till-1-cards")).to_contain_text("A card is stuck", timeout=LIVE_MS)
    first.tells(first.device(), first.device("reader", "card_reader"))
    expect(page.locator("#fleet-news")).to_be_visible()
    page.locator("#fleet-news a").click()
    expect(page.locator(".counter h2").first).to_have_text("till-2")
    page.locator("#device-till-2-cards a").click()
    page.locator("#ask-check").click()
    expect(page.locator("#device-errands")).to_contain_text("waits for the counter")
    now = services(office.app).clock()
    second.tells(second.device(), changes=[StateTold("cards", now - timedelta(hours=1), **JAM)])
    expect(page.locator("#device-now")).to_contain_text("Ready", timeout=LIVE_MS)
    expect(page.locator("#device-life")).to_contain_text("A card is stuck")
