"""What mail servers send back: delivery status notifications (RFC 3464), read with the standard library."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Invalid
from loyalty.members.message_tables import messages
from loyalty.members.tables import Member
from loyalty.messages.post import address_of
from loyalty.messages.sender import stop

_ID = re.compile(r"\bmsg_[0-9a-z]{26}\b")
_GONE = re.compile(r"^5\.(1\.[0-9]+|2\.1)$")
"""Enhanced status codes (RFC 3463) after which an address is given up: 5.1.x bad address, 5.2.1 mailbox disabled.
5.2.2 (full), 5.7.x (refused for its content) and the like may be different tomorrow."""


@dataclass(frozen=True)
class Bounce:
    """message: id of ours that came back. action: failed, delayed, delivered, relayed or expanded. status: RFC 3463."""

    message: str
    action: str
    status: str
    said: str

    @property
    def for_good(self) -> bool:
        return self.action == "failed" and bool(_GONE.match(self.status))


def read_bounce(raw: bytes) -> Bounce:
    """Invalid when the mail is no delivery status notification, or not of a message of ours."""
    mail = message_from_bytes(raw, policy=default)
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if report is None:
        raise Invalid("This mail is no delivery report; give the report of the mail server itself.")
    fields = _recipient(report)
    found = _ID.search(_returned(mail))
    if found is None:
        raise Invalid("The report does not name a message of this shop; it may be of another sender.")
    status = fields.get("Status", "").split()
    said = " ".join(fields.get("Diagnostic-Code", "").split())[:400]
    return Bounce(found[0], fields.get("Action", "").strip().lower(), status[0] if status else "", said)


def apply_bounce(session: Session, bounce: Bounce, now: datetime) -> str:
    """Writes it down; the message's status now. An address that is gone for good gets nothing more."""
    at = messages.c
    row = session.execute(sa.select(at.member_id, at.channel, at.status).where(at.id == bounce.message)).first()
    if row is None:
        raise Invalid("The report names a message that this shop did not send.")
    if bounce.action != "failed" or row.status not in ("sent", "unsure", "sending"):
        return str(row.status)
    said = f"{bounce.status} {bounce.said}".strip()
    reason = "address_gone" if bounce.for_good else "not_taken"
    change = sa.update(messages).where(at.id == bounce.message)
    session.execute(change.values(status="bounced", reason=reason, error=said, ended_at=now))
    address = address_of(session, session.get_one(Member, row.member_id), row.channel)
    if bounce.for_good and address:
        stop(session, row.member_id, row.channel, address, said, now)
    return "bounced"


def _recipient(report: Message) -> Message:
    """The fields of the first recipient: the parser makes a message of each group."""
    groups = report.get_payload()
    parts = [part for part in groups if isinstance(part, Message)] if isinstance(groups, list) else []
    found = next((part for part in parts if part.get("Action")), None)
    if found is None:
        raise Invalid("The delivery report names no recipient; it is broken.")
    return found


def _returned(mail: Message) -> str:
    """The headers of the mail that came back, and where servers put its id otherwise."""
    texts = [str(mail.get("In-Reply-To", "")), str(mail.get("References", "")), str(mail.get("To", ""))]
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            texts.append(str(part.get_payload()))
        elif part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            texts += [str(each.get("Message-ID", "")) for each in inner if isinstance(each, Message)] \
                if isinstance(inner, list) else []  # fmt: skip
    return "\n".join(texts)
