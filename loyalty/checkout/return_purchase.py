"""A part of a sale comes back: lines, an amount of its total, or all that is left, each part exactly once."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes
from loyalty.checkout.cancel_purchase import taken_back
from loyalty.checkout.receipt_claims import ended_by_return
from loyalty.contract.commands import ReturnPurchase
from loyalty.contract.outcomes import CancelOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import Invalid, NotFound
from loyalty.points.sql_engine import Ledger


def return_purchase(session: Session, command: ReturnPurchase, now: datetime) -> CancelOutcome:
    """The outcome, kept under the command's id. NotFound for a sale that was never booked; Invalid for more than is
    left of it."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(CancelOutcome, kept.answer)
    ledger = Ledger(session)
    purchase = ledger.facts.purchase(command.purchase)
    what = _what(command)
    if purchase is not None:
        body = what | {"id": command.id, "member": purchase.member, "of": command.purchase}
        outcome = taken_back(ledger, "return", body, command, now, "returned")
    elif (ended := ended_by_return(session, command, now)) is not None:
        outcome = ended
    else:
        raise NotFound(f"There is no booked sale {command.purchase[:60]!r} to return; look at the member's sales.")
    outcomes.keep(
        cursor, command.id, command.type, digest, outcomes.Kept(200, to_json(outcome)), now, command.counter,
        command.seq,
    )  # fmt: skip
    return outcome


def _what(command: ReturnPurchase) -> dict[str, Any]:
    if sum((bool(command.lines), command.amount is not None, command.all)) != 1:
        raise Invalid("Say what comes back: lines, an amount, or all.", pointer="/amount")
    if command.lines:
        return {"lines": [{"sku": line.sku, "quantity": line.quantity} for line in command.lines]}
    return {"all": True} if command.all else {"amount": command.amount}
