"""The programme changed by hand: faults at a click, scenarios, going live and back, without scripts too."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import barriers
from tests.browser.office import DESK, PHONE, Enter, browser, office, person
from tests.web.programme_forms import BETTER, BROKEN, SCENARIO, TEXT

pytestmark = pytest.mark.browser
__all__ = ["browser", "office", "person"]


def write(page: Page, text: str, scenarios: str = "") -> None:
    page.goto("/programme/edit")
    page.fill("#text", text)
    page.fill("#scenarios", scenarios)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def numbers_stand_beside_their_lines(page: Page) -> None:
    field, gutter = page.locator("#text").bounding_box(), page.locator(".gutter").bounding_box()
    last = page.locator(".gutter span").last.bounding_box()
    assert field and gutter and last and abs(field["y"] - gutter["y"]) < 1.5
    lines = page.locator(".gutter span").count()
    height = page.evaluate("parseFloat(getComputedStyle(document.getElementById('text')).lineHeight)")
    assert abs(last["y"] - gutter["y"] - (lines - 1) * height - 10) < 3


def test_a_fault_is_found_at_a_click_and_the_numbers_follow_the_typing(person: Enter) -> None:
    page = person()
    write(page, BROKEN)
    numbers_stand_beside_their_lines(page)
    press(page, "Check")
    expect(page.locator("#faults-head")).to_contain_text("4 faults in the text")
    expect(page.locator("#faults-head")).to_be_focused()
    page.locator("a[data-line='8']").click()
    expect(page.locator("#text")).to_be_focused()
    chosen = (
        "document.getElementById('text').value.slice(document.getElementById('text').selectionStart).split('\\n')[0]"
    )
    assert page.evaluate(chosen) == BROKEN.splitlines()[7]
    before = page.locator(".gutter span").count()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".gutter span")).to_have_count(before + 1)


def test_from_the_text_to_a_version_in_force_and_back_with_the_keyboard(person: Enter) -> None:
    page = person("marketing")
    write(page, BETTER, SCENARIO)
    press(page, "Run the scenarios")
    expect(page.locator("#trial")).to_have_text("1 scenario holds")
    expect(page.locator("ins")).to_have_text(["80"])
    page.locator("#moment").press_sequentially("01122026")
    expect(page.locator("#later")).to_be_checked()
    page.locator("#now").check()
    press(page, "Put it in force as version 2")
    expect(page.locator(".notice.ok")).to_have_text("Version 2 is in force.")
    page.get_by_role("link", name="Version 1").click()
    press(page, "Put version 1 again")
    expect(page.locator(".notice.ok")).to_contain_text("Version 3 is in force.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("locale", "scheme", "size"), [("en-GB", "light", DESK), ("zh-HK", "dark", DESK), ("zh-CN", "light", PHONE)]
)
def test_results_have_no_barrier(person: Enter, locale: str, scheme: str, size: tuple[int, int]) -> None:
    page = person(locale=locale, scheme=scheme, size=size)
    for text, button in ((BROKEN, "check"), (TEXT.replace("from: 5000", "from: 4000"), "run")):
        write(page, text, SCENARIO)
        page.locator(f"button[value={button}]").click()
        page.locator(".checked").wait_for()
        for summary in page.locator("#result summary").all():
            summary.click()
        assert barriers(page) == [], button
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], button
    page.locator("#all_the_same").check()
    page.locator("#later").check()
    page.fill("#moment", "2027-01-01T00:00")
    page.locator("button[formaction]").click()
    page.locator(".notice.ok").wait_for()
    for path in ("/programme", "/programme/versions/2", "/programme/difference"):
        page.goto(path)
        assert barriers(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


@pytest.mark.slow
def test_it_works_without_scripts(person: Enter) -> None:
    page = person()
    quiet = page.context.browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    bare = quiet.new_page()
    bare.goto(page.url.rsplit("/", 1)[0] + "/programme/edit")
    bare.fill("#text", BROKEN)
    bare.locator("button[value=check]").click()
    expect(bare.locator("#line-8")).to_have_class("wrong")
    bare.locator("a[href='#line-8']").click()
    bare.fill("#text", BETTER)
    bare.locator("button[value=check]").click()
    bare.locator("button[formaction]").click()
    expect(bare.locator(".notice.ok")).to_have_text("Version 2 is in force.")
    quiet.close()
