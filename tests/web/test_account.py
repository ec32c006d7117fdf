"""One's own log-in: the password, codes of an app, recovery codes; wrong guesses end, old sessions end."""

import html
import re
import time
from collections.abc import Iterator

import pytest
from passlib.totp import TOTP

from loyalty.db.audit import check, entries
from loyalty.db.session import read
from loyalty.web.accounts import User
from tests.web.conftest import Shop, Visitor
from tests.web.harbour import PASSWORD, staff_address

ANALYST = staff_address("analyst")


@pytest.fixture
def analyst(visitor: Visitor) -> Visitor:
    visitor.log_in(ANALYST)
    return visitor


class App:
    """The app on a phone; each code is asked for once, later codes by going ahead in time."""

    def __init__(self, key: str) -> None:
        self.totp, self.steps = TOTP(key=key.replace("-", "")), iter(range(0, 31, 30))

    def code(self) -> str:
        return str(self.totp.generate(int(time.time()) + next(self.steps)).token)


def switched_on(person: Visitor) -> tuple[App, list[str]]:
    """Codes are set up on the pages; the app and the recovery codes."""
    page = html.unescape(person.get("/account/codes").text)
    app = App(re.findall(r'id="secret">([^<]+)<', page)[0])
    shown = person.post("/account/codes", code=app.code())
    assert shown.status_code == 200, shown.text
    return app, re.findall(r'class="shown-once mono">([^<]+)<', shown.text)


@pytest.fixture
def phone(analyst: Visitor) -> Iterator[tuple[App, list[str]]]:
    yield switched_on(analyst)
    analyst.get("/account")
    analyst.client.delete_cookie("loyalty_session")


def actions(shop: Shop) -> list[tuple[str, object]]:
    with read(shop.engine) as session:
        assert list(check(session)) == []
        return [(entry.action, entry.after.get("by")) for entry in reversed(entries(session))]


def test_the_password_is_changed_with_the_present_one_and_ends_what_is_open_elsewhere(
    shop: Shop, analyst: Visitor
) -> None:
    other = Visitor(shop.app.test_client())
    other.log_in(ANALYST)
    analyst.get("/account")
    assert "not your present password" in analyst.post("/account/password", old="wrong", new="deep harbour 9").text
    assert "10 to 255 characters" in analyst.post("/account/password", old=PASSWORD, new="short").text
    assert other.get("/home").status_code == 200
    assert analyst.post("/account/password", old=PASSWORD, new="deep harbour 9").status_code == 303
    assert analyst.get("/home").status_code == 200
    assert other.get("/home").status_code == 302
    again = Visitor(shop.app.test_client())
    assert "do not belong together" in again.log_in(ANALYST, PASSWORD).text
    assert again.log_in(ANALYST, "deep harbour 9").status_code == 302
    assert ("account.password", None) in actions(shop)


def test_all_other_log_ins_end_on_request(shop: Shop, analyst: Visitor) -> None:
    other = Visitor(shop.app.test_client())
    other.log_in(ANALYST)
    analyst.get("/account")
    analyst.post("/account/elsewhere")
    assert (analyst.get("/home").status_code, other.get("/home").status_code) == (200, 302)


def test_with_codes_on_the_password_alone_opens_nothing(
    shop: Shop, analyst: Visitor, phone: tuple[App, list[str]]
) -> None:
    app, _codes = phone
    door = Visitor(shop.app.test_client())
    assert door.log_in(ANALYST).location.startswith("/tf-validate")
    assert door.get("/home").location.startswith("/login")
    assert "Type the code of your app" in door.get("/tf-validate").text
    assert "does not fit" in door.post("/tf-validate", code="000000").text
    code = app.code()
    assert door.post("/tf-validate", code=code).location == "/"
    assert door.get("/home").status_code == 200
    thief = Visitor(shop.app.test_client())
    thief.log_in(ANALYST)
    thief.get("/tf-validate")
    assert "does not fit" in thief.post("/tf-validate", code=code).text  # seen over a shoulder: used already
    assert actions(shop)[-3:] == [("session.refused", "code"), ("session.login", "password, code"),
                                  ("session.refused", "code")]  # fmt: skip


def test_a_recovery_code_opens_once(shop: Shop, analyst: Visitor, phone: tuple[App, list[str]]) -> None:
    _app, codes = phone
    assert len(codes) == 10
    for expected in (302, 200):
        door = Visitor(shop.app.test_client())
        door.log_in(ANALYST)
        door.get("/mf-recovery")
        assert door.post("/mf-recovery", code=codes[3]).status_code == expected
    with read(shop.engine) as session:
        row = session.query(User).filter_by(email=ANALYST).one()
    assert len(row.mf_recovery_codes or ()) == 9
    assert codes[0] not in str(row.mf_recovery_codes) and str(row.tf_totp_secret).count("ckey")
    assert ("session.login", "password, recovery code") in actions(shop)


def test_guessing_codes_ends(shop: Shop, analyst: Visitor, phone: tuple[App, list[str]]) -> None:
    app, _codes = phone
    door = Visitor(shop.app.test_client())
    door.log_in(ANALYST)
    door.get("/tf-validate")
    for _ in range(8):
        assert door.post("/tf-validate", code="000000").status_code == 200
    assert door.post("/tf-validate", code=app.code()).status_code == 429


def test_a_wrong_first_code_switches_nothing_on(shop: Shop, analyst: Visitor) -> None:
    analyst.get("/account/codes")
    for wrong in ("000000", "", "12345678901234", "١٢٣٤٥٦", "<b>"):
        assert analyst.post("/account/codes", code=wrong).status_code == 422
    assert Visitor(shop.app.test_client()).log_in(ANALYST).location == "/"


def test_codes_are_switched_off_again(shop: Shop, analyst: Visitor) -> None:
    switched_on(analyst)
    assert "10 recovery codes are left" in analyst.get("/account").text
    analyst.post("/account/codes/off")
    assert Visitor(shop.app.test_client()).log_in(ANALYST).location == "/"
    assert [action for action, _by in actions(shop)][-3:-1] == ["account.totp_on", "account.totp_off"]


def test_guesses_by_programs_count_as_well(shop: Shop) -> None:
    client = shop.app.test_client()
    token = client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    guess = {"email": ANALYST, "password": "guess again"}
    sent = {"X-CSRFToken": token, "Accept": "application/json"}
    answers = [client.post("/login", json=guess, headers=sent).status_code for _ in range(9)]
    assert answers == [400] * 8 + [429]
