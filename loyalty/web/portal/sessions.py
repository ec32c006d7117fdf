"""Phones that are signed in: a random cookie, of which only the hash is kept, so that each can be signed out here."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.portal_tables import portal_sessions
from loyalty.members.tables import Member

COOKIE = "loyalty_member"
LIFE = timedelta(days=90)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_at = portal_sessions.c


@dataclass(frozen=True)
class Phone:
    """Somebody's browser that is signed in. `handle` names it in its passes."""

    handle: str
    member: Member


def open_session(session: Session, member: str, now: datetime) -> str:
    """What the cookie is to hold from now on."""
    session.execute(sa.delete(portal_sessions).where(_at.ends_at <= now))
    token, handle = secrets.token_urlsafe(32), "".join(secrets.choice(_ALPHABET) for _ in range(13))
    row = {"handle": handle, "token_hash": _hash(token), "member_id": member, "made_at": now, "ends_at": now + LIFE}
    session.execute(sa.insert(portal_sessions), [row])
    return token


def phone_of(session: Session, token: str, now: datetime) -> Phone | None:
    """Whose phone holds `token`; None when it is signed out, or when the membership ended."""
    return _phone(session, _at.token_hash == _hash(token), now) if token else None


def phone_called(session: Session, handle: str, now: datetime) -> Phone | None:
    """As `phone_of`, by the handle that stands in a pass."""
    return _phone(session, _at.handle == handle, now)


def close_session(session: Session, token: str) -> None:
    """Signs this phone out."""
    session.execute(sa.delete(portal_sessions).where(_at.token_hash == _hash(token)))


def close_all(session: Session, member: str) -> None:
    """Signs every phone of the member out."""
    session.execute(sa.delete(portal_sessions).where(_at.member_id == member))


def _phone(session: Session, which: sa.ColumnElement[bool], now: datetime) -> Phone | None:
    row = session.execute(sa.select(_at.handle, _at.member_id).where(which, _at.ends_at > now)).one_or_none()
    member = session.get(Member, row.member_id) if row else None
    if member is not None and member.merged_into:
        member = session.get(Member, member.merged_into)
    if row is None or member is None or member.status != "active":
        return None
    return Phone(row.handle, member)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
