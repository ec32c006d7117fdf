"""The pass on a phone: good for a minute, for one reading, and for nobody who only has its picture."""

from datetime import timedelta

import pytest

from loyalty.db.session import write
from loyalty.errors import UnknownMember
from loyalty.web.portal.passes import new_pass, read_pass
from loyalty.web.portal.sessions import close_all, open_session, phone_of
from tests.web.conftest import Shop

SECRET = "an installation's own"


@pytest.fixture
def handle(shop: Shop) -> str:
    with write(shop.engine) as session:
        token = open_session(session, shop.harbour.members["陳大文"], shop.clock())
        found = phone_of(session, token, shop.clock())
    assert found is not None
    return found.handle


def read(shop: Shop, text: str, keep: bool = True) -> str:
    return read_pass(shop.engine, text, "key_1", shop.clock(), SECRET, keep)


def test_it_names_the_member_once(shop: Shop, handle: str) -> None:
    shown = new_pass(handle, shop.clock(), SECRET)
    assert read(shop, shown, keep=False) == read(shop, shown.lower()) == shop.harbour.members["陳大文"]
    with pytest.raises(UnknownMember, match="used already"):
        read(shop, shown)
    assert read(shop, new_pass(handle, shop.clock(), SECRET))  # the next one on the same phone


def test_a_minute_later_it_is_too_old(shop: Shop, handle: str) -> None:
    shown = new_pass(handle, shop.clock(), SECRET)
    shop.clock.forward(timedelta(seconds=62))
    with pytest.raises(UnknownMember, match="too old"):
        read(shop, shown)


@pytest.mark.parametrize("place", [3, 16, 20, 30, 46])
def test_one_changed_sign_is_enough_to_refuse_it(shop: Shop, handle: str, place: int) -> None:
    shown = new_pass(handle, shop.clock(), SECRET)
    forged = shown[:place] + ("A" if shown[place] != "A" else "B") + shown[place + 1 :]
    with pytest.raises(UnknownMember, match="no pass of this shop"):
        read(shop, forged)


@pytest.mark.parametrize("text", ["LP1", "LP1" + "A" * 44, "LP1" + "é" * 44, "LP1" + "8" * 44])
def test_what_only_looks_like_one_is_refused(shop: Shop, text: str) -> None:
    with pytest.raises(UnknownMember, match="no pass of this shop"):
        read(shop, text)


def test_a_phone_that_was_signed_out_has_no_pass(shop: Shop, handle: str) -> None:
    shown = new_pass(handle, shop.clock(), SECRET)
    with write(shop.engine) as session:
        close_all(session, shop.harbour.members["陳大文"])
    with pytest.raises(UnknownMember, match="signed out"):
        read(shop, shown)
