"""Rewards on the cashier's screen in a real browser: by keyboard only, by touch only, in three languages."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import barriers
from tests.browser.counter_pages import browser
from tests.browser.screens import CASHIER, opened, shows, type_by_hand
from tests.journeys.programs import call, until
from tests.journeys.rewards import SUE, RewardWorld, shop, world
from tests.journeys.world import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "shop", "world"]


@pytest.fixture
def chan(world: RewardWorld) -> Person:
    """陳大文 with 1,000 points, whose card was tapped."""
    chan = world.rich()
    world.api("POST", "/topups", {"id": f"t-{chan.id}", "member": chan.id, "topup": "cash"})
    world.tap(chan)
    return chan


@pytest.fixture
def cashier(browser: Browser, world: RewardWorld) -> Iterator[Page]:
    with opened(browser, world.url + "/", CASHIER) as page:
        yield page


def test_a_sale_with_a_reward_takes_two_keys_besides_the_amount(
    chan: Person, cashier: Page, world: RewardWorld
) -> None:
    shows(cashier, "#amount-hint", "F8: $50 off")
    type_by_hand(cashier, "80")
    shows(cashier, "#quote .earns", "+80 points")
    shows(cashier, "#member .after", "+80 points after this sale")
    cashier.keyboard.press("F8")
    cashier.keyboard.press("Enter")  # at once: the sale waits until the points are set aside
    shows(cashier, "#result.ok", "30 points earned on $30.00")
    shows(cashier, "#result.ok", "500 points redeemed")
    world.comes_to(chan, 530)
    assert cashier.locator("#rewards .chosen").count() == 0


@pytest.mark.slow
def test_another_reward_with_the_arrow_and_none_with_the_key_again(
    chan: Person, cashier: Page, world: RewardWorld
) -> None:
    cashier.keyboard.press("F8")
    shows(cashier, "#rewards .chosen", "$50 off")
    cashier.keyboard.press("ArrowDown")
    shows(cashier, "#rewards .chosen", "$10 off")
    cashier.keyboard.press("ArrowDown")
    shows(cashier, "#rewards .chosen", "Coffee")
    shows(cashier, "#book", "Hand out Coffee")
    cashier.keyboard.press("F8")
    cashier.wait_for_selector("#rewards .chosen", state="detached")
    world.comes_to(chan, 1000)


@pytest.mark.slow
def test_a_reward_that_does_not_fit_the_sale_is_said_before_it_is_booked(chan: Person, cashier: Page) -> None:
    type_by_hand(cashier, "20")
    cashier.keyboard.press("F8")
    shows(cashier, "#amount-hint.alarm", "Not possible with this sale")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.error", "Not for this member or this sale")
    assert cashier.input_value("#amount") == "20"


@pytest.mark.slow
def test_the_whole_sale_by_touch_only(chan: Person, cashier: Page, world: RewardWorld) -> None:
    cashier.locator("#rewards .choice", has_text="Ticket").click()
    shows(cashier, "#rewards .chosen", "Ticket")
    cashier.click("#book")
    shows(cashier, "#result.ok", "Ticket: 50 points redeemed", 15)
    for key in "90":
        cashier.click(f'[data-pad="{key}"]')
    cashier.locator("#rewards .choice", has_text="減 HK$20").click()
    shows(cashier, "#quote .due", "$70.00")
    cashier.locator("#rewards .choice", has_text="Pay with purse").click()
    shows(cashier, "#quote .due", "$0.00")
    cashier.click("#book")
    shows(cashier, "#result.ok", "70 points earned on $70.00")
    world.comes_to(chan, 1020)


def test_a_slip_that_does_not_come_out_is_the_cashiers_decision(
    chan: Person, cashier: Page, world: RewardWorld
) -> None:
    world.gadgets["receipts"].fault("paper_end")
    world.device_says("receipts", "out_of_paper")
    cashier.locator("#rewards .choice", has_text="Coffee").click()
    shows(cashier, "#book", "Hand out Coffee")
    cashier.keyboard.press("Enter")
    shows(cashier, "#card .slip", "Put in a new roll. Then it is printed by itself")
    cashier.click('#card [data-act="back"]')
    cashier.wait_for_selector("#card .slip", state="detached")
    world.comes_to(chan, 1000)


def test_goods_come_back_in_parts_with_the_keyboard_only(chan: Person, cashier: Page, world: RewardWorld) -> None:
    type_by_hand(cashier, "80")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "80 points")
    cashier.keyboard.press("F4")
    cashier.locator("#sales-dialog [data-return]").first.focus()
    cashier.keyboard.press("Enter")
    shows(cashier, "#return-dialog", "$80.00 left")
    for typed, answer in (("7,5", "write 7.5"), ("81", "Only $80.00 of this sale is left")):
        cashier.fill("#return-dialog input", typed)
        cashier.keyboard.press("Enter")
        shows(cashier, "#return-dialog .alarm", answer)
    cashier.keyboard.press("Escape")
    cashier.keyboard.press("F4")
    cashier.locator("#sales-dialog .sale-row").first.wait_for()
    type_by_hand(cashier, "30")  # two keys beside the amount
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "$30.00 back to the customer")
    assert cashier.input_value("#amount") == "0"
    world.comes_to(chan, 1050)


@pytest.mark.slow
def test_the_code_of_a_receipt_brings_its_sale_with_what_is_left_of_each_line(
    chan: Person, cashier: Page, world: RewardWorld
) -> None:
    lines = [{"sku": "tea", "quantity": 3, "amount": "60"}, {"sku": "cup", "amount": "40"}]
    world.api("POST", "/purchases", {"id": f"till-2:{chan.id}", "member": chan.id, "lines": lines})
    world.gadgets["scanner"].scan(f"till-2:{chan.id}")
    shows(cashier, "#return-dialog", "$100.00 left", 10)
    cashier.click('#return-dialog [data-sku="tea"][data-by="1"]')
    cashier.click('#return-dialog [data-sku="tea"][data-by="1"]')
    cashier.click("#return-dialog .primary")
    shows(cashier, "#result.ok", "$40.00 back to the customer")
    world.comes_to(chan, 1060)


@pytest.mark.slow
def test_a_sale_booked_for_the_wrong_member_moves(chan: Person, cashier: Page, world: RewardWorld) -> None:
    type_by_hand(cashier, "70")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "70 points")
    cashier.keyboard.press("F4")
    cashier.locator("#sales-dialog [data-move]").first.click()
    shows(cashier, "#find-dialog", "Whose sale is it?")
    type_by_hand(cashier, world.people[1].number)
    cashier.clock.run_for(500)
    shows(cashier, "#find-dialog button", "Pe** C.")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "Now booked for Pe** C.")
    world.comes_to(chan, 1000)
    assert world.balance(world.people[1]) == Decimal(70)


@pytest.mark.slow
def test_offline_a_reward_within_the_limit_is_promised_and_one_beyond_is_one_sentence(
    chan: Person, cashier: Page, world: RewardWorld
) -> None:
    world.cable.cut()
    until("the counter to notice", 10, lambda: not world.state()["online"])
    type_by_hand(cashier, "60")
    shows(cashier, "#amount-hint", "the server confirms it later")
    cashier.keyboard.press("F8")
    shows(cashier, "#staff-dialog", "A supervisor allows it")
    type_by_hand(cashier, "2222")
    cashier.keyboard.press("Enter")
    shows(cashier, "#rewards .chosen", "$50 off")
    cashier.keyboard.press("F8")
    cashier.locator("#rewards .choice", has_text="$10 off").click()
    shows(cashier, "#rewards .chosen", "Within the limit")
    shows(cashier, "#quote .due", "$50.00")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.pending", "Will be credited")
    world.cable.mend()
    world.comes_to(chan, 930)


def test_staff_change_by_pin_without_losing_the_sale_and_a_supervisors_card_allows_more(
    chan: Person, cashier: Page, world: RewardWorld
) -> None:
    type_by_hand(cashier, "60")
    for key, name in (("1111", "Amy"), ("2222", "Sue"), ("STAFF-00042", "Amy")):  # a badge where a PIN is asked for
        cashier.keyboard.press("F3")
        type_by_hand(cashier, key)
        cashier.keyboard.press("Enter")
        shows(cashier, "#staff-button", name)
        cashier.wait_for_selector("#staff-dialog", state="hidden")
    assert cashier.input_value("#amount") == "60"
    cashier.keyboard.press("F3")
    for key in "9999":
        cashier.click(f'#staff-dialog [data-pin="{key}"]')
    cashier.click("#staff-dialog .primary")
    shows(cashier, "#staff-dialog [role=alert]", "Nobody here has this PIN")
    cashier.keyboard.press("Escape")
    world.cable.cut()
    until("the counter to notice", 10, lambda: not world.state()["online"])
    cashier.keyboard.press("F8")
    shows(cashier, "#staff-dialog", "A supervisor allows it")
    world.gadgets["reader"].put(SUE)
    shows(cashier, "#rewards .chosen", "$50 off")
    shows(cashier, "#staff-button", "Amy")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.pending", "Will be credited")
    world.cable.mend()
    world.comes_to(chan, 510)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("zh-Hant", "dark"), ("zh-Hans", "light")]
)  # fmt: skip
def test_no_barrier_and_nothing_scrolls_with_rewards(
    chan: Person, cashier: Page, world: RewardWorld, language: str, scheme: str
) -> None:
    cashier.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    cashier.click(f'#languages [lang="{language}"]')
    cashier.wait_for_selector(f'html[lang="{language}"]')
    type_by_hand(cashier, "80")
    cashier.keyboard.press("F8")
    cashier.locator("#rewards .choice", has_text="purse").click()
    cashier.locator("#rewards .chosen").nth(1).wait_for()
    cashier.locator("#quote .earns").wait_for()
    over = cashier.evaluate(
        "() => [document.scrollingElement, ...document.querySelectorAll('.panel, .status')]"
        ".filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)"
        ".map(e => e.id || e.className)"
    )
    assert over == []
    assert barriers(cashier) == []
    cashier.keyboard.press("Enter")
    cashier.locator("#result.ok").wait_for()
    cashier.keyboard.press("F4")
    cashier.locator("#sales-dialog [data-return]").first.click()
    cashier.locator("#return-dialog [data-all]").wait_for()
    assert barriers(cashier) == []
    cashier.keyboard.press("Escape")
    cashier.keyboard.press("?")
    assert barriers(cashier) == []
    call("DELETE", world.url + "/member")
