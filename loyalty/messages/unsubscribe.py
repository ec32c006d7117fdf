"""Leaving with one press (RFC 8058): an address that needs no log-in, signed so that nobody can make one up."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import NotFound
from loyalty.ids import new_id
from loyalty.members.message_tables import messages
from loyalty.members.record_tables import member_consents
from loyalty.messages.allowed import CONSENT

_SIGNED = 32
"""Hex digits of the signature: 128 bits."""


@dataclass(frozen=True)
class Links:
    """Makes and reads the addresses. `base`: where the server is reached from outside, without a slash at its end;
    empty when the shop has not said so, and then messages carry no such link.
    """

    base: str
    secret: str

    def url(self, message: str) -> str:
        """Address that takes the receiver of `message` off its channel."""
        return f"{self.base}/unsubscribe/{self.token(message)}" if self.base else ""

    def token(self, message: str) -> str:
        return f"{message}.{self._signature(message)}"

    def message_of(self, token: str) -> str:
        """The message a token was made for; NotFound when it was not made here."""
        message, _dot, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(message).encode()):
            raise NotFound("This link is not complete; take it from the message again.")
        return message

    def _signature(self, message: str) -> str:
        return hmac.new(self.secret.encode(), f"unsubscribe:{message}".encode(), sha256).hexdigest()[:_SIGNED]


def unsubscribe(session: Session, message: str, now: datetime) -> tuple[str, str]:
    """Writes the member's no down, once, and gives member and channel; nothing more of that channel is sent."""
    at = messages.c
    row = session.execute(sa.select(at.member_id, at.channel).where(at.id == message)).first()
    if row is None:
        raise NotFound("This link is of a message that is no longer known; ask the shop to take you off its list.")
    said, purpose = member_consents.c, CONSENT[row.channel]
    last = sa.select(said.given).where(said.member_id == row.member_id, said.purpose == purpose)
    if session.scalar(last.order_by(said.at.desc(), said.given).limit(1)) is not False:
        no = {
            "id": new_id("cns", now), "member_id": row.member_id, "purpose": purpose, "given": False, "channel": "web",
            "text_version": "", "how": f"unsubscribe link of {message}", "at": now, "staff": None,
        }  # fmt: skip
        session.execute(sa.insert(member_consents), [no])
    return row.member_id, row.channel
