"""Logging in and out: guesses are slow, answers tell nothing, sessions end, forms cannot be forged."""

import stat

import pytest

from loyalty.clock import system_clock
from loyalty.config import Config
from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid
from loyalty.web.accounts import User, create_staff, hash_for
from loyalty.web.signin import IDLE
from tests.web.harbour import FULL_COST, PASSWORD, staff_address
from tests.web.quick_start import open_app

ADMIN = staff_address("administrator")


def test_the_right_password_opens_the_first_page(visitor):
    answer = visitor.log_in(ADMIN)
    assert (answer.status_code, answer.location) == (302, "/")
    assert visitor.get("/").location == "/home"
    assert visitor.get("/home").status_code == 200


def test_a_cashier_starts_with_the_members(staff):
    assert staff("cashier").get("/").location == "/members"


def test_the_address_may_be_typed_in_capitals(visitor):
    assert visitor.log_in(ADMIN.upper()).status_code == 302


def test_wrong_password_and_unknown_address_are_answered_alike(visitor):
    wrong = visitor.log_in(ADMIN, "not this one")
    unknown = visitor.log_in("nobody@harbour.example", "not this one")
    assert wrong.status_code == unknown.status_code == 200
    for answer in (wrong, unknown):
        assert "do not belong together" in answer.text
        assert "not this one" not in answer.text


def test_guessing_is_slowed_down_and_says_so(visitor):
    for _ in range(8):
        assert visitor.log_in(ADMIN, "guess").status_code == 200
    answer = visitor.log_in(ADMIN, PASSWORD)
    assert answer.status_code == 429
    assert "Wait five minutes" in answer.text


def test_who_logs_in_rightly_is_never_slowed_down(shop):
    for _ in range(9):  # one more than may be wrong
        client = shop.app.test_client()
        from_login = client.get("/login").text
        token = from_login.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post("/login", data={"csrf_token": token, "email": ADMIN, "password": PASSWORD})
        assert answer.status_code == 302


def test_logging_in_does_not_hash_again(shop, visitor):
    """The hash is made as Flask-Security would make it: no rehash, so no write past the one writer."""
    path = shop.engine.url.database
    before = shop.engine.connect().exec_driver_sql("SELECT password FROM users ORDER BY id").all()
    visitor.log_in(ADMIN)
    assert shop.engine.connect().exec_driver_sql("SELECT password FROM users ORDER BY id").all() == before
    assert str(path).endswith("loyalty.sqlite")


def test_a_person_switched_off_cannot_log_in(shop, visitor):
    with write(shop.engine) as session:
        session.query(User).filter_by(email=ADMIN).one().active = False
    assert "do not belong together" in visitor.log_in(ADMIN).text


def test_logging_out_ends_the_session(admin):
    assert admin.post("/logout").status_code == 302
    assert admin.get("/home").location.startswith("/login")


def test_a_link_cannot_log_anybody_out(admin):
    assert admin.get("/logout").status_code == 405
    assert admin.get("/home").status_code == 200


def test_the_session_is_a_short_lived_cookie_for_this_site_only(visitor):
    cookie = visitor.log_in(ADMIN).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Expires" in cookie
    assert IDLE.total_seconds() <= 12 * 3600


def test_after_logging_in_one_comes_where_one_wanted_to_go_but_never_elsewhere(visitor):
    visitor.get("/login?next=/members")
    wanted = visitor.post("/login?next=/members", email=ADMIN, password=PASSWORD)
    assert wanted.location == "/members"
    visitor.client.delete_cookie("loyalty_session")
    visitor.get("/login")
    foreign = visitor.post("/login?next=https://evil.example/", email=ADMIN, password=PASSWORD)
    assert "evil.example" not in (foreign.location or "")


def test_a_form_without_its_token_changes_nothing(admin):
    admin.token = ""
    answer = admin.post("/members/new", name="Forged")
    assert answer.status_code == 400
    assert "Load the page again" in answer.text
    assert "Forged" not in admin.get("/members?sort=joined").text


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_post_from_another_site_is_refused_even_with_a_token(admin, header):
    fields = {"csrf_token": admin.token, "name": "Forged"}
    assert admin.client.post("/members/new", data=fields, headers=header).status_code == 403


def test_a_proxy_that_speaks_https_changes_nothing(admin):
    """The browser's origin is https, the server behind the proxy sees http: the host is what counts."""
    fields = {"csrf_token": admin.token, "name": "Behind a proxy", "card_kind": "card_uid"}
    answer = admin.client.post("/members/new", data=fields, headers={"Origin": "https://localhost"})
    assert answer.status_code == 303


def test_browsers_that_came_by_tls_keep_to_it(tmp_path, shared, shop):
    config = Config(data_dir=tmp_path, https=True)
    client = open_app(shared, config, engine=shop.engine, testing=True).test_client()
    answer = client.get("/login", base_url="https://club.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert "Strict-Transport-Security" not in shop.app.test_client().get("/login").headers


def test_the_key_of_sessions_is_kept_beside_the_data_for_its_owner_only(shop):
    path = shop.app.extensions["loyalty"].config.data_dir / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text()) == 64 == len(shop.app.config["SECRET_KEY"])
    assert path.read_text() == shop.app.config["SECRET_KEY"]


@pytest.mark.parametrize(
    ("email", "password", "role", "error"),
    [
        (ADMIN, PASSWORD, "cashier", Conflict),
        ("no address", PASSWORD, "cashier", Invalid),
        ("short@harbour.example", "short", "cashier", Invalid),
        ("king@harbour.example", PASSWORD, "king", Invalid),
    ],
)
def test_staff_that_cannot_be_is_refused_with_a_sentence(shop, email, password, role, error):
    with pytest.raises(error, match=r"[.]$"), write(shop.engine) as session:
        create_staff(session, email, password, role, system_clock())


def test_a_guess_at_a_stolen_password_takes_64_mib_three_times(shop):
    assert FULL_COST == {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}
    made = shop.app.extensions["security"].pwd_context.hash(PASSWORD)
    assert made.split("$")[3] == hash_for(PASSWORD).split("$")[3] == "m=64,t=1,p=1"  # as the tests have it


def test_passwords_are_kept_as_argon2_hashes(shop):
    rows = shop.engine.connect().exec_driver_sql("SELECT password FROM users").scalars().all()
    assert rows and all(row.startswith("$argon2id$") for row in rows)
    assert not any(PASSWORD in row for row in rows)
