"""The pass on a phone: a QR code that is good for a minute and for one reading.

`LP1`, the phone's handle (13 signs), the second at which it ends, a random number, and 80 bits of HMAC-SHA-256, all in
signs that a QR code packs tightly (capitals and digits): 47 characters, readable at arm's length from a scratched
phone. Nothing in it names the member. What was read is remembered, so a photograph of the screen is worth nothing.
"""

import base64
import binascii
import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty.contract.token import PASS_LENGTH, PASS_SIGN
from loyalty.db.session import write
from loyalty.errors import UnknownMember
from loyalty.members.portal_tables import portal_passes
from loyalty.web.portal.sessions import phone_called

LIFE = timedelta(seconds=60)
RENEWED_AFTER_S = 30
"""The page shows a new one after half its life, so that one which is scanned late is still good."""
_HANDLE, _MAC = 13, 16
_TAIL = 15
"""Base-32 signs of the end (4 bytes) and the random number (5 bytes)."""


def new_pass(handle: str, now: datetime, secret: str) -> str:
    """A pass for the phone with this handle, good from `now` for LIFE."""
    ends = int((now + LIFE).timestamp()).to_bytes(4, "big")
    said = PASS_SIGN + handle + base64.b32encode(ends + secrets.token_bytes(5)).decode().rstrip("=")
    return said + _mac(said, secret)


def read_pass(engine: Engine, text: str, key: str, now: datetime, secret: str, keep: bool = True) -> str:
    """The member's id; from now on the pass is used. UnknownMember when it is forged, too old, used or signed out.

    `key`: the API key that asks. `keep`: without it nothing is written down, for keys that only try things out.
    """
    with write(engine) as session:
        member = _member(session, text.strip().upper(), now, secret)
        if keep:
            _use(session, text.strip().upper(), member, key, now)
    return member


def _member(session: Session, text: str, now: datetime, secret: str) -> str:
    said, mac = text[:-_MAC], text[-_MAC:]
    if len(text) != PASS_LENGTH or not text.isascii() or not hmac.compare_digest(mac, _mac(said, secret)):
        raise UnknownMember("This is no pass of this shop; open the pass on the phone again and scan that.")
    if now.timestamp() > _ends(said):
        raise UnknownMember("This pass is too old; the phone shows a new one every half minute, scan that.")
    phone = phone_called(session, said[len(PASS_SIGN) :][:_HANDLE], now)
    if phone is None:
        raise UnknownMember("This phone was signed out; ask the member to sign in again, or search by name.")
    return phone.member.id


def _ends(said: str) -> int:
    try:
        return int.from_bytes(base64.b32decode(said[-_TAIL:] + "=")[:4], "big")
    except binascii.Error:
        return 0


def _use(session: Session, text: str, member: str, key: str, now: datetime) -> None:
    at = portal_passes.c
    session.execute(sa.delete(portal_passes).where(at.read_at < now - timedelta(days=1)))
    row = {"pass_hash": sha256(text.encode()).hexdigest(), "member_id": member, "api_key": key, "read_at": now}
    try:
        session.execute(sa.insert(portal_passes), [row])
    except IntegrityError as fault:
        raise UnknownMember("This pass was used already; wait for the next one on the phone and scan that.") from fault


def _mac(said: str, secret: str) -> str:
    digest = hmac.new(f"portal pass\0{secret}".encode(), said.encode(), "sha256").digest()
    return base64.b32encode(digest[:10]).decode()
