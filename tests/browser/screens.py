"""Debian's Chromium on the counter's screens: pages that draw themselves, hands and scanners that type."""

import contextlib
import os
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect, sync_playwright

from requirements.parts import chromium

BY_HAND_MS = 90
PATIENT_MS = 30_000
"""What will come is waited for on a busy machine too."""
CASHIER, KIOSK = (1280, 800), (1080, 1920)


@contextlib.contextmanager
def browser_of_this_machine() -> Iterator[Browser]:
    """Nothing is downloaded."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=PATIENT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=sandbox)
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser: Browser, url: str, size: tuple[int, int], touch: bool = False) -> Iterator[Page]:
    """A page of its own that has drawn itself; an error in its script fails the test at the end."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB", has_touch=touch)
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install()
    page.goto(url)
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()
    assert errors == []


def type_by_hand(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=BY_HAND_MS)


def scan_by_keyboard(page: Page, code: str) -> None:
    """As a scanner set to keyboard emulation sends a code: no busy machine delays its keys, the page's clock stands."""
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 0.1)
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.clock.resume()


def shows(page: Page, selector: str, text: str, seconds: float = 30) -> None:
    """`text` stands in what `selector` names, within `seconds`."""
    page.locator(selector, has_text=text).first.wait_for(timeout=seconds * 1000)
