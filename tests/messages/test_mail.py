"""A mail as its reader's program sees it: text and HTML, three languages, one press to leave."""

from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa

from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.members.record_tables import member_consents
from loyalty.messages.mail import Parcel, html_of, mail_of, text_of
from loyalty.messages.post import send
from loyalty.messages.templates import Template, fill, put_template
from loyalty.messages.unsubscribe import Links, unsubscribe
from tests.messages.post_office import LINKS, NOW, a_member, a_template, says

SENDER = "Harbour Club <news@harbour.example>"


def parcel(**rest):
    known = {"id": "msg_1", "address": "chan@shop.example", "name": "陳大文", "language": "zh-Hant",
             "subject": "秋季優惠", "body": "陳大文：\n\n您有 120 分。\n[看看](https://club.example/a)\n再見",
             "shop": "Harbour Club", "unsubscribe": "https://club.example/unsubscribe/x"}  # fmt: skip
    return Parcel(**{**known, **rest})


def test_a_mail_has_both_forms_and_the_way_out():
    mail = message_from_bytes(bytes(mail_of(parcel(), SENDER, NOW)), policy=default)
    assert mail["To"] == "陳大文 <chan@shop.example>" and mail["Subject"] == "秋季優惠"
    assert mail["Message-ID"] == "<msg_1@harbour.example>"
    # RFC 8058, section 3.1: both headers, an HTTPS address, and exactly this value
    assert mail["List-Unsubscribe"] == "<https://club.example/unsubscribe/x>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "看看: https://club.example/a" in text and "取消訂閱: https://club.example/unsubscribe/x" in text
    assert 'href="https://club.example/a"' in html and 'lang="zh-Hant"' in html and "再見" in html


def test_without_an_address_outside_there_is_no_way_out_in_it():
    mail = mail_of(parcel(unsubscribe=""), SENDER, NOW)
    assert mail["List-Unsubscribe"] is None and "取消訂閱" not in text_of(parcel(unsubscribe=""))


@pytest.mark.parametrize("look", ["plain", "offer"])
def test_what_members_are_called_does_no_harm(look):
    page = html_of(parcel(look=look, subject="<script>1</script>", body="<img src=x>\n[x](javascript:alert)"))
    assert "<script>" not in page and "<img" not in page and 'href="javascript' not in page


@pytest.mark.parametrize("name", ["Bo\r\nBcc: all@shop.example", 'Bo" <evil@shop.example>'])
def test_a_name_cannot_add_a_receiver(name):
    mail = message_from_bytes(bytes(mail_of(parcel(name=name), SENDER, NOW)), policy=default)
    assert [each.addr_spec for each in mail["To"].addresses] == ["chan@shop.example"] and mail["Bcc"] is None


def test_what_is_no_address_is_refused():
    with pytest.raises(Invalid, match="no e-mail address"):
        mail_of(parcel(address="nobody"), SENDER, NOW)


def test_places_are_filled_once():
    assert fill("{name} has {points}", {"name": "{points}", "points": "12"}) == "{points} has 12"
    assert fill("{level}!", {}) == "!"


@pytest.mark.parametrize(
    ("language", "used"),
    [("zh-Hant-HK", "zh-Hant"), ("zh-Hant", "zh-Hant"), ("zh-Hans", "en"), ("en-GB", "en"), ("fr", "en")],
)
def test_nobody_is_given_the_other_script(language, used):
    words = {each: {"subject": each, "body": each} for each in ("zh-Hant", "en")}
    assert Template("", "a", "email", "offer", "plain", words, 0).text(language)[0] == used


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"texts": {}}, "one language"),
        ({"texts": {"en": {"subject": "", "body": "a"}}}, "subject"),
        ({"texts": {"en": {"subject": "a", "body": " "}}}, "empty"),
        ({"texts": {"en": {"subject": "a", "body": "{pin}"}}}, "cannot be filled in"),
        ({"texts": {"en": {"subject": "a\nb", "body": "a"}}}, "one line"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "sms", "texts": {"en": {"body": "a" * 481}}}, "too long"),
        ({"name": " "}, "name"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(sqlite_engine, change, said):
    good = {"id": "", "name": "a", "channel": "email", "purpose": "offer", "look": "plain",
            "texts": {"en": {"subject": "a", "body": "a"}}, "version": 0}  # fmt: skip
    with pytest.raises(Invalid, match=said), write(sqlite_engine) as session:
        put_template(session, Template(**{**good, **change}), "me", NOW)


def test_two_people_do_not_overwrite_each_other(sqlite_engine):
    with write(sqlite_engine) as session:
        first = a_template(session)
        put_template(session, first, "me", NOW)
        with pytest.raises(Conflict, match="meanwhile"):
            put_template(session, first, "you", NOW)
        with pytest.raises(Conflict, match="already"):
            a_template(session)


def test_one_press_takes_a_member_off_the_list_once(sqlite_engine):
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="a@shop.example"), a_template(session)
        says(session, member, "email", True, NOW)
        posted = send(session, member, "c", words, {}, NOW, by="me")
        message = LINKS.message_of(LINKS.url(posted.id).rpartition("/")[2])
        for _ in range(2):
            assert unsubscribe(session, message, NOW) == (member.id, "email")
        at = member_consents.c
        assert sorted(session.scalars(sa.select(at.given))) == [False, True]
        assert send(session, member, "d", words, {}, NOW, by="me").reason == "refused"


def test_nobody_can_make_a_link_up():
    token = LINKS.token("msg_1")
    for wrong in ("", ".", "msg_1", "msg_1.", token[:-1], token.replace("msg_1", "msg_2"), "é.ü"):
        with pytest.raises(NotFound):
            LINKS.message_of(wrong)
    with pytest.raises(NotFound):
        Links("https://club.example", "another secret").message_of(token)
