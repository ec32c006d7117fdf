"""Cards and codes on the cashier's screen: a newcomer with a card of the stock, a lost card, a coupon, a discount."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import barriers
from tests.browser.counter_pages import browser, cashier, shop, world
from tests.browser.screens import scan_by_keyboard, shows, type_by_hand
from tests.journeys.programs import call, until
from tests.journeys.world import World

pytestmark = pytest.mark.browser
__all__ = ["browser", "cashier", "shop", "world"]


def new_card(world: World, n: int) -> str:
    """One that lies in stock."""
    code = f"LC{world.story:04d}{n}"
    body = {"name": f"Box {code}", "kind": "barcode", "tokens": [code]}
    assert world.api("POST", "/card-batches", body)[0] == 201
    return code


@pytest.mark.slow
def test_a_newcomer_gets_a_card_in_three_fields_and_is_served(cashier: Page, world: World) -> None:
    code = new_card(world, 1)
    scan_by_keyboard(cashier, code)
    shows(cashier, "#member h1", f"Card …{code[-4:]} belongs to nobody yet")
    cashier.keyboard.press("F10")
    type_by_hand(cashier, "Ada Lam")
    cashier.keyboard.press("Enter")
    type_by_hand(cashier, "9123 456" + str(world.story % 10))
    cashier.keyboard.press("Enter")
    shows(cashier, "#member .person", "Ad** L.")
    type_by_hand(cashier, "25")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "25 points")
    status, found = world.api("POST", "/members:lookup", {"token": code, "kind": "barcode"})
    assert (status, found["name"], found["wallets"]["points"]["available"]) == (200, "Ada Lam", 25)


@pytest.mark.slow
def test_a_member_who_is_here_gets_a_card_and_a_lost_one_is_refused(cashier: Page, world: World) -> None:
    chan, code = world.people[0], new_card(world, 2)
    world.tap(chan)
    shows(cashier, "#member .person", "陳＊文")
    scan_by_keyboard(cashier, code)
    cashier.click('#member [data-card="give"]')
    until("the card to be given", 10, lambda: not world.state()["unclaimed"])
    cashier.click("#card [data-key=cards]")
    row = cashier.locator("#card-dialog .card-row", has_text=f"…{chan.uid[-4:]}")
    row.get_by_role("button", name="Report lost").click()
    row.locator(".tag.lost").wait_for()
    cashier.keyboard.press("Escape")
    other = new_card(world, 3)
    scan_by_keyboard(cashier, other)
    shows(cashier, "#member .new-card", other[-4:])
    cashier.keyboard.press("F10")
    row.get_by_role("button", name="Replace with").click()
    until("the new card to work", 10, lambda: world.api("POST", "/members:lookup", {"token": other})[0] == 200)
    refused = call("POST", world.url + "/identify", {"token": {"kind": "card_uid", "value": chan.uid}})
    assert refused[1]["code"] == "card_blocked"


@pytest.mark.slow
def test_a_discount_and_a_coupon_stand_in_the_price_before_it_is_booked(cashier: Page, world: World) -> None:
    world.tap(world.people[0])
    type_by_hand(cashier, "80")
    shows(cashier, "#book", "Book $80.00")
    cashier.keyboard.press("Insert")
    type_by_hand(cashier, "-2,5")
    cashier.keyboard.press("Enter")
    shows(cashier, "#codes-dialog .alarm", "is no discount: nothing was changed. A comma only separates thousands")
    cashier.keyboard.press("Control+a")
    type_by_hand(cashier, "10%")
    cashier.keyboard.press("Enter")
    shows(cashier, "#codes-dialog .due", "$72.00")
    type_by_hand(cashier, "SPRING")
    cashier.keyboard.press("Enter")
    shows(cashier, "#codes-dialog .codes", "SPRING")
    shows(cashier, "#codes-dialog .codes", "brings nothing here")
    cashier.keyboard.press("Enter")
    shows(cashier, "#book", "Book $72.00")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "72 points earned on $72.00")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_no_state_of_the_screen_has_a_barrier(cashier: Page, world: World, language: str) -> None:
    cashier.click(f'#languages [lang="{language}"]')
    cashier.wait_for_selector(f'html[lang="{language}"]')
    assert barriers(cashier) == []
    scan_by_keyboard(cashier, f"LCX{world.story:05d}")
    cashier.locator("#member [data-card=newcomer]").click()
    assert barriers(cashier) == [], "a newcomer"
    cashier.keyboard.press("Escape")
    world.tap(world.people[0])
    scan_by_keyboard(cashier, f"LCY{world.story:05d}")
    cashier.locator("#member [data-card=give]").wait_for()
    cashier.click("[data-key=cards]")
    cashier.locator("#card-dialog .card-row").first.wait_for()
    assert barriers(cashier) == [], "cards"
    cashier.keyboard.press("Escape")
    members = [world.people[1].id]
    body = {"name": "Staff", "members": members, "kind": "barcode", "counter": "till-1", "steps": ["face"]}
    id = world.api("POST", "/issue-jobs", body)[1]["id"]
    cashier.locator(".making").wait_for(timeout=60_000)
    world.cable.cut()
    cashier.locator("#rewards .flag").wait_for(timeout=60_000)
    assert barriers(cashier) == [], "cards are made, no server"
    world.cable.mend()
    world.api("POST", f"/issue-jobs/{id}:cancel")


@pytest.mark.slow
def test_the_other_sets_of_keys(cashier: Page, world: World) -> None:
    assert cashier.get_attribute("html", "data-keys") == "standard"
    for name, help, shown, find in (
        ("pospal", "?", "F9", "F9"), ("functions", "?", "F1", "F2"), ("numpad", "F1", "Num /", "NumpadDivide"),
    ):  # fmt: skip
        cashier.keyboard.press(help)
        cashier.click(f'#keys-dialog [data-set="{name}"]')
        shows(cashier, "#keys-dialog .cheats", shown)
        assert barriers(cashier) == [], name
        cashier.keyboard.press("Escape")
        cashier.keyboard.press(find)
        shows(cashier, "#find-dialog h2", "Find a member")
        cashier.keyboard.press("Escape")
    world.tap(world.people[0])
    shows(cashier, "#member .person", "陳＊文")
    type_by_hand(cashier, "30")
    until("the amount at the counter", 10, lambda: (world.state()["sale"] or {}).get("amount") == "30.00")
    world.gadgets["reader"].put(world.people[1])
    shows(cashier, "#question-dialog", "Num +")
    cashier.keyboard.press("NumpadAdd")
    shows(cashier, "#member .person", "Pe** C.")
    for left in ("3", "0"):
        cashier.keyboard.press("NumpadSubtract")
        assert cashier.input_value("#amount") == left
    cashier.keyboard.press("NumpadSubtract")
    shows(cashier, "#member h1", "Scan or tap a card")
