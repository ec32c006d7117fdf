"""Money at the cashier's screen beside sales to members: stored value that is bought, sales without a card."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from loyalty.db.session import open_engine, write
from loyalty.db.shop_settings import put as put_setting
from tests.browser.axe import barriers
from tests.browser.counter_pages import browser, cashier
from tests.browser.screens import shows, type_by_hand
from tests.journeys.programs import until
from tests.journeys.rewards import RewardWorld, shop, world

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NO_WINDOW = "() => !document.querySelector('dialog[open]')"
"""A window closes with its own answer, which may come after the news that says the same."""
__all__ = ["browser", "cashier", "shop", "world"]


def test_a_top_up_takes_two_keys_pays_the_next_sale_and_another_one_is_undone(
    cashier: Page, world: RewardWorld
) -> None:
    world.tap(world.people[0])
    until("what is sold", 30, lambda: world.state()["topups"]["wallets"] == ["purse"])
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("Home")
    shows(cashier, "#topup-dialog", "Pay $100.00")
    assert barriers(cashier) == []
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "$100.00 topped up for $100.00")
    shows(cashier, "#member .purses", "purse: $100.00")
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("Home")
    cashier.wait_for_selector("#topup-dialog[open] input")
    cashier.keyboard.press("ArrowDown")
    cashier.keyboard.press("ArrowDown")
    type_by_hand(cashier, "40")
    cashier.keyboard.press("Enter")
    shows(cashier, "#member .purses", "purse: $140.00")
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("F4")
    shows(cashier, "#sales-dialog .sale-row", "$40.00")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "Top-up taken back: $40.00")
    shows(cashier, "#member .purses", "purse: $100.00")
    type_by_hand(cashier, "60")
    cashier.keyboard.press("F6")
    shows(cashier, "#quote .due", "$0.00")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "60 points")
    shows(cashier, "#member .purses", "purse: $40.00")


def test_a_pass_is_sold_and_a_visit_takes_two_keys_and_two_take_it_back(cashier: Page, world: RewardWorld) -> None:
    world.tap(world.people[0])
    until("what is sold", 30, lambda: world.state()["topups"]["passes"] == ["visits"])
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("Home")
    shows(cashier, "#topup-dialog", "+10 visits")
    cashier.click("#topup-dialog button:has-text('ten visits')")
    shows(cashier, "#member .purses", "visits: 10")
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("End")
    shows(cashier, "#pieces-dialog", "Take a visit: visits")
    assert barriers(cashier) == []
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "Visit taken: visits −1")
    shows(cashier, "#member .purses", "visits: 9")
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("F4")
    shows(cashier, "#sales-dialog .sale-row", "−1 visits")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "Taken back: visits")
    shows(cashier, "#member .purses", "visits: 10")
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("End")
    shows(cashier, "#pieces-dialog", "Give a stamp by hand: stamps")
    cashier.click("[data-stamp=stamps]")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "Stamp given: stamps +1")


def test_a_gift_card_is_sold_pays_a_sale_of_nobody_and_a_members_and_takes_the_refund(
    cashier: Page, world: RewardWorld
) -> None:
    until("gift cards are sold", 30, lambda: world.state()["topups"]["gifts"])

    def scan(code: str) -> None:
        cashier.wait_for_function(NO_WINDOW)
        cashier.keyboard.press("PageDown")
        cashier.wait_for_selector("#gift-dialog[open]")
        cashier.fill("#gift-dialog input", code)
        cashier.keyboard.press("Enter")

    scan("GC-4711")
    shows(cashier, "#gift-dialog", "Not a gift card yet")
    assert barriers(cashier) == []
    type_by_hand(cashier, "100")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "Gift card …4711 sold for $100.00")
    type_by_hand(cashier, "30")
    scan("GC-4711")
    shows(cashier, "#gift-dialog", "Pay $30.00 with it")
    assert barriers(cashier) == []
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "$30.00 paid by gift card …4711")
    assert cashier.input_value("#amount") == "0"
    world.tap(world.people[0])
    type_by_hand(cashier, "90")
    scan("GC-4711")
    shows(cashier, "#gift-dialog", "Pay $70.00 with it")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "To pay: $20.00")
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("F4")
    shows(cashier, "#sales-dialog .sale-row", "paid by gift card")
    cashier.click("#sales-dialog [data-act=undo] >> nth=0")
    shows(cashier, "#result.ok", "$70.00 back on gift card …4711")
    scan("GC-4711")
    shows(cashier, "#gift-dialog", "$70.00")
    cashier.keyboard.press("Escape")


def test_who_has_no_card_gets_a_code_on_the_receipt_and_the_last_sales_say_so(
    cashier: Page, world: RewardWorld
) -> None:
    engine = open_engine(f"sqlite:///{world.data_dir / 'loyalty.sqlite'}")
    with write(engine) as session:
        put_setting(session, "portal", True, datetime.now(UTC))
        put_setting(session, "portal_address", "https://club.example", datetime.now(UTC))
    engine.dispose()
    until("codes are offered", 60, lambda: world.state()["claims"])
    cashier.reload()
    cashier.wait_for_selector("html[data-ready]")
    type_by_hand(cashier, "35")
    shows(cashier, "#claim", "No card: receipt with a code")
    assert barriers(cashier) == []
    cashier.click("#claim")
    shows(cashier, "#result.ok", "The receipt carries a code that brings the points")
    shows(cashier, "#last", "no card")
    assert cashier.input_value("#amount") == "0" and not cashier.is_visible("#claim")
    cashier.wait_for_function(NO_WINDOW)
    cashier.keyboard.press("F4")
    shows(cashier, "#sales-dialog .sale-row", "code on receipt")
    assert "unknown card" not in cashier.inner_text("#sales-dialog")
    cashier.keyboard.press("Escape")
    world.tap(world.people[0])
    type_by_hand(cashier, "5")
    assert not cashier.is_visible("#claim")  # with a member there is no need
