"""Sales without a card that nobody claimed are closed after some time: codes end, what was bought is forgotten.

The row itself stays with its moment and its total, since the counter was told that the sale is kept.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.checkout import staff_work
from loyalty.checkout.receipt_claims import LONGEST_WISH, total_of
from loyalty.checkout.tables import staff_work as rows
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.wire import from_json
from loyalty.db import audit
from loyalty.db.session import write
from loyalty.db.shop_settings import all_set
from loyalty.members.portal_tables import receipt_claims

UNCLAIMED_DAYS, DEFAULT_DAYS, MOST_DAYS = "unclaimed_days", 400, 3650
"""The setting: after how many days a sale that nobody claimed is closed; 0 keeps all."""
_CLAIM_DAYS = "claim_days"
AT_ONCE = 500
"""Rows in one transaction: a sale at a counter waits for at most that many."""
BY_ITSELF = "nightly"


def prune_receipts(engine: Engine, now: datetime) -> int:
    """How many sales were closed; safe to run twice. What it did stands in the audit log."""
    closed, last = 0, AT_ONCE
    while last == AT_ONCE:
        with write(engine) as session:
            days = _days(session)
            last = _some(session, now, days) if days else 0
            closed += last
            if last < AT_ONCE:
                forgotten = _forget_wishes(session, now)
                if closed or forgotten:
                    after = {"receipts": closed, "codes": forgotten, "days": days}
                    audit.note(session, BY_ITSELF, "receipts.prune", "settings:shop", now, after=after)
    return closed


def _days(session: Session) -> int:
    """Never shorter than a code is good."""
    found = all_set(session)
    wish, good = found.get(UNCLAIMED_DAYS, DEFAULT_DAYS), found.get(_CLAIM_DAYS, 0)
    return max(int(wish), int(good)) if wish else 0


def _some(session: Session, now: datetime, days: int) -> int:
    at = rows.c
    old = sa.select(at.id, at.body).where(
        at.status == staff_work.CLAIMABLE, at.recorded_at < now - timedelta(days=days)
    )
    found = session.execute(old.order_by(at.id).limit(AT_ONCE)).all()
    for row in found:
        values = {"status": staff_work.DONE, "done_at": now, "done_by": BY_ITSELF, "body": _lean(row.body)}
        session.execute(sa.update(rows).where(at.id == row.id).values(**values))
    _end_codes(session, [row.id for row in found])
    return len(found)


def _lean(body: Any) -> Any:
    """The sale without what was bought and where."""
    total = str(total_of(from_json(RecordPurchase, body)))
    kept = {name: body[name] for name in ("id", "counter", "seq", "occurred_at") if name in body}
    return {**kept, "amount": total}


def _end_codes(session: Session, work: Sequence[str]) -> None:
    session.execute(sa.delete(receipt_claims).where(receipt_claims.c.work_id.in_(work)))


def _forget_wishes(session: Session, now: datetime) -> int:
    """Codes that somebody typed and no counter ever told of."""
    at = receipt_claims.c
    never = sa.delete(receipt_claims).where(at.work_id.is_(None), at.asked_at < now - LONGEST_WISH)
    return int(session.execute(never).rowcount)  # type: ignore[attr-defined]
