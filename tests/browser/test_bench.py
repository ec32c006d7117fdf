"""The technician's bench: self-test, trace, settings, support bundle; by hand and by keyboard."""

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import barriers
from tests.browser.counter_pages import browser, shop, world
from tests.browser.screens import opened, shows
from tests.journeys.world import World

__all__ = ["browser", "shop", "world"]
SIZE = (1440, 900)
TABS = ("thing", "test", "profile", "history")


@pytest.fixture
def bench(browser: Browser, world: World) -> Iterator[Page]:
    with opened(browser, world.url + "/bench", SIZE) as page:
        page.locator("#devices button").first.wait_for()
        yield page


def choose(page: Page, device: str, tab: str = "thing") -> None:
    """A list that is drawn anew between press and release takes no click: press again, as a person would."""
    button = page.locator(f'#devices button[data-id="{device}"]')
    for _ in range(5):
        button.click()
        if button.get_attribute("aria-current") == "true":
            break
    page.click(f"#tab-{tab}")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_no_barriers_on_any_tab(bench: Page, language: str) -> None:
    bench.click(f'#languages [data-language="{language}"]')
    choose(bench, "cards")
    for tab in TABS:
        bench.click(f"#tab-{tab}")
        bench.locator("#thing h2").first.wait_for()
        assert barriers(bench) == []


def test_the_self_test_runs_on_the_counter_and_gives_a_report(bench: Page, world: World) -> None:
    choose(bench, "scanner", "test")
    bench.click("#thing [data-act=start]")
    shows(bench, "#thing .good", "The test holds.", 60)
    assert "The test" not in bench.inner_text("#thing .steps"), "a step that held is not the whole test"
    assert bench.locator("#thing .steps li.failed").count() == 0
    assert bench.locator("#thing .steps li.held").count() >= 5, bench.inner_text("#thing")
    answer = bench.request.get(f"{world.url}/bench/devices/scanner/check/report.html")
    assert "SIMULATED" in answer.text() and "The check holds" in answer.text()
    shows(bench, "#devices", "Scanner", 20)


def test_the_picture_of_the_card_stands_above_the_hands(bench: Page, world: World) -> None:
    choose(bench, "cards")
    picture, hands = bench.locator("#thing figure").bounding_box(), bench.locator("#thing .buttons").bounding_box()
    assert picture and hands and picture["height"] > 150 and picture["y"] + picture["height"] < hands["y"]


@pytest.mark.slow
def test_a_press_is_not_lost_when_a_neighbour_changes_meanwhile(bench: Page, world: World) -> None:
    choose(bench, "cards")
    bench.locator('#devices button[data-id="scanner"]').hover()
    bench.mouse.down()
    world.gadgets["receipts"].fault("cover_open")
    bench.locator('#devices button.needs_person[data-id="receipts"]').wait_for(timeout=30_000)
    bench.mouse.up()
    bench.locator('#devices button[data-id="scanner"][aria-current="true"]').wait_for(timeout=5_000)


def test_a_defect_shows_with_its_advice(bench: Page, world: World) -> None:
    world.gadgets["receipts"].fault("paper_end")
    choose(bench, "receipts", "test")
    bench.click("#thing [data-act=start]")
    shows(bench, "#thing .alarm", "The test does not hold.", 60)
    assert "Put in a new roll" in bench.locator("#thing .steps li.failed").first.inner_text()
    bench.click('#languages [data-language="zh-Hant"]')
    shows(bench, "#thing .steps li.failed", "請換上新紙卷，再關上上蓋。")


@pytest.mark.slow
def test_a_filter_hides_lines_and_moves_nothing(bench: Page, world: World) -> None:
    choose(bench, "reader")
    bench.locator("#rows p:nth-child(40)").wait_for(timeout=30000)
    bench.click("#hold")
    bench.evaluate("document.getElementById('rows').scrollTop = 200")
    stays = """() => {
      const place = document.getElementById('rows'), top = place.getBoundingClientRect().top;
      const row = [...place.children].find((one) => !one.hidden && one.textContent.toLowerCase().includes('ack')
        && one.getBoundingClientRect().bottom > top);
      row.id ||= 'watched';
      return document.getElementById('watched').getBoundingClientRect().top;
    }"""
    before = bench.evaluate(stays)
    bench.fill("#filter", "ack")
    assert bench.locator("#rows p:not([hidden])").count() < bench.locator("#rows p").count()
    after = bench.evaluate("document.getElementById('watched').getBoundingClientRect().top")
    room = bench.evaluate("(({scrollTop, scrollHeight, clientHeight}) => scrollHeight - clientHeight - scrollTop)"
                          "(document.getElementById('rows'))")  # fmt: skip
    assert abs(after - before) < 2 or room < 2, "only the end of the list may stop it"


@pytest.mark.slow
def test_tabs_go_by_arrow_keys(bench: Page) -> None:
    choose(bench, "cards")
    bench.focus("#tab-thing")
    for tab in ("test", "profile", "history", "thing"):
        bench.keyboard.press("ArrowRight")
        bench.wait_for_function(f"document.activeElement.id === 'tab-{tab}'")
        assert bench.get_attribute(f"#tab-{tab}", "aria-selected") == "true"


@pytest.mark.slow
def test_settings_come_from_the_drivers_own_list(bench: Page, world: World) -> None:
    choose(bench, "scanner", "profile")
    bench.select_option('#thing [name="suffix"]', "LF")
    bench.click("#thing form button[type=submit]")
    shows(bench, "#thing .facts", "set at this counter")
    refused = bench.request.post(f"{world.url}/bench/devices/scanner/settings", data={"suffix": "XYZ"})
    assert refused.status == 422 and "one of CR, LF" in refused.json()["detail"]
    bench.request.post(f"{world.url}/bench/devices/scanner/settings", data={"suffix": "CR"})


def test_what_is_simulated_says_so_everywhere(bench: Page) -> None:
    for button in bench.locator("#devices button").all():
        assert "SIMULATED" in button.inner_text()
    assert bench.inner_text("#stamp") == "SIMULATED"


def test_the_support_bundle_has_everything_but_persons_and_keys(bench: Page, world: World) -> None:
    uid = "04AABBCCDDEEFF"
    bench.request.post(f"{world.url}/bench/devices/reader/card", data={"card": {"kind": "ntag213", "uid": uid}})
    bench.wait_for_timeout(700)
    packed = bench.request.get(f"{world.url}/bench/devices/reader/support.zip").body()
    archive = zipfile.ZipFile(io.BytesIO(packed))
    assert {"versions.json", "settings.json", "profile.json", "states.json", "trace.jsonl"} <= set(archive.namelist())
    told = "\n".join(archive.read(name).decode() for name in archive.namelist())
    squeezed = told.lower().replace(" ", "")
    assert uid.lower() not in squeezed
    assert world.key not in told and '"api_key": "(hidden)"' in told
    assert json.loads(archive.read("profile.json"))["name"] == "pn532"
    assert "InListPassiveTarget" in told
