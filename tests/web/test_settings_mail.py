"""The mail server's page: tried against a real one, its password never shown, kept in clear, told or sent elsewhere."""

import logging
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.db.shop_settings import all_set
from loyalty.messages.gateways import SmtpGateway
from loyalty.messages.mail_server import SETTING, ShopMail, of_shop
from loyalty.web.portal.mail import mail_folder
from tests.messages.post_office import MailServer
from tests.web.conftest import Shop, Visitor

PASSWORD = "Tr0mbone & Käse"
FORM = {"security": "starttls", "port": "587", "sender": "Harbour Club <club@shop.example>"}


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


def test_a_test_mail_leaves_by_the_server_that_was_set(shop: Shop, admin: Visitor, post_office: MailServer) -> None:
    admin.get("/settings/mail")
    filed = admin.post("/settings/mail/try")
    assert filed.status_code == 200 and "data directory" in filed.text
    assert len(list(mail_folder(shop.app.extensions["loyalty"].config.data_dir).glob("*.eml"))) == 1
    port = str(urlsplit(post_office.url).port)
    assert admin.post("/settings/mail", **FORM | {"host": "127.0.0.1", "port": port}).status_code == 303
    assert "is on its way to administrator@" in admin.post("/settings/mail/try").text
    (sent,) = post_office.mails
    mail = message_from_bytes(sent, policy=default)
    assert mail["From"].addresses[0].addr_spec == "club@shop.example" and "Test mail of" in mail["Subject"]
    post_office.at_rcpt.append("550 nobody here")
    refused = admin.post("/settings/mail/try")
    assert refused.status_code == 422 and "550 nobody here" in refused.text


def test_the_password_is_kept_sealed_and_goes_to_no_other_server(
    shop: Shop, admin: Visitor, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    admin.get("/settings/mail")
    account = FORM | {"host": "smtp.shop.example", "user": "club"}
    assert admin.post("/settings/mail", **account, password=PASSWORD).status_code == 303
    page = admin.get("/settings/mail").text
    assert "One is kept" in page and PASSWORD not in page and "Tr0mbone" not in page
    assert way(shop).url == "smtp://club:Tr0mbone%20%26%20K%C3%A4se@smtp.shop.example:587"
    assert "Tr0mbone" not in repr(way(shop))
    assert admin.post("/settings/mail", **account | {"port": "2525"}).status_code == 303  # the account is the same
    assert "Tr0mbone" in way(shop).url
    with shop.engine.connect() as line:
        rows = line.execute(sa.text("SELECT value FROM shop_settings UNION ALL SELECT after FROM audit_entries")).all()
    assert "Tr0mbone" not in str(rows)
    assert admin.post("/settings/mail", **account | {"host": "smtp.evil.example"}).status_code == 303
    assert way(shop).url == "smtp://club:@smtp.evil.example:587"
    with read(shop.engine) as session:
        told = [entry.after for entry in entries(session, action="settings.mail")]
    assert [after["password"] for after in told if "password" in after] == ["…"]
    said = capsys.readouterr()
    assert "Tr0mbone" not in caplog.text + said.out + said.err


def test_a_wrong_field_changes_nothing_and_no_server_forgets_all(shop: Shop, admin: Visitor) -> None:
    admin.get("/settings/mail")
    wrong = admin.post("/settings/mail", host="smtp://x/", port="0", security="none", sender="club", password="a\x00")
    assert wrong.status_code == 422 and wrong.text.count('class="wrong"') == 4 and 'value="smtp://x/"' in wrong.text
    with read(shop.engine) as session:
        assert of_shop(session) is None
    assert admin.post("/settings/mail", **FORM | {"host": "a.example", "user": "u"}, password="p").status_code == 303
    assert admin.post("/settings/mail", host="").status_code == 303
    with read(shop.engine) as session:
        assert of_shop(session) is None and all_set(session)[SETTING] == {}


def way(shop: Shop) -> SmtpGateway:
    state, secret = shop.app.extensions["loyalty"], str(shop.app.config["SECRET_KEY"])
    found = ShopMail(state.engine, state.config, secret, state.clock, mail_folder(state.config.data_dir))._way()
    assert isinstance(found, SmtpGateway)
    return found
