"""Mails on their way to a real mail server: refused, late, cut off, killed in between, and read when they come back."""

import json
import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa

from loyalty.clock import SetClock
from loyalty.db.session import write
from loyalty.errors import ConfigError, Invalid
from loyalty.members.message_tables import messages
from loyalty.members.tables import Member
from loyalty.messages.bounces import apply_bounce, read_bounce
from loyalty.messages.gateways import FileGateway, SmtpGateway
from loyalty.messages.post import send
from loyalty.messages.sender import BACK_OFF_MIN, deliver, finish
from tests.messages.post_office import NOW, Kept, a_member, a_template, fates, post_of

SENDER = "news@harbour.example"


@pytest.fixture
def posted(engine):
    """A service message to one member, waiting; its id."""
    with write(engine) as session:
        member, words = a_member(session, email="chan@shop.example"), a_template(session, purpose="service")
        return send(session, member, "c", words, {"points": "120"}, NOW, by="me").id


def gateway(url, clock):
    return SmtpGateway(url, SENDER, clock, timeout_s=10)


def test_a_mail_arrives_as_it_was_written_and_once(engine, posted, mail_server):
    clock = SetClock(NOW)
    post = post_of(clock, gateway(mail_server.url, clock))
    assert deliver(engine, post) == {"sent": 1}
    assert deliver(engine, post) == {}
    (raw,) = mail_server.mails
    mail = message_from_bytes(raw, policy=default)
    assert mail["Subject"] == "Autumn for Chan Tai Man" and mail["Message-ID"] == f"<{posted}@harbour.example>"
    assert "you have 120 points" in mail.get_body(("plain",)).get_content()
    assert mail["List-Unsubscribe"].startswith(f"<https://club.example/unsubscribe/{posted}.")
    assert fates(engine) == [("sent", "")]


def test_a_server_that_is_busy_is_asked_again_later_and_in_the_end_no_more(sqlite_engine, request, mail_server):
    engine, clock = sqlite_engine, SetClock(NOW)
    with write(engine) as session:
        member, words = a_member(session, email="chan@shop.example"), a_template(session, purpose="service")
        send(session, member, "c", words, {}, NOW, by="me")
    post = post_of(clock, gateway(mail_server.url, clock))
    mail_server.at_rcpt = ["451 later"] * (len(BACK_OFF_MIN) + 1)
    for minutes in BACK_OFF_MIN:
        assert deliver(engine, post) == {"waiting": 1}
        clock.forward(timedelta(minutes=minutes, seconds=-1))
        assert deliver(engine, post) == {}, "not before its time"
        clock.forward(timedelta(seconds=1))
        if not 9 <= (clock() + timedelta(hours=8)).hour < 21:
            clock.forward(timedelta(hours=12))
    assert deliver(engine, post) == {"failed": 1}
    assert mail_server.mails == [] and fates(engine) == [("failed", "not_taken")]


def test_an_address_that_does_not_exist_gets_nothing_more_until_it_changes(sqlite_engine, mail_server):
    clock = SetClock(NOW)
    post = post_of(clock, gateway(mail_server.url, clock))
    mail_server.at_rcpt = ["550 5.1.1 no such user"]
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="gone@shop.example"), a_template(session, purpose="service")
        send(session, member, "c", words, {}, NOW, by="me")
    assert deliver(sqlite_engine, post) == {"bounced": 1}
    with write(sqlite_engine) as session:
        member = session.scalars(sa.select(Member)).one()
        assert send(session, member, "d", words, {}, NOW, by="me").reason == "address_gone"
        member.email = "here@shop.example"
        session.flush()
        assert send(session, member, "e", words, {}, NOW, by="me").status == "waiting"


def test_a_line_that_breaks_with_the_mail_on_it_is_not_tried_again(sqlite_engine, mail_server):
    clock = SetClock(NOW)
    post = post_of(clock, gateway(mail_server.url, clock))
    mail_server.at_data = ["hang up"]
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="chan@shop.example"), a_template(session, purpose="service")
        send(session, member, "c", words, {}, NOW, by="me")
    assert deliver(sqlite_engine, post) == {"unsure": 1}
    clock.forward(timedelta(hours=3))
    assert deliver(sqlite_engine, post) == {}
    assert len(mail_server.mails) == 1


def test_a_mail_refused_for_what_it_says_has_failed(sqlite_engine, mail_server):
    clock = SetClock(NOW)
    mail_server.at_data = ["554 5.7.1 looks like spam"]
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="chan@shop.example"), a_template(session, purpose="service")
        send(session, member, "c", words, {}, NOW, by="me")
    assert deliver(sqlite_engine, post_of(clock, gateway(mail_server.url, clock))) == {"failed": 1}


def test_nobody_there_is_tried_again(sqlite_engine):
    clock = SetClock(NOW)
    with socket.create_server(("127.0.0.1", 0)) as closed:  # a port that is nobody's once this is closed
        url = f"smtp://127.0.0.1:{closed.getsockname()[1]}"
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="chan@shop.example"), a_template(session, purpose="service")
        send(session, member, "c", words, {}, NOW, by="me")
    assert deliver(sqlite_engine, post_of(clock, gateway(url, clock))) == {"waiting": 1}


class Killed(BaseException):
    """The program ends in the middle."""


class Deadly(Kept):
    def hand_over(self, parcel):
        super().hand_over(parcel)
        raise Killed


def test_who_is_killed_with_a_message_in_hand_never_sends_it_twice(engine, posted):
    clock, email = SetClock(NOW), Deadly("email")
    with pytest.raises(Killed):
        deliver(engine, post_of(clock, email))
    again = Kept("email")
    deliver(engine, post_of(clock, again))
    clock.forward(timedelta(minutes=16))
    deliver(engine, post_of(clock, again))
    assert len(email.parcels) == 1 and again.parcels == [] and fates(engine) == [("unsure", "line_broke")]


def test_no_more_leave_in_a_minute_than_agreed(sqlite_engine):
    clock, email, waited = SetClock(NOW), Kept("email"), []
    with write(sqlite_engine) as session:
        words = a_template(session, purpose="service")
        for number in range(5):
            send(session, a_member(session, email=f"a{number}@shop.example"), "c", words, {}, NOW, by="me")
    post = post_of(clock, email)
    slow = type(post)(post.gateways, post.links, post.shop, clock, lambda s: waited.append(s) or len(waited) == 3, 30)
    assert deliver(sqlite_engine, slow) == {"sent": 3}, "told to stop"
    assert waited == [2.0, 2.0, 2.0] and len(email.parcels) == 3


def test_files_for_a_provider_of_texts(sqlite_engine, tmp_path):
    clock = SetClock(NOW)
    with write(sqlite_engine) as session:
        words = a_template(session, channel="sms", purpose="service", texts={"en": {"body": "{points} points"}})
        send(session, a_member(session, phone="+85291234567"), "c", words, {"points": "5"}, NOW, by="me")
    assert deliver(sqlite_engine, post_of(clock, FileGateway("sms", tmp_path / "out", clock))) == {"sent": 1}
    (file,) = (tmp_path / "out").iterdir()
    assert json.loads(file.read_text())["body"] == "5 points"


def test_letters_and_hints_wait_for_whoever_prints_or_says_them(sqlite_engine):
    with write(sqlite_engine) as session:
        words = a_template(session, channel="hint", purpose="service", texts={"en": {"body": "Ask about tea"}})
        one = send(session, a_member(session), "c", words, {}, NOW, by="me")
        finish(session, [one.id], NOW)
    assert fates(sqlite_engine) == [("sent", "")]


def test_a_mail_server_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="no mail server"):
        SmtpGateway("harbour.example:25", SENDER, SetClock(NOW))


# The form of RFC 3464, appendix D; the words are ours.
REPORT = """\
From: MAILER-DAEMON@mx.shop.example
To: news@harbour.example
Subject: Returned mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1

It could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example

Original-Recipient: rfc822;chan@shop.example
Final-Recipient: rfc822;chan@shop.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no mailbox by
 that name

--b1
Content-Type: {kind}

Message-ID: <{id}@harbour.example>
Subject: Autumn

{rest}
--b1--
"""


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("action", "status", "becomes", "gone"),
    [
        ("failed", "5.1.1", "bounced", True),
        ("failed", "5.2.2", "bounced", False),
        ("delayed", "4.4.1", "sent", False),
        ("delivered", "2.0.0", "sent", False),
    ],
)
def test_what_comes_back_is_read(sqlite_engine, kind, action, status, becomes, gone):
    with write(sqlite_engine) as session:
        member, words = a_member(session, email="chan@shop.example"), a_template(session, purpose="service")
        id = send(session, member, "c", words, {}, NOW, by="me").id
        session.execute(sa.update(messages).values(status="sent"))
        raw = REPORT.format(action=action, status=status, kind=kind, id=id, rest="words").encode()
        bounce = read_bounce(raw)
        assert (bounce.message, bounce.action, bounce.status) == (id, action, status)
        assert "no mailbox by that name" in bounce.said
        assert apply_bounce(session, bounce, NOW) == becomes
        later = send(session, member, "d", words, {}, NOW, by="me")
        assert later.reason == ("address_gone" if gone else "")


def test_a_mail_that_is_no_report_is_refused():
    with pytest.raises(Invalid, match="no delivery report"):
        read_bounce(b"Subject: I am on holiday\n\nBack on Monday.\n")
    other = REPORT.format(action="failed", status="5.1.1", kind="message/rfc822", id="someone-else", rest="")
    with pytest.raises(Invalid, match="does not name a message"):
        read_bounce(other.encode())
