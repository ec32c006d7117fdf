"""The kiosk in a real browser: the balance within a second, and nothing of a member once they are gone."""

import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from loyalty.campaigns.challenges import make_challenge
from loyalty.db.session import open_engine, write
from tests.browser.counter_pages import browser, kiosk, shop, world
from tests.browser.kiosk_pages import WATCH, take, tap, with_points
from tests.browser.screens import shows
from tests.journeys.programs import call
from tests.journeys.world import Person, World

pytestmark = pytest.mark.browser
__all__ = ["browser", "kiosk", "shop", "world"]


LANGUAGES = (("zh-Hans", "请将会员卡靠近读卡器"), ("zh-Hant", "請將會員卡靠近讀卡器"), ("en", "Hold your card"))
TRIES = 5
"""What is quick is quick on a busy machine too, only not each time: one of so many has to be."""


def test_a_tap_shows_the_balance_within_a_second(kiosk: Page, world: World) -> None:
    chan = with_points(world)
    took: list[float] = []
    while not took or (took[-1] >= 1 and len(took) < TRIES):
        take(kiosk, world)
        shows(kiosk, ".ask", "Hold your card to the reader")
        began = time.monotonic()
        tap(kiosk, world, chan)
        took.append(time.monotonic() - began)
    assert min(took) < 1, took
    assert kiosk.inner_text("#balance") == "1,740"
    size, top = kiosk.evaluate(
        "() => { const e = document.getElementById('balance');"
        " return [parseFloat(getComputedStyle(e).fontSize), e.getBoundingClientRect().bottom / innerHeight]; }"
    )
    assert size >= 72
    assert top < 0.34
    assert kiosk.get_attribute("html", "lang") == "zh-Hant"


def test_nothing_personal_but_the_masked_name(kiosk: Page, world: World) -> None:
    chan = with_points(world)
    engine = open_engine(f"sqlite:///{world.data_dir / 'loyalty.sqlite'}")
    with write(engine) as session:
        rule = {"fact": "purchases", "is": "at_least", "value": "10", "days": 90}
        make_challenge(session, "十次光臨", {"kind": "reach", "rules": {"rules": [rule]}}, "ada", datetime.now(UTC))
    engine.dispose()
    tap(kiosk, world, chan)
    shows(kiosk, ".badges", "1 / 10")
    kiosk.click('[data-tile="card"]')
    kiosk.wait_for_selector(".face img")
    kiosk.click('[data-tile="rewards"]')
    shows(kiosk, ".gifts", "Coffee")
    content = kiosk.content() + str(call("GET", world.url + "/kiosk/state")[1])
    assert "陳＊文" in content
    for secret in (chan.name, chan.number, chan.id, chan.uid):
        assert secret not in content


def test_the_card_taken_away_wipes_the_screen(kiosk: Page, world: World) -> None:
    chan, quick, slow = with_points(world), False, []
    while not quick and len(slow) < TRIES:
        tap(kiosk, world, chan)
        kiosk.evaluate(WATCH)
        began = time.monotonic()
        take(kiosk, world)
        took = time.monotonic() - began
        kiosk.wait_for_function("() => window.told !== null && window.wiped !== null")
        behind = kiosk.evaluate("() => window.wiped - window.told")
        quick = took < 1.2 and behind < 300
        slow += [] if quick else [(took, behind)]
    assert quick, slow
    assert "陳" not in kiosk.content()
    assert kiosk.get_attribute("html", "lang") == "en"


def test_after_twenty_seconds_it_asks_and_after_twenty_more_it_forgets(kiosk: Page, world: World) -> None:
    tap(kiosk, world, with_points(world))
    kiosk.clock.run_for(19_000)
    assert not kiosk.is_visible("#still")
    kiosk.clock.run_for(2_000)
    shows(kiosk, "#still", "您還在嗎")
    kiosk.click("#still .primary")
    assert not kiosk.is_visible("#still")
    kiosk.clock.run_for(21_000)
    assert kiosk.is_visible("#still")
    kiosk.clock.run_for(20_500)
    kiosk.wait_for_selector(".attract")
    assert call("GET", world.url + "/kiosk/state")[1]["member"] is None


def test_done_and_escape_leave_at_once(kiosk: Page, world: World) -> None:
    """Not as late as a kiosk that nobody touches forgets its member: after forty seconds."""
    chan, peter = with_points(world), world.people[1]
    tap(kiosk, world, chan)
    kiosk.click("#done")
    kiosk.wait_for_selector(".attract", timeout=8000)
    tap(kiosk, world, peter)
    kiosk.keyboard.press("Escape")
    kiosk.wait_for_selector(".attract", timeout=8000)


@pytest.mark.slow
def test_back_shows_nobody(kiosk: Page, world: World) -> None:
    tap(kiosk, world, with_points(world))
    kiosk.goto("about:blank")
    kiosk.go_back()
    kiosk.wait_for_selector("html[data-ready]")
    shows(kiosk, ".ask", "Hold your card to the reader")
    assert "陳" not in kiosk.content()


def test_an_unknown_card_is_told_where_help_is(kiosk: Page, world: World) -> None:
    stranger = Person("none", "Nobody", "0", "04FFEEDDCCBBAA")
    world.gadgets["reader"].put(stranger)
    shows(kiosk, ".sorry", "We do not know this card")
    shows(kiosk, ".sorry", "show the card at the counter")
    kiosk.clock.run_for(11_000)
    kiosk.wait_for_selector(".attract")


@pytest.mark.slow
def test_three_languages_on_large_buttons(kiosk: Page) -> None:
    for language, text in LANGUAGES:
        kiosk.click(f'#languages [lang="{language}"]')
        shows(kiosk, ".ask", text)
    sizes = kiosk.evaluate("() => [...document.querySelectorAll('button')].map(b => b.getBoundingClientRect().height)")
    assert min(sizes) >= 64
