"""Harbour Club with its portal switched on, members who have an e-mail address, and their phones."""

import re
from email import message_from_bytes
from email.policy import default
from time import monotonic, sleep

import pytest
import sqlalchemy as sa

from loyalty.db.session import write
from loyalty.db.shop_settings import put
from loyalty.members.tables import Member
from loyalty.web.portal.mail import mail_folder
from loyalty.web.portal.switch import SETTING
from tests.web.conftest import Shop, Visitor

ADDRESS = "chan@example.com"
_CODE = re.compile(r"\b(\d{6})\b")


@pytest.fixture
def portal(shop: Shop) -> Shop:
    with write(shop.engine) as session:
        put(session, SETTING, True, shop.clock())
        who = sa.update(Member).where(Member.id == shop.harbour.members["陳大文"])
        session.execute(who.values(email=ADDRESS))
    return shop


@pytest.fixture
def phone(portal: Shop) -> Visitor:
    """Of somebody who has not signed in."""
    return Visitor(portal.app.test_client())


def mails(shop: Shop, number: int) -> list[str]:
    """The codes of the mails that went out, in their order, once there are `number` of them."""
    folder, limit = mail_folder(shop.app.extensions["loyalty"].config.data_dir), monotonic() + 30
    while len(found := sorted(folder.glob("*.eml"))) < number or not all(path.stat().st_size for path in found):
        assert monotonic() < limit, f"{len(found)} mails instead of {number}"
        sleep(0.02)
    bodies = [message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",)) for path in found]
    return [_CODE.search(body.get_content())[1] for body in bodies]


@pytest.fixture
def signed_in(portal: Shop, phone: Visitor) -> Visitor:
    phone.get("/me/sign-in")
    assert phone.post("/me/sign-in", email=ADDRESS).location == "/me/code"
    phone.get("/me/code")
    assert phone.post("/me/code", code=mails(portal, 1)[0]).location == "/me"
    return phone
