"""What members do for themselves at the kiosk, and how a technician gets out: a real browser, the real programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from loyalty.counter.staff import hash_pin
from tests.browser.axe import barriers
from tests.browser.counter_pages import browser, kiosk, world
from tests.browser.kiosk_pages import take, tap, with_points
from tests.browser.screens import CASHIER, KIOSK, opened, shows
from tests.journeys.programs import call, until
from tests.journeys.world import Person, World, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "kiosk", "world"]

LANDSCAPE = (1280, 800)
TECHNICIAN = "2580"


class Shop(World):
    def _settings(self, key: str) -> str:
        staff = f'[[counter.staff]]\nid = "t"\nname = "T"\nsupervisor = true\npin_hash = "{hash_pin(TECHNICIAN)}"\n'
        return super()._settings(key) + staff


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(Shop(tmp_path_factory.mktemp("shop"), shared)) as shop:
        yield shop


def type_pin(page: Page, pin: str) -> None:
    """By touch."""
    for key in (*pin, "ok"):
        page.click(f'#pad [data-pin="{key}"]')


def with_pin(world: World) -> Person:
    """陳大文, whose cashier has set the PIN 4711."""
    chan = with_points(world)
    world.tap(chan)
    assert call("PUT", world.url + "/member/pin", {"pin": "1234"})[0] == 422
    assert call("PUT", world.url + "/member/pin", {"pin": "4711"})[0] == 200
    call("DELETE", world.url + "/member")
    call("DELETE", world.url + "/kiosk/member")
    return chan


def test_purchases_come_after_the_pin_and_leave_with_the_card(kiosk: Page, world: World) -> None:
    tap(kiosk, world, with_pin(world))
    kiosk.click('[data-tile="history"]')
    shows(kiosk, "#pad", "請輸入您的密碼")
    assert barriers(kiosk) == []
    type_pin(kiosk, "4712")
    shows(kiosk, "#pad .alarm", "還可以試 4 次")
    assert "1,740.00" not in kiosk.content()
    kiosk.keyboard.type("4711")
    kiosk.keyboard.press("Enter")
    shows(kiosk, "#purchases", "$1,740.00")
    assert barriers(kiosk) == []
    take(kiosk, world)
    assert "1,740.00" not in kiosk.content()
    assert call("POST", world.url + "/kiosk/history", {"pin": "4711"})[0] == 404


def test_the_cashier_lets_the_member_choose_a_pin(browser: Browser, world: World) -> None:
    chan = with_points(world)
    with opened(browser, world.url + "/", CASHIER) as page:
        world.tap(chan)
        shows(page, "#member", "陳")
        for first, second, after in (("2468", "2469", "were not the same"), ("1111", "1111", ""), ("2468", "2468", "")):
            page.click("#pin-button")
            for pin, title in ((first, "new PIN"), (second, "Once more")):
                shows(page, "#staff-dialog h2", title)
                page.fill("#staff-dialog input", pin)
                page.click("#staff-dialog .primary")
            if first != second or first == "1111":
                shows(page, "#staff-dialog .alarm", after or "Too easy")
                page.keyboard.press("Escape")
        page.wait_for_selector("#staff-dialog", state="hidden")
    body = {"pin": "2468"}
    assert world.api("POST", f"/members/{chan.id}/pin:try", body)[1]["status"] == "ok"


def test_an_open_pin_pad_goes_with_the_card(kiosk: Page, world: World) -> None:
    tap(kiosk, world, with_pin(world))
    kiosk.click('[data-tile="history"]')
    kiosk.wait_for_selector("#pad[open]")
    kiosk.keyboard.type("47")
    take(kiosk, world)
    assert not kiosk.is_visible("#pad")


@pytest.mark.slow
def test_without_a_pin_or_without_the_server_it_says_so(kiosk: Page, world: World) -> None:
    tap(kiosk, world, with_points(world))
    kiosk.click('[data-tile="history"]')
    type_pin(kiosk, "4711")
    shows(kiosk, "#pad .alarm", "您尚未設定密碼")
    world.server.kill()
    type_pin(kiosk, "4711")
    shows(kiosk, "#pad .alarm", "暫時不能查看")
    kiosk.click("#pad .away")
    shows(kiosk, "#offline", "暫時未能連接商店系統")
    assert barriers(kiosk) == []
    world.server.start()
    kiosk.wait_for_selector("#offline", state="hidden", timeout=60_000)


@pytest.mark.slow
def test_my_card_is_printed_again_and_not_over_and_over(kiosk: Page, world: World) -> None:
    chan = with_points(world)
    world.all_sent()
    for job in world.jobs("face"):
        call("POST", f"{world.url}/print-jobs/{job['id']}:drop")
    tap(kiosk, world, chan)
    kiosk.click('[data-tile="card"]')
    kiosk.click("#print")
    shows(kiosk, ".said", "請將會員卡放入打印機")
    take(kiosk, world)
    [job] = until("the card is asked for", 20, lambda: world.jobs("face"))
    assert (job["state"], job["now"]) == ("waiting_for_card", True)
    world.gadgets["cards"].put(chan)
    until("it is printed", 60, lambda: not world.jobs("face"))
    tap(kiosk, world, chan)
    kiosk.click('[data-tile="card"]')
    kiosk.click("#print")
    shows(kiosk, ".said", "剛剛列印過")


def test_only_a_technician_leaves(kiosk: Page, world: World) -> None:
    kiosk.keyboard.press("Control+Shift+L")
    shows(kiosk, "#pad", "For technicians")
    type_pin(kiosk, "0000")
    shows(kiosk, "#pad .alarm", "Nobody who may leave")
    kiosk.click("#pad .away")
    shop = kiosk.locator("#shop").bounding_box()
    assert shop
    kiosk.mouse.move(shop["x"] + 5, shop["y"] + 5)
    kiosk.mouse.down()
    kiosk.clock.run_for(3_100)
    kiosk.mouse.up()
    shows(kiosk, "#pad", "For technicians")
    type_pin(kiosk, TECHNICIAN)
    kiosk.wait_for_url("**/bench")


def test_back_ends_the_visit(kiosk: Page, world: World) -> None:
    tap(kiosk, world, with_points(world))
    kiosk.evaluate("history.back()")
    kiosk.wait_for_selector(".attract")
    assert kiosk.url.endswith("/kiosk")
    assert "陳" not in kiosk.content()


@pytest.mark.slow
def test_lying_down_everything_fits_and_nothing_covers_another(browser: Browser, world: World) -> None:
    with opened(browser, world.url + "/kiosk", LANDSCAPE) as kiosk:
        for step in ("attract", "rewards", "card"):
            if step == "rewards":
                tap(kiosk, world, with_points(world))
            elif step == "card":
                kiosk.click('[data-tile="card"]')
                kiosk.wait_for_selector("#print")
            over = kiosk.evaluate(
                "() => { const foot = document.querySelector('footer').getBoundingClientRect();"
                " const stage = document.querySelector('#stage > *').getBoundingClientRect();"
                " return [stage.bottom - foot.top, foot.bottom - innerHeight, scrollY]; }"
            )
            assert max(over) <= 0, (step, over)
        assert barriers(kiosk) == []


@pytest.mark.slow
def test_who_wants_no_motion_sees_none(browser: Browser, world: World) -> None:
    with opened(browser, world.url + "/kiosk", KIOSK) as kiosk:
        moving = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
        assert kiosk.evaluate(moving) > 0
        kiosk.emulate_media(reduced_motion="reduce")
        assert kiosk.evaluate(moving) == 0
