"""A passkey is made and opens the door: Chromium with a virtual authenticator, the real ceremony signed and checked."""

import pytest
from playwright.sync_api import Page, expect

from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.web.services import services
from tests.browser.office import Enter, Office, browser, office, person

pytestmark = pytest.mark.browser
__all__ = ["browser", "office", "person"]


def with_authenticator(page: Page) -> None:
    """A phone's: it keeps keys and knows its owner."""
    link = page.context.new_cdp_session(page)
    link.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    link.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.slow
def test_a_passkey_is_made_and_opens_the_door(person: Enter, office: Office) -> None:
    page = person("supervisor")
    home = office.url.replace("127.0.0.1", "localhost")  # an address of digits cannot have passkeys
    cookies = [{**one, "domain": "localhost"} for one in page.context.cookies()]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    with_authenticator(page)
    page.goto(f"{home}/account")
    page.fill("#key-name", "my phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".pairs b")).to_have_text("my phone")
    page.get_by_role("button", name="Log out", exact=True).first.click()
    page.wait_for_url("**/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/home")
    with read(services(office.app).engine) as session:
        told = [(entry.action, entry.actor, entry.after.get("by")) for entry in entries(session)]
    who = "staff:supervisor@harbour.example"
    assert told[0] == ("session.login", who, "passkey")
    assert ("account.passkey_added", who, None) in told
    page.goto(f"{home}/account")
    page.get_by_role("button", name="Remove: my phone").click()
    expect(page.locator(".notice.ok")).to_contain_text("opens nothing any more")
    page.get_by_role("button", name="Log out", exact=True).first.click()
    page.wait_for_url("**/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.locator("[data-fault]")).to_contain_text("did not open")
