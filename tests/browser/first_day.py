"""The first day of a shop owner, as docs/first-day.md tells it: one function for each heading, each on a real page.

The test walks it, and keeps a picture at each `snap` for that page when it is asked to.
"""

import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys.programs import LOYALTY, Program, call, free_port, until

Snap = Callable[[str, Page], object]
EMAIL, PASSWORD = "ada@teacorner.example", "a kettle on the hob"
NUMBER = re.compile(r"\b[0-9]{8,}\b")


@dataclass
class Day:
    """One machine with a server and, later, a counter; the owner's browser."""

    folder: Path
    browser: Browser
    snap: Snap
    server: Program
    url: str
    counter: Program | None = None
    counter_url: str = ""

    def owner(self) -> Page:
        """A browser window of the owner's."""
        return self.browser.new_context(base_url=self.url, viewport={"width": 1280, "height": 800}).new_page()

    def stop(self) -> None:
        if self.counter is not None:
            self.counter.stop()
        self.server.stop()


def open_up(folder: Path, browser: Browser, snap: Snap) -> Day:
    """A server that has never run before."""
    url = f"http://127.0.0.1:{free_port()}"
    arguments = ["serve", "--bind", url.removeprefix("http://"), "--data-dir", str(folder / "server")]
    server = Program("the server", arguments, folder / "server.log", url + "/readyz")
    server.start()
    return Day(folder, browser, snap, server, url)


def become_administrator(day: Day, page: Page) -> None:
    code = until("the code is on the terminal", 30, lambda: re.search(r"once: (\S+)", day.server.log()))[1]
    page.goto("/")
    expect(page).to_have_url(re.compile("/setup$"))
    page.fill("#code", code)
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    day.snap("1-code", page)
    page.get_by_role("button", name="Become the administrator").click()
    expect(page.locator("h1")).to_have_text("The shop")


def set_up(day: Day, page: Page) -> str:
    """The six steps; the command that lets the first counter in."""
    page.fill("#shop_name", "Tea Corner")
    day.snap("2-shop", page)
    page.get_by_role("button", name="Save and go on").click()
    page.locator("input[name=start][value=levels]").check()
    day.snap("3-programme", page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and go on").click()  # the check digit that is proposed
    page.get_by_role("button", name="Make a code").click()
    command = page.locator(".shown-once").inner_text()
    day.snap("4-counter", page)
    page.get_by_role("link", name="Next").click()
    page.get_by_role("button", name="Save and go on").click()  # every night at three
    day.snap("5-ready", page)
    page.get_by_role("link", name="To the back office").click()
    expect(page.locator("h1")).to_be_visible()
    return command


def change_the_programme(day: Day, page: Page) -> None:
    """Silver from 1,500 instead of 2,000, looked at and put in force."""
    page.goto("/programme")
    page.get_by_role("link", name="Change the programme").click()
    page.get_by_role("button", name=re.compile("^New draft from version")).click()
    page.get_by_role("link", name="Levels", exact=True).click()
    page.get_by_role("link", name="Change Silver").click()
    page.fill("#v-from", "1500")
    expect(page.locator("#look .said-big")).to_contain_text("HK$1,500")
    day.snap("6-level", page)
    page.locator("button[value=save]").click()
    page.get_by_role("link", name="Put in force").click()
    page.get_by_role("button", name=re.compile("^Put it in force")).click()
    expect(page.locator(".notice.ok")).to_contain_text("is in force")
    day.snap("7-in-force", page)


def first_member(day: Day, page: Page) -> str:
    """Her number, which stands on her card."""
    page.goto("/members/new")
    page.fill("#name", "Chan Siu Ming")
    page.fill("#phone", "6123 4567")
    page.select_option("#card_kind", "barcode")
    page.fill("#card", "CARD-0001")
    day.snap("8-new-member", page)
    page.locator("button.primary").click()
    expect(page.locator("h1")).to_have_text("Chan Siu Ming")
    day.snap("9-member", page)
    return page.url.rpartition("/")[2]


def let_the_counter_in(day: Day, command: str) -> None:
    """The command as it stood on the page, then the counter's program."""
    words = shlex.split(command)
    assert words[0] == "loyalty"
    done = subprocess.run([*LOYALTY, *words[1:]], cwd=day.folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    settings = (day.folder / "counter.toml").read_text("utf-8")
    assert 'shop = "Tea Corner"' in settings and 'currency = "HKD"' in settings
    day.counter_url = f"http://127.0.0.1:{free_port()}"
    arguments = ["counter", "--config", str(day.folder / "counter.toml"), "--bind", day.counter_url[7:]]
    day.counter = Program("the counter", arguments, day.folder / "counter.log", day.counter_url + "/state")
    day.counter.start()
    until("the counter is let in", 30, lambda: call("GET", day.counter_url + "/state")[1]["online"])


def first_sale(day: Day) -> None:
    """The member is found by name; with a scanner or a reader the card does that."""
    till = day.browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    till.goto(day.counter_url)
    till.wait_for_selector("html[data-ready]")
    till.keyboard.press("F2")
    till.locator("#find-dialog input").fill("Chan")
    till.locator("#find-dialog button", has_text="Ch").first.click()
    till.locator("#member .person").wait_for()
    till.keyboard.type("128.50", delay=90)
    expect(till.locator("#quote")).to_contain_text("128")
    day.snap("10-amount", till)
    till.keyboard.press("Enter")
    expect(till.locator("#result.ok")).to_be_visible()
    day.snap("11-booked", till)
    till.context.close()


def in_the_evening(day: Day, page: Page, member: str) -> None:
    """What came in, why, and a backup that can be brought back."""
    page.goto("/home")
    day.snap("12-home", page)
    page.goto(f"/members/{member}")
    expect(page.locator(".event").first).to_contain_text("128.50")
    page.locator("details.points > summary").first.click()
    page.locator(".why").first.wait_for()
    day.snap("13-why", page)
    page.goto("/reports/sales")
    expect(page.locator("main")).to_contain_text("128.50")
    day.snap("14-report", page)
    page.goto("/backup")
    page.get_by_role("button", name="Back up now").click()
    expect(page.locator("main")).to_contain_text("Backup", timeout=60_000)
    until("the backup lies there", 60, lambda: _kept(page))
    day.snap("15-backup", page)


def _kept(page: Page) -> bool:
    page.goto("/backup")
    return page.get_by_role("button", name=re.compile("^Try to restore")).count() > 0


def whole_day(folder: Path, browser: Browser, snap: Snap) -> None:
    """From nothing to the evening."""
    day = open_up(folder, browser, snap)
    try:
        page = day.owner()
        become_administrator(day, page)
        command = set_up(day, page)
        change_the_programme(day, page)
        member = first_member(day, page)
        let_the_counter_in(day, command)
        first_sale(day)
        in_the_evening(day, page, member)
        page.context.close()
    finally:
        day.stop()
