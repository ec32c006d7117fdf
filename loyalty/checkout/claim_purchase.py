"""A member claims a sale by the code on its receipt: booked for them once, judged as of when it happened."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout import staff_work
from loyalty.checkout.receipt_claims import total_of, wish
from loyalty.checkout.record_purchase import purchase_body
from loyalty.checkout.thank_for_bringing import thank_for_bringing
from loyalty.contract.claim import hashed
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.wire import from_json
from loyalty.db import audit
from loyalty.errors import Conflict, Expired
from loyalty.members.portal_tables import receipt_claims
from loyalty.points.sql_engine import Ledger

BOOKED, WAITS, THEIRS = "booked", "waits", "theirs"


@dataclass(frozen=True)
class Receipt:
    """A sale that can be claimed, as it may be shown to whoever has the paper."""

    total: Decimal
    """In the programme's currency."""
    store: str | None
    occurred_at: datetime


@dataclass(frozen=True)
class Claimed:
    """`status`: booked just now; waits until the counter tells of the sale; theirs since an earlier claim."""

    status: str
    purchase: str | None = None
    earned: dict[str, Decimal] | None = None
    """By wallet; None unless booked just now."""


def receipt_of(session: Session, code: str, now: datetime, days: int) -> Receipt | None:
    """What the code would claim; None while nobody has told of it.

    Conflict when it was claimed or came back; Expired after `days` from the moment the server heard of it.
    """
    row = _row(session, code)
    if row is None:
        return None
    _still_good(row, now, days)
    sale = from_json(RecordPurchase, row.body)
    return Receipt(total_of(sale), sale.store, row.occurred_at)


def claim_purchase(session: Session, code: str, member: str, now: datetime, days: int) -> Claimed:
    """Books the sale for `member`. `code` as `loyalty.contract.claim.plain` gives it; errors as in `receipt_of`."""
    digest = hashed(code)
    row = _row(session, code, lock=True)
    if row is None:
        if wish(session, digest, member, now) != member:
            raise Conflict("Somebody has claimed these points already.")
        audit.note(session, f"member:{member}", "portal.claim", f"member:{member}", now, after={"waits": True})
        return Claimed(WAITS)
    if row.status == staff_work.DONE and row.member == member:
        return Claimed(THEIRS, row.command)
    _still_good(row, now, days)
    sale = replace(from_json(RecordPurchase, row.body), member=member, token=None)
    ledger = Ledger(session)
    done = ledger.perform("purchase", purchase_body(sale, member), now, min(sale.occurred_at, now))
    thank_for_bringing(ledger, member, sale.id, done.result, now)
    staff_work.done(session, row.id, now, f"member:{member}", member)
    session.execute(
        sa.update(receipt_claims).where(receipt_claims.c.code_hash == digest).values(member_id=member, asked_at=now)
    )
    audit.note(session, f"member:{member}", "portal.claim", f"member:{member}", now, after={"purchase": row.command})
    earned = {wallet: Decimal(str(points)) for wallet, points in (done.result.get("earned") or {}).items()}
    return Claimed(BOOKED, row.command, earned)


def _row(session: Session, code: str, lock: bool = False) -> sa.Row[Any] | None:
    """The row of staff_work that keeps the sale; with `lock`, nobody else can claim it meanwhile."""
    found = sa.select(receipt_claims.c.work_id).where(receipt_claims.c.code_hash == hashed(code))
    work = session.scalar(found.with_for_update() if lock else found)
    return None if work is None else staff_work.work(session, work)


def _still_good(row: sa.Row[Any], now: datetime, days: int) -> None:
    if row.status != staff_work.CLAIMABLE:
        raise Conflict("The points of this receipt were given already, or its goods came back.")
    if now > max(row.occurred_at, row.recorded_at) + timedelta(days=days):
        raise Expired(f"The code on a receipt is good for {days} days, and this one is older.")
