"""The cashier's screen in a real browser: keyboard only, scanner only, mouse only."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page

from loyalty.db.session import open_engine, write
from loyalty.members.tables import Member
from loyalty.messages.post import send
from tests.browser.axe import barriers
from tests.browser.counter_pages import browser, cashier, shop, world
from tests.browser.screens import CASHIER, opened, scan_by_keyboard, shows, type_by_hand
from tests.journeys.programs import until
from tests.journeys.world import Person, World
from tests.messages.post_office import a_template

pytestmark = pytest.mark.browser
__all__ = ["browser", "cashier", "shop", "world"]


def test_a_sale_with_the_keyboard_only(cashier: Page, world: World) -> None:
    chan = world.people[0]
    shows(cashier, "#member h1", "Scan or tap a card")
    world.gadgets["reader"].put(chan)
    shows(cashier, "#member .person", "陳＊文")
    type_by_hand(cashier, "880.00")
    shows(cashier, "#member .after", "+880 points after this sale")
    shows(cashier, "#book", "Book $880.00")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "880 points earned on $880.00")
    shows(cashier, "#result", "New level!")
    shows(cashier, "#member .big", "880 points")
    shows(cashier, "#card .stage", "Put the card into the printer")
    assert world.balance(chan) == 880
    assert cashier.input_value("#amount") == "0"
    world.gadgets["cards"].put(chan)
    shows(cashier, "#card .stage, #status .unit", "ake the card")


@pytest.mark.slow
def test_the_result_stands_for_four_seconds_or_until_the_next_digit(cashier: Page, world: World) -> None:
    world.tap(world.people[0])
    type_by_hand(cashier, "10")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "10 points")
    cashier.clock.fast_forward(1500)  # the page goes on ageing by itself meanwhile
    assert cashier.is_visible("#result")
    cashier.clock.fast_forward(3000)
    assert not cashier.is_visible("#result")
    type_by_hand(cashier, "12")
    shows(cashier, "#amount-hint", "A second sale for 陳＊文")


def test_a_scan_while_an_amount_is_typed_leaves_the_amount_alone(cashier: Page, world: World) -> None:
    peter = world.people[1]
    type_by_hand(cashier, "120")
    scan_by_keyboard(cashier, peter.number)
    shows(cashier, "#member .person", "Pe** C.")
    assert cashier.input_value("#amount") == "120"
    assert world.balance(peter) == 0
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "120 points")


@pytest.mark.slow
def test_a_hand_that_types_many_digits_is_no_scanner(cashier: Page, world: World) -> None:
    world.tap(world.people[0])
    shows(cashier, "#member .person", "陳＊文")
    type_by_hand(cashier, "12345678")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "12,345,678")


def a_hint(world: World, person: Person, text: str) -> None:
    """Somebody has written what the cashier is to say to this member."""
    engine = open_engine(f"sqlite:///{world.data_dir / 'loyalty.sqlite'}")
    with write(engine) as session:
        words = a_template(session, f"{text} {world.story}", "hint", texts={"en": {"body": text}})
        send(session, session.get_one(Member, person.id), "c", words, {}, datetime.now(UTC), by="ada")
    engine.dispose()


def test_without_a_member_the_sale_waits_for_the_card_which_brings_a_hint(cashier: Page, world: World) -> None:
    a_hint(world, world.people[0], "The new tea is here")
    type_by_hand(cashier, "15")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.error", "Scan or tap a card first")
    world.gadgets["reader"].put(world.people[0])
    shows(cashier, "#member .person", "陳＊文")
    assert cashier.input_value("#amount") == "15"
    shows(cashier, "#member .hints", "The new tea is here")
    cashier.click("#member [data-hint]")
    cashier.locator("#member .hints").wait_for(state="detached")
    hints = f"/counters/till-1/hints?member={world.people[0].id}"
    until("the hint counts as said", 10, lambda: world.api("GET", hints)[1]["hints"] == [])
    assert cashier.input_value("#amount") == "15"


@pytest.mark.parametrize(("key", "owner"), [("Escape", 0), ("F9", 1)])
def test_a_second_card_asks_whose_sale_it_is(cashier: Page, world: World, key: str, owner: int) -> None:
    world.tap(world.people[0])
    shows(cashier, "#member .person", "陳＊文")
    type_by_hand(cashier, "30")
    until("the amount at the counter", 3, lambda: (world.state()["sale"] or {}).get("amount") == "30.00")
    world.gadgets["reader"].put(world.people[1])
    shows(cashier, "#question-dialog", "Whose sale is this?")
    cashier.keyboard.press(key)
    cashier.wait_for_selector("#question-dialog", state="hidden")
    until("the sale is its owner's", 10, lambda: (world.state()["member"] or {}).get("id") == world.people[owner].id)
    shows(cashier, "#member .person", ("陳＊文", "P")[owner])
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "30 points")
    assert [world.balance(person) for person in world.people[:2]] == [30 if n == owner else 0 for n in (0, 1)]


def test_offline_the_cashier_is_told_that_it_will_be_credited(cashier: Page, world: World) -> None:
    world.tap(world.people[0])
    shows(cashier, "#member .person", "陳＊文")
    world.cable.cut()
    type_by_hand(cashier, "40")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.pending", "$40.00 stored here")
    shows(cashier, "#result.pending", "Will be credited")
    shows(cashier, "#link", "1 waiting")
    world.cable.mend()
    shows(cashier, "#result.ok", "40 points")
    shows(cashier, "#link", "Server connected")


def test_find_by_name_and_undo_with_the_keyboard_only(cashier: Page, world: World) -> None:
    peter = world.people[1]
    cashier.keyboard.press("F2")
    type_by_hand(cashier, peter.number)
    cashier.clock.run_for(500)
    shows(cashier, "#find-dialog button", "Pe** C.")
    cashier.keyboard.press("Enter")
    shows(cashier, "#member .person", "Pe** C.")
    type_by_hand(cashier, "70")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "70 points")
    cashier.keyboard.press("F4")
    shows(cashier, "#sales-dialog .sale-row", "$70.00")
    cashier.locator("#sales-dialog [data-undo]").first.focus()
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "Sale taken back")
    assert world.balance(peter) == 0


@pytest.mark.slow
def test_a_sale_with_the_mouse_only(cashier: Page, world: World) -> None:
    world.tap(world.people[0])
    shows(cashier, "#member .person", "陳＊文")
    for key in ("1", "2", ".", "5", "0"):
        cashier.click(f'[data-pad="{key}"]')
    assert cashier.input_value("#amount") == "12.50"
    cashier.click("#book")
    shows(cashier, "#result.ok", "12 points earned on $12.50")
    cashier.click('[data-pad="7"]')
    cashier.keyboard.press("Enter")  # means the sale, not the button that was pressed last
    shows(cashier, "#result.ok", "7 points earned on $7.00")
    cashier.click("#member .detach")
    shows(cashier, "#member h1", "Scan or tap a card")


def test_a_sale_by_touch_only_from_a_new_card_to_the_booked_discount(browser: Browser, world: World) -> None:
    world.api("POST", "/card-batches", {"name": "Box", "kind": "barcode", "tokens": ["LC000077"]})
    with opened(browser, world.url + "/", CASHIER, touch=True) as screen:
        screen.locator("#status [data-key=find]").tap()
        screen.locator("#find-dialog input").fill(world.people[0].number)
        screen.clock.run_for(500)
        screen.locator("#find-dialog .rows button").tap()
        shows(screen, "#member .person", "陳＊文")
        world.gadgets["scanner"].scan("LC000077")
        screen.locator("#member [data-card=give]").tap()
        screen.locator("#member .new-card").wait_for(state="detached")
        for key in ("8", "0"):
            screen.locator(f'[data-pad="{key}"]').tap()
        shows(screen, "#book", "Book $80.00")
        screen.locator("[data-key=codes]").tap()
        screen.locator("#codes-dialog .small-choices button", has_text="10%").tap()
        shows(screen, "#codes-dialog .due", "$72.00")
        assert barriers(screen) == []
        screen.locator("#codes-dialog .primary").tap()
        screen.locator("#book").tap()
        shows(screen, "#result.ok", "72 points earned on $72.00")
        screen.locator("#member .detach").tap()
        shows(screen, "#member h1", "Scan or tap a card")
    found = world.api("POST", "/members:lookup", {"token": "LC000077", "kind": "barcode"})[1]
    assert (found["id"], world.balance(world.people[0])) == (world.people[0].id, 72)


@pytest.mark.slow
def test_nothing_scrolls_during_a_sale(cashier: Page, world: World) -> None:
    world.tap(world.people[0])
    for language in ("en", "zh-Hant", "zh-Hans"):
        cashier.click(f'#languages [lang="{language}"]')
        cashier.wait_for_selector(f'html[lang="{language}"]')
        type_by_hand(cashier, "5")
        over = cashier.evaluate(
            "() => [document.scrollingElement, ...document.querySelectorAll('.panel, .status')]"
            ".filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)"
            ".map(e => e.id || e.className)"
        )
        assert over == [], language


def test_the_screen_speaks_three_languages(cashier: Page, world: World) -> None:
    for language, text in (("zh-Hant", "請掃描或感應會員卡"), ("zh-Hans", "请扫描或感应会员卡"), ("en", "Scan or tap")):
        cashier.click(f'#languages [lang="{language}"]')
        shows(cashier, "#member h1", text)
        assert cashier.get_attribute("html", "lang") == language


@pytest.mark.slow
def test_devices_in_trouble_stand_in_the_status_bar_in_words(cashier: Page, world: World) -> None:
    world.gadgets["cards"].fault("cover_open")
    shows(cashier, "#status .needs_person", "Card printer: close the cover")
    world.gadgets["reader"].fault("cut")
    shows(cashier, "#status .offline", "Reader:")
