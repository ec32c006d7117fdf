"""Points by hand: with a reason from the list, at once up to what a person may give, above it when a second one agrees.

The limit counts a person's own bookings of the day, so that many small ones are no way around it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.checkout.member_view import programme_of
from loyalty.db.shop_settings import all_set
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.members.enrolment import get_member
from loyalty.members.record_tables import point_requests
from loyalty.points.calendar import zone_of
from loyalty.points.programme import Wallet
from loyalty.points.sql_engine import Ledger

REASONS = ("goodwill", "missed_sale", "correction", "gift", "faulty_goods", "other")
"""Why; `other` needs a note."""

SETTING = "points_limits"
"""Name of the shop's setting: whole units of a wallet that each role may book by itself in a day."""

DEFAULT_LIMITS = {"supervisor": 1_000, "administrator": 10_000}
LONGEST_NOTE = 400


@dataclass(frozen=True)
class PointsWish:
    """`points` in the wallet's own unit, below zero to take them off. `id` is the caller's: the same one books once."""

    id: str
    member: str
    wallet: str
    points: Decimal
    reason: str
    note: str = ""


def limit_of(session: Session, roles: Iterable[str]) -> int:
    """Whole units that the best of `roles` may book by itself in a day."""
    limits = {**DEFAULT_LIMITS, **(all_set(session).get(SETTING) or {})}
    return max((int(limits.get(role, 0)) for role in roles), default=0)


def adjust_points(session: Session, wish: PointsWish, who: str, limit: int, now: datetime) -> Row[Any]:
    """The request's row: `booked` at once, or `waiting` when it goes above `limit` with what `who` booked today."""
    if found := _row(session, wish.id):
        return found
    ledger = Ledger(session)
    programme = programme_of(ledger.facts, now).programme
    wallet = _checked(wish, programme.wallets)
    get_member(session, wish.member)
    units = wish.points.scaleb(wallet.decimals)
    if units != units.to_integral_value() or not units:
        raise Invalid(f"Give a number other than 0 with at most {wallet.decimals} decimals.", pointer="/points")
    midnight = now.astimezone(zone_of(programme.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    used = _used(session, who, wallet.name, midnight)
    waits = abs(int(units)) + used > limit * 10**wallet.decimals
    row = {
        "id": wish.id, "member_id": wish.member, "wallet": wallet.name, "units": int(units), "reason": wish.reason,
        "note": wish.note.strip(), "status": "waiting" if waits else "booked", "asked_by": who, "asked_at": now,
    }  # fmt: skip
    session.execute(sa.insert(point_requests), [row])
    if not waits:
        _book(ledger, row, wallet, now)
    return get_request(session, wish.id)


def decide(session: Session, id: str, who: str, agree: bool, now: datetime) -> Row[Any]:
    """Books what waited, or refuses it. Conflict for one's own request and for one that was decided already."""
    asked = get_request(session, id)
    if asked.status != "waiting":
        raise Conflict("Somebody has decided this already; load the list again.")
    if agree and asked.asked_by == who:
        raise Conflict("Nobody agrees to their own request; ask somebody else.")
    status = "booked" if agree else "refused"
    session.execute(
        sa.update(point_requests)
        .where(point_requests.c.id == id)
        .values(status=status, decided_by=who, decided_at=now)
    )
    if agree:
        ledger = Ledger(session)
        wallet = programme_of(ledger.facts, now).programme.wallet(asked.wallet)
        _book(ledger, asked._asdict(), wallet, now)
    return get_request(session, id)


def waiting(session: Session, limit: int = 100) -> list[Row[Any]]:
    """What waits for a second person, the oldest first."""
    at = point_requests.c
    return list(session.execute(sa.select(point_requests).where(at.status == "waiting").order_by(at.id).limit(limit)))


def get_request(session: Session, id: str) -> Row[Any]:
    """NotFound when there is none."""
    if (row := _row(session, id)) is None:
        raise NotFound("There is no such request for points; look at the list again.")
    return row


def _row(session: Session, id: str) -> Row[Any] | None:
    return session.execute(sa.select(point_requests).where(point_requests.c.id == id)).one_or_none()


def _checked(wish: PointsWish, wallets: Mapping[str, Wallet]) -> Wallet:
    if wish.wallet not in wallets:
        raise Invalid(f"The wallet is one of {', '.join(wallets)}.", pointer="/wallet")
    if wish.reason not in REASONS:
        raise Invalid(f"The reason is one of {', '.join(REASONS)}.", pointer="/reason")
    note = wish.note.strip()
    if wish.reason == "other" and not note:
        raise Invalid("Write in the note what the reason is.", pointer="/note")
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"The note is longer than {LONGEST_NOTE} characters; shorten it.", pointer="/note")
    if not wish.points.is_finite() or abs(wish.points) > 10**12:
        raise Invalid("Give a number of points.", pointer="/points")
    return wallets[wish.wallet]


def _used(session: Session, who: str, wallet: str, since: datetime) -> int:
    at = point_requests.c
    own = (at.asked_by == who, at.wallet == wallet, at.asked_at >= since, at.status == "booked")
    total = sa.select(sa.func.sum(sa.func.abs(at.units))).where(*own, at.decided_by.is_(None))
    return int(session.scalar(total) or 0)


def _book(ledger: Ledger, row: Mapping[str, Any], wallet: Wallet, now: datetime) -> None:
    verb = "credit" if row["units"] > 0 else "debit"
    body = {
        "id": row["id"], "member": row["member_id"], "wallet": row["wallet"],
        "points": Decimal(abs(row["units"])).scaleb(-wallet.decimals), "reason": row["note"] or row["reason"],
    }  # fmt: skip
    ledger.perform(verb, body, now)
