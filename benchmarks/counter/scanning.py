"""From the scanner's word to the member in the browser's picture, one card after the other."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from playwright.sync_api import Page, sync_playwright

from requirements.parts import chromium

PAUSE_S = 0.25
LOOK_EVERY_S, LONGEST_S = 0.02, 10.0
_WATCH = """
window.painted = {};
new MutationObserver(() => {
  const numbers = [...document.querySelectorAll(".who .number")];
  const shown = numbers.flatMap((each) => each.textContent.match(/1\\d{8}/) ?? []);
  const fresh = !document.querySelector(".asof");
  for (const number of shown) {
    const names = fresh ? [number, number + " fresh"] : [number];
    for (const name of names) {
      if (window.painted[name] !== undefined) continue;
      window.painted[name] = null;
      requestAnimationFrame(() => setTimeout(() => {
        window.painted[name] = performance.timeOrigin + performance.now();
      }));
    }
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


@contextmanager
def screen(url: str) -> Iterator[Page]:
    """The cashier's screen in Debian's Chromium, noting when each member's number was painted."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=sandbox)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(url)
        page.wait_for_selector("html[data-ready]")
        page.evaluate(_WATCH)
        yield page
        browser.close()


def scans(page: Page, scanner: str, numbers: Iterable[int], fresh: bool = False) -> list[float]:
    """Milliseconds for each; `fresh`: until it is what the server says, not what the counter remembers."""
    return [_scan(page, scanner, f"{number}", " fresh" if fresh else "") for number in numbers]


def _scan(page: Page, scanner: str, number: str, mark: str) -> float:
    body = json.dumps({"data": number, "symbology": "CODE128"}).encode()
    ask = Request(f"{scanner}/scan", data=body, headers={"Content-Type": "application/json"})
    begun = time.time()
    with urlopen(ask, timeout=10) as answer:
        answer.read()
    while not (painted_ms := page.evaluate(f"window.painted['{number}{mark}']")):
        if time.time() - begun > LONGEST_S:
            raise SystemExit(f"{number} was scanned and did not appear")
        time.sleep(LOOK_EVERY_S)
    time.sleep(PAUSE_S)
    return float(painted_ms) - begun * 1000
