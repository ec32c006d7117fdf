"""Who holds a pass, on which phones, and since when it says what it says."""

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.base import Moment
from loyalty.members.tables import Member
from loyalty.members.wallet_tables import wallet_passes, wallet_phones
from loyalty.passes.content import PassContent
from loyalty.points.tables import transfers

APPLE, GOOGLE = "apple", "google"
_pass, _phone = wallet_passes.c, wallet_phones.c
MOST_PHONES = 20
"""Of one pass: whoever has its file could otherwise fill the table."""


@dataclass(frozen=True)
class Held:
    """A pass that was made for a member. `changed_at`: since when it says what it says."""

    serial: str
    kind: str
    member: str
    digest: str
    changed_at: datetime


def pass_for(session: Session, member: str, kind: str, content: PassContent, now: datetime) -> Held:
    """The member's pass of this kind, made at the first call; what it says now is written down."""
    found = _one(session, _pass.member_id == member, _pass.kind == kind)
    if found is None:
        serial = f"wp-{secrets.token_hex(12)}"
        row = {"serial": serial, "kind": kind, "member_id": member, "digest": content.digest, "said": ""}
        moments = dict.fromkeys(("made_at", "changed_at", "looked_at", "told_at"), now)
        session.execute(sa.insert(wallet_passes), [row | moments])
        return Held(serial, kind, member, content.digest, now)
    return note_content(session, found, content, now)


def note_content(session: Session, held: Held, content: PassContent, now: datetime) -> Held:
    """The pass as it is now: changed at this moment if it says something else than before.

    Two changes lie at least a second apart: phones compare them by HTTP's clock, which knows no parts of one.
    """
    changed = held.changed_at if content.digest == held.digest else max(now, held.changed_at + timedelta(seconds=1))
    values = {"digest": content.digest, "changed_at": changed, "looked_at": now}
    session.execute(sa.update(wallet_passes).where(_pass.serial == held.serial).values(values))
    return Held(held.serial, held.kind, held.member, content.digest, changed)


def held_by_serial(session: Session, serial: str) -> Held | None:
    return _one(session, _pass.serial == serial)


def holder(session: Session, held: Held) -> Member | None:
    """The person, behind merges of records; None when the record is gone."""
    member = session.get(Member, held.member)
    while member is not None and member.merged_into:
        member = session.get(Member, member.merged_into)
    return member


def token_of(serial: str, secret: str) -> str:
    """With which phones that hold the pass prove it, for as long as the pass lives: 32 signs, kept nowhere."""
    digest = hmac.new(f"wallet pass\0{secret}".encode(), serial.encode(), "sha256").digest()
    return base64.b32encode(digest[:20]).decode()


def register(session: Session, serial: str, device: str, push_token: str, now: datetime) -> bool:
    """True when the phone was not registered for this pass before; a new push token takes the place of the old."""
    this = sa.and_(_phone.serial == serial, _phone.device == device)
    known = sa.update(wallet_phones).where(this).values(push_token=push_token)
    if session.execute(known).rowcount:  # type: ignore[attr-defined]
        return False
    oldest = sa.select(_phone.device).where(_phone.serial == serial)
    oldest = oldest.order_by(_phone.registered_at.desc(), _phone.device).offset(MOST_PHONES - 1)
    gone = session.scalars(oldest).all()
    session.execute(sa.delete(wallet_phones).where(_phone.serial == serial, _phone.device.in_(gone)))
    row = {"serial": serial, "device": device, "push_token": push_token, "registered_at": now}
    session.execute(sa.insert(wallet_phones), [row])
    return True


def unregister(session: Session, serial: str, device: str) -> None:
    session.execute(sa.delete(wallet_phones).where(_phone.serial == serial, _phone.device == device))


def on_phone(session: Session, device: str) -> list[Held]:
    """Passes for which this phone is registered."""
    serials = sa.select(_phone.serial).where(_phone.device == device)
    return _many(session, sa.select(wallet_passes).where(_pass.serial.in_(serials)).order_by(_pass.serial))


def stale(session: Session, kind: str, before: datetime, most: int) -> Sequence[Held]:
    """Passes of members whose points or record moved since they were last compared, or not compared since `before`."""
    last = sa.select(sa.func.max(transfers.c.recorded_at)).where(transfers.c.member == _pass.member_id)
    moved = sa.type_coerce(last.scalar_subquery(), Moment) >= _pass.looked_at
    edited = sa.exists().where(Member.id == _pass.member_id, Member.updated_at >= _pass.looked_at)
    due = sa.select(wallet_passes).where(_pass.kind == kind, sa.or_(_pass.looked_at < before, moved, edited))
    return _many(session, due.order_by(_pass.looked_at, _pass.serial).limit(most))


def untold(session: Session, kind: str, most: int) -> Sequence[Held]:
    """Passes that say something else than when anybody was last told of them."""
    due = sa.select(wallet_passes).where(_pass.kind == kind, _pass.told_at < _pass.changed_at)
    return _many(session, due.order_by(_pass.changed_at, _pass.serial).limit(most))


def phones_of(session: Session, serial: str) -> dict[str, str]:
    """Push tokens by the device's name."""
    found = sa.select(_phone.device, _phone.push_token).where(_phone.serial == serial).order_by(_phone.device)
    return {device: push_token for device, push_token in session.execute(found)}


def note_told(session: Session, held: Held, said: str, now: datetime) -> None:
    """What the wallet's company answered, "" when it took the change."""
    values = {"told_at": max(now, held.changed_at), "said": said[:200]}
    session.execute(sa.update(wallet_passes).where(_pass.serial == held.serial).values(values))


def counts(session: Session) -> dict[str, int]:
    """How many passes of each kind were handed out, and how many phones want to hear of changes, as `phones`."""
    found = session.execute(sa.select(_pass.kind, sa.func.count()).group_by(_pass.kind)).all()
    phones = session.scalar(sa.select(sa.func.count()).select_from(wallet_phones)) or 0
    return {**dict.fromkeys((APPLE, GOOGLE), 0), **{kind: number for kind, number in found}, "phones": phones}


def _one(session: Session, *which: sa.ColumnElement[bool]) -> Held | None:
    return next(iter(_many(session, sa.select(wallet_passes).where(*which))), None)


def _many(session: Session, query: sa.Select[tuple[object, ...]]) -> list[Held]:
    return [Held(row.serial, row.kind, row.member_id, row.digest, row.changed_at) for row in session.execute(query)]
