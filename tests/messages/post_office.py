"""A real SMTP server on the loopback address, gateways that keep what they get, and members to write to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Thread
from typing import Any

import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.clock import SetClock
from loyalty.ids import new_id
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember, create_member
from loyalty.members.message_tables import messages
from loyalty.members.record_tables import member_consents
from loyalty.members.tables import Member
from loyalty.messages.gateways import Gateway, Handed
from loyalty.messages.mail import Parcel
from loyalty.messages.sender import Post
from loyalty.messages.templates import Template, put_template
from loyalty.messages.unsubscribe import Links

NOW = datetime(2026, 11, 18, 4, tzinfo=UTC)
"""Noon in Hong Kong."""
LINKS = Links("https://club.example", "a secret of this shop")


class MailServer:
    """Takes mails at `url`. `answers`: what it says to the next recipients or mails instead of 250."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.at_rcpt: list[str] = []
        self.at_data: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> None:
        """Not by the library's own Controller, which cannot be given any free port."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(lambda: SMTP(self, hostname="mx.shop.example", loop=self._loop),
                                              "127.0.0.1", 0)  # fmt: skip

    def close(self) -> None:
        """Nobody can come in any more."""
        assert self._server is not None
        self._loop.call_soon_threadsafe(self._server.close)

    def stop(self) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def handle_RCPT(
        self, server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_rcpt.pop(0) if self.at_rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        answer = self.at_data.pop(0) if self.at_data else "250 taken"
        if answer == "hang up":
            self.mails.append(bytes(envelope.content or b""))
            assert server.transport is not None
            server.transport.abort()
        elif answer.startswith("250"):
            self.mails.append(bytes(envelope.content or b""))
        return answer


@dataclass
class Kept:
    """A gateway of a provider nobody knows yet: keeps what it is given."""

    channel: str
    parcels: list[Parcel] = field(default_factory=list)

    def hand_over(self, parcel: Parcel) -> Handed:
        self.parcels.append(parcel)
        return Handed("sent")


def post_of(clock: SetClock, *gateways: Gateway) -> Post:
    return Post({each.channel: each for each in gateways}, LINKS, lambda _session: "Harbour Club", clock, lambda _s: 0)


def a_member(session: Session, name: str = "Chan Tai Man", **rest: Any) -> Member:
    language = rest.pop("language", "en")
    new = NewMember(name=name, language=language, joined_at=datetime(2026, 1, 1, tzinfo=UTC), **rest)
    return create_member(session, new, NOW, Conventions())


def says(session: Session, member: Member, purpose: str, given: bool, at: datetime) -> None:
    row = {"id": new_id("cns", at), "member_id": member.id, "purpose": purpose, "given": given, "channel": "counter",
           "text_version": "1", "how": "", "at": at, "staff": None}  # fmt: skip
    session.execute(sa.insert(member_consents), [row])


def a_template(
    session: Session, name: str = "Autumn", channel: str = "email", purpose: str = "offer",
    texts: Mapping[str, Mapping[str, str]] | None = None, look: str = "plain",
) -> Template:  # fmt: skip
    words = texts or {"en": {"subject": "Autumn for {name}", "body": "Dear {name},\n\nyou have {points} points."}}
    return put_template(session, Template("", name, channel, purpose, look, words, 0), "me@shop.example", NOW)


def fates(engine: Engine) -> list[tuple[str, str]]:
    """Status and reason of every message, in the order in which they were made."""
    with engine.connect() as connection:
        at = messages.c
        return [(row.status, row.reason) for row in connection.execute(sa.select(messages).order_by(at.made_at, at.id))]


BIRTHDAY_OF_A_CHILD = date(2012, 5, 1)
