"""May this member be sent this, now? The only place where consent, age, caps and quiet hours are decided.

Asked twice for every message: when it is put into the outbox and again when it leaves, because people change their
minds in between.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.message_tables import message_stops, messages
from loyalty.members.record_tables import member_consents
from loyalty.members.tables import Member
from loyalty.messages.rules import Rules

CHANNELS = ("email", "sms", "letter", "hint")
PURPOSES = ("offer", "service")
"""An offer needs a yes. A service message (points that are about to expire) does without, but never against a no."""
CONSENT = {"email": "email", "sms": "messages", "letter": "post", "hint": "profiling"}
"""The consent that covers a channel. A hint is said face to face: it needs no yes, but a no is a no."""
GUARDIAN = "guardian"
"""The consent of somebody under age, given by a parent or guardian."""
ADDRESS_FIELD = "address"
"""The shop's own field of a member's record in which a postal address stands."""
COUNTED = ("waiting", "sending", "sent", "unsure")
"""What counts for the cap: what a member got, may have got or will get."""


@dataclass(frozen=True)
class Verdict:
    """`reason` is empty when it may go, at `not_before` at the earliest."""

    reason: str
    not_before: datetime

    @property
    def allowed(self) -> bool:
        return not self.reason


def verdict(
    session: Session, member: Member, channel: str, purpose: str, address: str, now: datetime, rules: Rules,
    message: str = "",
) -> Verdict:  # fmt: skip
    """Why `member` may not be written to, or from when on. `address`: where it would go, empty when unknown.

    `message`: id of the message itself once it is in the outbox; only earlier ones then count for the cap.
    """
    reason = (
        _person(session, member, now, rules)
        or _consent(session, member.id, channel, purpose)
        or _address(session, member.id, channel, address)
        or _often(session, member.id, channel, purpose, now, rules, message)
    )
    waits = not reason and channel in ("email", "sms")
    return Verdict(reason, rules.after_quiet(now) if waits else now)


def address_hash(address: str) -> str:
    """By which an address is recognised without being kept a second time."""
    return sha256(address.strip().lower().encode()).hexdigest()


def _person(session: Session, member: Member, now: datetime, rules: Rules) -> str:
    if member.status != "active":
        return member.status  # erased, closed, merged
    today = now.astimezone(rules.zone).date()
    if member.birthday and _under_age(member.birthday, today, rules.of_age):
        return "" if _latest(session, member.id, GUARDIAN) else "under_age"
    return ""


def _under_age(birthday: date, today: date, of_age: int) -> bool:
    return (today.year - of_age, today.month, today.day) < (birthday.year, birthday.month, birthday.day)


def _consent(session: Session, member: str, channel: str, purpose: str) -> str:
    said = _latest(session, member, CONSENT[channel])
    if said is False:
        return "refused"
    needs_a_yes = purpose == "offer" and channel != "hint"
    return "no_consent" if needs_a_yes and said is None else ""


def _latest(session: Session, member: str, purpose: str) -> bool | None:
    """The last word on a purpose, of two at one moment the no; None when nothing was ever said."""
    at = member_consents.c
    last = sa.select(at.given).where(at.member_id == member, at.purpose == purpose)
    return session.scalar(last.order_by(at.at.desc(), at.given).limit(1))


def _address(session: Session, member: str, channel: str, address: str) -> str:
    if channel == "hint":
        return ""
    if not address.strip():
        return "no_address"
    at = message_stops.c
    stop = session.scalar(sa.select(at.address_hash).where(at.member_id == member, at.channel == channel))
    return "address_gone" if stop == address_hash(address) else ""


def _often(session: Session, member: str, channel: str, purpose: str, now: datetime, rules: Rules, message: str) -> str:
    if purpose != "offer" or channel == "hint":
        return ""
    at = messages.c
    others = sa.select(sa.func.count()).where(
        at.member_id == member, at.purpose == "offer", at.channel != "hint", at.status.in_(COUNTED),
        at.made_at > now - timedelta(days=rules.per_days),
    )  # fmt: skip
    if message:
        others = others.where(at.id < message)
    return "too_often" if (session.scalar(others) or 0) >= rules.most_offers else ""
