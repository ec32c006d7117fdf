"""A programme made by hand with the keyboard alone: a ladder, a double Tuesday, who would move, scenarios, a plan."""

import re

import pytest
from playwright.sync_api import Page, expect

from loyalty.web.backoffice.editor import moving
from tests.browser.axe import barriers
from tests.browser.office import DESK, PHONE, Enter, browser, office, person

pytestmark = pytest.mark.browser
__all__ = ["browser", "office", "person"]

PATIENT_MS = 30_000
TUESDAY = """- scenario: a sale on Tuesday and one on Wednesday
  steps:
    - {at: 2026-12-01T10:00, purchase: {id: A, amount: 100}, expect: {balance: 200}}
    - {at: 2026-12-02T10:00, purchase: {id: B, amount: 100}, expect: {balance: 300}}
"""


def press(page: Page, name: str, kind: str = "button") -> None:
    """By the keyboard: the thing is focused and Enter is pressed."""
    page.get_by_role(kind, name=name, exact=True).first.focus()  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True).first
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


@pytest.mark.slow
def test_a_ladder_and_a_double_tuesday_from_an_empty_programme_by_keyboard(person: Enter) -> None:
    page = person("marketing")
    page.set_default_timeout(PATIENT_MS)
    expect.set_options(timeout=PATIENT_MS)
    page.goto("/programme")
    press(page, "Change the programme", "link")
    press(page, "Begin An empty programme")
    press(page, "Three levels")
    press(page, "Change Silver", "link")
    expect(page.locator("#look .said-big")).to_contain_text("spend HK$2,000 in the last year")
    expect(page.locator("#moves")).to_contain_text("Nobody’s level changes")
    type_into(page, "Reached from", "900")
    expect(page.locator("#look .said-big")).to_contain_text("spend HK$900 in the last year")
    expect(page.locator("#look .look-lines .put")).to_contain_text("from: 900")
    expect(page.locator("#moves .movers li").first).to_contain_text("Member → Silver")
    page.keyboard.press("Enter")  # as in any form
    expect(page.locator("#entry-2 .said")).to_contain_text("HK$900")
    expect(page.locator("#text")).to_have_value(re.compile("from: 900"))
    press(page, "Earning", "link")
    press(page, "Points for every dollar")
    press(page, "Double points on a day")
    expect(page.get_by_label("Tue", exact=True)).to_be_checked()
    press(page, "Save")
    expect(page.locator("#entry-2 .said")).to_have_text("points doubled, every Tuesday")
    press(page, "Scenarios", "link")
    type_scenario(page)
    expect(page.locator("#trial")).to_have_text("1 scenario holds")
    press(page, "Put in force", "link")
    expect(page.locator("#moves")).to_contain_text("All 30 members were looked at")
    type_into(page, "Why optional", "A new season")
    page.locator("#moment").focus()
    page.locator("#moment").press_sequentially("12122026")  # the same day in either order
    expect(page.locator("#later")).to_be_checked()
    press(page, "Put it in force as version 2")
    expect(page.locator(".notice.ok")).to_contain_text("Version 2 is in force from 12 Dec 2026")


def type_scenario(page: Page) -> None:
    page.locator("#scenarios").focus()
    page.keyboard.insert_text(TUESDAY)
    press(page, "Run the scenarios")


@pytest.mark.parametrize(
    ("locale", "scheme", "size"),
    [
        pytest.param("en-GB", "light", DESK, marks=pytest.mark.slow),
        pytest.param("zh-HK", "dark", DESK, marks=pytest.mark.slow),
        pytest.param("zh-CN", "light", PHONE, marks=pytest.mark.slow),
    ],
)
def test_no_page_of_a_draft_has_a_barrier(person: Enter, locale: str, scheme: str, size: tuple[int, int]) -> None:
    page = person(locale=locale, scheme=scheme, size=size)
    page.goto("/programme/drafts")
    assert barriers(page) == []
    page.locator("button[value=levels]").click()
    page.locator(".tabs").wait_for()
    draft = page.url
    places = [f"{section}?item=1" for section in ("tiers", "earn", "rewards", "wallets")]
    for place in (*places, "tiers?item=0", "offers", "topups", "scenarios", "finish"):
        page.goto(f"{draft}/{place}")
        if "item" in place:
            page.locator("#look .inside.stack").wait_for()
            page.evaluate("for (const fold of document.querySelectorAll('details.fold')) fold.open = true")
        assert barriers(page) == [], place
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], place
    page.goto(f"{draft}/tiers?item=2")
    page.locator("#v-from").fill("many")
    page.locator("button[value=save]").click()
    page.locator("#faults").wait_for()
    assert barriers(page) == [], "a fault"


@pytest.mark.slow
def test_it_works_without_scripts(person: Enter) -> None:
    page = person()
    quiet = page.context.browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    bare = quiet.new_page()
    bare.goto(page.url.rsplit("/", 1)[0] + "/programme/drafts")
    bare.locator("button[value=levels]").click()
    bare.get_by_role("link", name="Change Gold").click()
    bare.fill("#v-from", "many")
    bare.locator("button[value=save]").click()
    expect(bare.locator("#v-from-wrong")).to_have_text("A number is wanted here.")
    bare.fill("#v-from", "4000")
    bare.locator("button[value=save]").click()
    expect(bare.locator("#entry-3 .said")).to_contain_text("HK$4,000")
    bare.get_by_role("button", name="Undo").click()
    expect(bare.locator("#entry-3 .said")).to_contain_text("HK$5,000")
    bare.get_by_role("link", name="Put in force").click()
    bare.get_by_role("button", name="Look who would move").click()
    expect(bare.locator("#moves")).to_contain_text("All 30 members were looked at")
    bare.get_by_role("button", name="Put it in force as version 2").click()
    expect(bare.locator(".notice.ok")).to_have_text("Version 2 is in force.")
    quiet.close()


@pytest.mark.slow
def test_a_long_look_at_all_members_tells_how_far_it_is_and_stops(
    person: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "SLICE_S", 0)  # one member at a time, as if each took a second
    page = person()
    page.goto("/programme/drafts")
    page.locator("button[value=levels]").click()
    page.get_by_role("link", name="Change Silver").click()
    expect(page.locator("#moves")).to_contain_text("All 30 members were looked at", timeout=PATIENT_MS)
    page.locator("#v-from").fill("900")
    expect(page.locator("#look .said-big")).to_contain_text("HK$900", timeout=PATIENT_MS)
    page.locator("[data-stop]").click()
    expect(page.locator(".working")).to_contain_text("Stopped. The first", timeout=PATIENT_MS)
    expect(page.locator(".working")).to_be_focused()
    page.wait_for_timeout(1000)
    expect(page.locator(".working")).to_contain_text("Stopped. The first")
    page.locator("#v-from").fill("800")  # a new ladder begins with the first member again
    expect(page.locator("#moves .movers li").first).to_be_attached(timeout=PATIENT_MS)
    expect(page.locator("#moves")).to_contain_text("All 30 members were looked at", timeout=PATIENT_MS)
