"""A programme tried on past sales in a browser: changed, started, watched to its end, read; without a barrier."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import AXE, barriers
from tests.browser.office import DESK, PHONE, Enter, browser, office, person
from tests.web.harbour import PROGRAMME

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there"),
]
__all__ = ["browser", "office", "person"]
LONGEST_MS = 90_000


@pytest.mark.parametrize(
    ("locale", "scheme", "size", "button", "heading"),
    [
        pytest.param("en-GB", "light", DESK, "Start the trial", "What it would have cost", marks=pytest.mark.slow),
        pytest.param("zh-HK", "dark", DESK, "開始試算", "本來的成本", marks=pytest.mark.slow),
        pytest.param("zh-CN", "light", PHONE, "开始试算", "本来的成本", marks=pytest.mark.slow),
    ],
)
def test_from_a_changed_text_to_what_it_would_have_cost(
    person: Enter, locale: str, scheme: str, size: tuple[int, int], button: str, heading: str
) -> None:
    page = person("marketing", locale=locale, scheme=scheme, size=size)
    page.goto("/programme")
    page.locator("a[href='/programme/trial']").click()
    page.locator("#text").fill(PROGRAMME.replace("per: 10}", "per: 5}"))
    assert barriers(page) == [], "before"
    page.get_by_role("button", name=button).click()
    expect(page.locator("#figures")).to_have_text(heading, timeout=LONGEST_MS)  # the page found it out by itself
    assert barriers(page) == [], "the result"
    assert page.locator("svg.spark path").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
