"""The portal on a phone's screen: no barriers, nothing wider than the screen, a code that a scanner reads."""

import io

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from loyalty.clock import SetClock
from loyalty.db.session import write
from loyalty.db.shop_settings import put
from loyalty.members.tables import Member
from loyalty.web.portal.passes import read_pass
from loyalty.web.portal.sessions import COOKIE, open_session
from loyalty.web.portal.switch import SETTING
from tests.browser.axe import barriers
from tests.browser.office import PHONE, Office, browser, office
from tests.web.harbour import NOW

__all__ = ["browser", "office"]

PAGES = ("/me", "/me/rewards", "/me/history", "/me/wishes", "/me/claim", "/me/claim?code=7K3M-9QX2-H4TD-0WRB")
DOORS = ("/me/sign-in", "/me/join", "/me/claim?code=7K3M-9QX2-H4TD-0WRB")


def phone(browser: Browser, office: Office, language: str, scheme: str = "light", inside: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, device_scale_factor=2, color_scheme=scheme,
        locale="zh-HK" if language == "zh-Hant" else "zh-CN" if language == "zh-Hans" else "en-GB",
        base_url=office.url, reduced_motion="reduce",
    )  # fmt: skip
    engine, member = office.app.extensions["loyalty"].engine, office.harbour.members["陳大文"]
    with write(engine) as session:
        put(session, SETTING, True, NOW)
        session.execute(sa.update(Member).where(Member.id == member).values(language=language))
        token = open_session(session, member, NOW)
    if inside:
        context.add_cookies([{"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/me"}])
    return context.new_page()


def look(page: Page, address: str) -> list[str]:
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return barriers(page) + (["wider than the screen"] if wide else [])


def test_the_pass_is_read_by_a_scanner_and_renewed(browser: Browser, office: Office) -> None:
    page = phone(browser, office, "zh-Hant", "dark")
    assert look(page, "/me") == []
    first = code_on(page)
    services = office.app.extensions["loyalty"]
    secret = str(office.app.config["SECRET_KEY"])
    assert read_pass(services.engine, first, "key_1", NOW, secret) == office.harbour.members["陳大文"]
    with page.expect_response("**/me/pass-code"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("document.querySelectorAll('#pass-code svg').length === 1")
    assert code_on(page) != first
    page.context.close()


def code_on(page: Page) -> str:
    picture = Image.open(io.BytesIO(page.locator("#pass-code").screenshot())).convert("L")
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_no_barriers_in_any_language_or_light(browser: Browser, office: Office, language: str, scheme: str) -> None:
    assert isinstance(office.app.extensions["loyalty"].clock, SetClock)
    page = phone(browser, office, language, scheme)
    found = {address: look(page, address) for address in PAGES}
    page.goto("/me/history")
    found["why"] = look(page, page.locator(".portal-points a").first.get_attribute("href") or "")
    page.context.close()
    page = phone(browser, office, language, scheme, inside=False)
    found |= {address: look(page, address) for address in DOORS}
    page.context.close()
    assert not any(found.values()), found
