"""Pages without barriers: axe-core finds nothing on any page, in three languages, light and dark, wide and narrow."""

import hashlib
import re
from collections import Counter

import pytest

from loyalty.web.services import services
from tests.browser.axe import AXE, barriers
from tests.browser.office import DESK, PHONE, Enter, Office, browser, office, person
from tests.web.telling_till import JAM, Till

pytestmark = pytest.mark.browser
__all__ = ["browser", "office", "person"]

SOME = 12
"""Each run looks at every twelfth page; on request at all of them, in three languages, light and dark."""
WALK = (pytest.mark.slow, pytest.mark.timeout(1200))
"""Some eighty pages, each looked at for a second or more."""
OF_A_KIND = 2
"""Links that differ by a number only lead to the same page."""


def paths(office: Office) -> tuple[str, ...]:
    """Every kind of page; a counter has told of a device for its own."""
    lent = services(office.app)
    till = Till(lent.engine, lent.clock)
    till.tells(till.device(**JAM))
    chan, bo = office.harbour.members["陳大文"], office.harbour.members["Bo Li"]
    return (
        *("/home", "/members", "/members?q=wong", "/members?q=zzz", f"/members/{chan}", "/members/new"),
        *(f"/members/{chan}/{one}" for one in ("merge?q=Bo", f"merge?other={bo}", "household?q=Bo", "personal-data")),
        *(f"/members/{chan}/edit", f"/members/{chan}/adjust", "/members/points-waiting", "/members?points_from=1"),
        *("/work", "/work?show=settled", "/work?show=receipts", "/odd", "/odd-rules"),
        *("/programme", "/programme/versions/1"),
        *("/programme/edit", "/programme/drafts", "/programme/difference", "/help", "/figures/sales"),
        *("/analyses", "/analyses/profitability?view=class&margin=20", "/analyses/persistency", "/lifetime-value"),
        *("/messages", "/messages/new", "/messages/templates", "/messages/templates/new", "/messages/rules"),
        *("/segments", "/segments/new?rows=2&fact-0=level&fact-1=category_spend"),
        *("/devices", "/devices?show=trouble", "/devices/at/till-1/cards", "/devices/counters/new"),
        *("/reports", "/reports/sales?from=2026-01-01", "/reports/earn-burn?from=2026-01-01", "/reports/liability"),
        *("/prospects", "/prospects/new"),
        *("/care", "/care/new", "/care/surveys", "/care/visits", "/care/performance"),
        *("/jobs", "/imports", "/exports", "/backup", "/setup/shop", "/setup/counter"),
        *("/campaigns", "/campaigns/new", "/challenges", "/challenges/soon-lost"),
        *("/audit", "/staff", "/staff/1", "/keys", "/webhooks", "/settings", "/settings/mail"),
        *("/account", "/account/codes", "/verify"),
        "/nothing-here",
    )


@pytest.mark.parametrize(
    ("locale", "scheme", "size", "every"),
    [
        ("zh-HK", "dark", DESK, SOME),
        pytest.param("zh-HK", "dark", DESK, 1, marks=WALK),
        pytest.param("en-GB", "light", DESK, 1, marks=WALK),
        pytest.param("zh-CN", "light", PHONE, 1, marks=WALK),
        pytest.param("zh-HK", "light", PHONE, 1, marks=WALK),
        pytest.param("en-GB", "dark", PHONE, 1, marks=WALK),
        pytest.param("zh-CN", "dark", DESK, 1, marks=WALK),
    ],
)
def test_no_page_has_a_barrier(
    person: Enter, office: Office, locale: str, scheme: str, size: tuple[int, int], every: int
) -> None:
    page = person(locale=locale, scheme=scheme, size=size)
    for path in paths(office)[::every]:
        page.goto(path)
        assert barriers(page) == [], path
    page.goto("/work")
    page.locator(".row-link").first.click()
    assert barriers(page) == [], "a report"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_on_a_page_has_none_either(person: Enter, office: Office, scheme: str) -> None:
    page = person(scheme=scheme)
    page.goto(f"/members/{office.harbour.members['陳大文']}")
    for place in range(3):
        page.locator("details.points > summary").nth(place).click()
        page.locator(".why").nth(place).wait_for()
    page.locator("details.why-lines summary").first.click()
    page.locator(".rail-foot .menu summary").click()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#keys-sheet[open]").wait_for()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.insert_text("w")
    page.wait_for_selector("#found a")
    assert barriers(page) == []
    page.goto("/members/new")
    page.locator("button.primary").click()
    page.locator("#faults").wait_for()
    assert barriers(page) == []


@pytest.mark.slow
def test_the_log_in_page_has_none_with_and_without_a_fault(person: Enter) -> None:
    page = person()
    page.context.clear_cookies()
    page.goto("/login")
    assert barriers(page) == []
    page.fill("#email", "a@b.example")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.locator("#login-fault").wait_for()
    assert barriers(page) == []


@pytest.mark.slow
def test_every_link_of_every_page_leads_somewhere(person: Enter, office: Office) -> None:
    page, seen, broken = person(), Counter[str](), []
    for path in paths(office)[:-1]:
        page.goto(path)
        links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
        for link in sorted({link for link in links if not link.startswith("#")}):
            shape = re.sub(r"[a-z]{3}_[0-9a-z]{20,}|[0-9]+", "…", link)
            seen[shape] += 1
            if seen[shape] <= OF_A_KIND and page.request.get(link).status != 200:
                broken.append(link)
    assert broken == [] and len(seen) > 30


def test_the_checker_is_an_unchanged_copy() -> None:
    for line in (AXE / "checksums.sha256").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((AXE / name).read_bytes()).hexdigest() == digest
