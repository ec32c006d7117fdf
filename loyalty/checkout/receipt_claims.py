"""Sales without a card, which wait for whoever claims them by the code on the receipt; and claims that wait for a sale.

A counter prints the code before the server hears of the sale, so either may come first.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from loyalty.checkout import staff_work
from loyalty.contract.claim import KIND
from loyalty.contract.commands import RecordPurchase, ReturnPurchase
from loyalty.contract.outcomes import CancelOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor, Prepared
from loyalty.errors import Invalid
from loyalty.members.identification import going_on
from loyalty.members.portal_tables import receipt_claims
from loyalty.members.tables import Member

LONGEST_WISH = timedelta(days=90)
"""A code that no counter told of within this time was none."""
_at, _person = receipt_claims.c, Member.__table__.c
_hash = re.compile(r"[0-9a-f]{64}\Z")
_wish = Prepared(
    sa.select(_at.member_id).where(
        _at.code_hash == bindparam("code"), _at.work_id.is_(None), _at.member_id.is_not(None)
    )
)
_active = Prepared(sa.select(_person.id).where(_person.id == bindparam("id"), _person.status == "active"))
SENTENCE = "The sale was made without a card; whoever has its receipt can claim its points."


def is_claim(command: RecordPurchase) -> bool:
    """The sale carries the code of its receipt in the place of a card. Invalid when the code can be none."""
    if command.token is None or command.token.kind != KIND:
        return False
    if not _hash.match(command.token.value):
        raise Invalid("The code of a receipt is told by its SHA-256, 64 hexadecimal digits.", pointer="/token/value")
    return True


def asked_already(cursor: Cursor, code_hash: str) -> str | None:
    """The member who claimed this sale before the counter told of it."""
    member = cursor.value(_wish, code=code_hash)
    return None if member is None else cursor.value(_active, id=going_on(cursor, member))


def keep_for_claim(session: Session, cursor: Cursor, command: RecordPurchase, now: datetime) -> None:
    """The sale as it came, and its code's hash. A code that was used before claims its first sale only."""
    assert command.token is not None  # the caller looked
    work = staff_work.note(cursor, trouble_of(command, staff_work.CLAIMABLE), now)
    _put(session, command.token.value, {"work_id": work})


def note_claimed(session: Session, cursor: Cursor, command: RecordPurchase, member: str, now: datetime) -> None:
    """The sale found its claim waiting: what staff see of it is done at once."""
    assert command.token is not None
    work = staff_work.note(cursor, trouble_of(command, staff_work.CLAIMABLE), now)
    staff_work.done(session, work, now, f"member:{member}", member)
    session.execute(sa.update(receipt_claims).where(_at.code_hash == command.token.value).values(work_id=work))


def trouble_of(command: RecordPurchase, status: str) -> staff_work.Trouble:
    """The row that keeps a sale of nobody."""
    return staff_work.Trouble(
        "unmatched_sale", SENTENCE, command.occurred_at, command.id, command.counter, None, command.token,
        to_json(command), status,
    )  # fmt: skip


def wish(session: Session, code_hash: str, member: str, now: datetime) -> str:
    """Keeps that `member` claims a sale nobody has told of yet; whose it is: the first who asks has it."""
    session.execute(sa.delete(receipt_claims).where(_at.work_id.is_(None), _at.asked_at < now - LONGEST_WISH))
    _put(session, code_hash, {"member_id": member, "asked_at": now})
    return str(session.scalar(sa.select(_at.member_id).where(_at.code_hash == code_hash)))


def _put(session: Session, code_hash: str, row: dict[str, Any]) -> None:
    known = session.execute(sa.select(_at.work_id).where(_at.code_hash == code_hash).with_for_update()).first()
    if known is None:
        session.execute(sa.insert(receipt_claims), [{"code_hash": code_hash, **row}])
    elif known.work_id is None and "work_id" in row:  # asked for in the very moment in which the sale came
        session.execute(sa.update(receipt_claims).where(_at.code_hash == code_hash).values(**row))


def ended_by_return(session: Session, command: ReturnPurchase, now: datetime) -> CancelOutcome | None:
    """Goods come back of a sale that nobody has claimed: its code ends, for nobody could say what it is still worth.

    None when there is no such sale.
    """
    row = staff_work.of_command(session, command.purchase, "unmatched_sale")
    if row is None or row.status != staff_work.CLAIMABLE:
        return None
    staff_work.done(session, row.id, now, command.staff)
    return CancelOutcome(
        id=command.id, purchase=command.purchase, status="returned", reversed={},
        refund=_refund(from_json(RecordPurchase, row.body), command), member=None,
        sentence="The sale had no member yet: no points had been given, and the code on its receipt ends.",
    )  # fmt: skip


def _refund(sale: RecordPurchase, back: ReturnPurchase) -> Decimal:
    if back.amount is not None:
        return back.amount
    if back.all:
        return total_of(sale)
    pieces = {line.sku: line.amount / line.quantity for line in sale.lines}
    total = sum((pieces.get(line.sku, Decimal(0)) * line.quantity for line in back.lines), Decimal(0))
    return total.quantize(Decimal("0.01"))


def total_of(sale: RecordPurchase) -> Decimal:
    """What the sale came to, in the programme's currency."""
    return sale.amount if sale.amount is not None else sum((line.amount for line in sale.lines), Decimal(0))
