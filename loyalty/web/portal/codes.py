"""One-time codes: six digits that prove an e-mail address, or that somebody at the counter was given.

Six digits can be guessed, so what protects them is their short life, five tries, and one use. Only keyed hashes are
kept: whoever reads the database learns neither the code nor, of people who are no members, the address.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.ids import new_id
from loyalty.members.portal_tables import portal_codes

LIFE = timedelta(minutes=10)
TRIES = 5
MOST_PER_HOUR = 5
_KEPT = timedelta(days=1)
_at = portal_codes.c


@dataclass(frozen=True)
class Asked:
    """`id` names the question to the browser that asked. `code` is empty when the address was asked for too often."""

    id: str
    code: str


@dataclass(frozen=True)
class Proved:
    """A code was right. `member` is None where nobody has the address; `details` are what somebody new typed."""

    member: str | None
    details: Mapping[str, Any]


def ask(
    session: Session, address: str, member: str | None, details: Mapping[str, Any], now: datetime, secret: str
) -> Asked:
    """A new code for `address` (an e-mail address or `number:` and a member's number), kept as a hash."""
    session.execute(sa.delete(portal_codes).where(_at.made_at < now - _KEPT))
    id, code, owner = new_id("otp", now), f"{secrets.randbelow(1_000_000):06d}", _hash(secret, "address", address)
    lately = sa.select(sa.func.count()).where(_at.address_hash == owner, _at.made_at > now - timedelta(hours=1))
    if (session.scalar(lately) or 0) >= MOST_PER_HOUR:
        return Asked(id, "")
    row = {
        "id": id, "member_id": member, "address_hash": owner, "code_hash": _hash(secret, id, code),
        "details": dict(details), "wrong": 0, "made_at": now, "ends_at": now + LIFE,
    }  # fmt: skip
    session.execute(sa.insert(portal_codes), [row])
    return Asked(id, code)


def latest_of(session: Session, address: str, secret: str) -> str:
    """The id of the last code asked for `address`; empty when there is none."""
    found = sa.select(_at.id).where(_at.address_hash == _hash(secret, "address", address))
    return session.scalar(found.order_by(_at.made_at.desc(), _at.id.desc()).limit(1)) or ""


def prove(session: Session, id: str, code: str, now: datetime, secret: str) -> Proved | None:
    """What the code proves, once; None when it is wrong, too old or tried too often. Commit whatever the answer is."""
    row = session.execute(sa.select(portal_codes).where(_at.id == id).with_for_update()).one_or_none()
    if row is None or row.wrong >= TRIES or now >= row.ends_at:
        return None
    if not hmac.compare_digest(row.code_hash, _hash(secret, id, code)):
        session.execute(sa.update(portal_codes).where(_at.id == id).values(wrong=row.wrong + 1))
        return None
    session.execute(sa.delete(portal_codes).where(_at.id == id))
    return Proved(row.member_id, row.details)


def _hash(secret: str, purpose: str, text: str) -> str:
    return hmac.new(secret.encode(), f"portal code\0{purpose}\0{text}".encode(), "sha256").hexdigest()
