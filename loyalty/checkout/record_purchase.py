"""A sale is booked: member found, rules applied, ledger posted, level settled, answer kept, in one transaction.

A sale that a counter tells has happened is never turned away because of its card. With a credential that nobody has,
it is kept as work for staff (`unmatched`). With a card that is blocked, lost or replaced, the points go to the card's
rightful owner and staff are told: whoever held the card gains nothing by it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes, staff_work
from loyalty.checkout.member_view import programme_of
from loyalty.checkout.sale import (
    earned_of,
    explanation_of,
    face_data,
    receipt_data,
    sentence_of,
    shown,
)
from loyalty.contract.commands import Line, RecordPurchase
from loyalty.contract.outcomes import PurchaseOutcome, ReceiptLine
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import Invalid
from loyalty.members.conventions import Conventions
from loyalty.members.identification import Found, find_by_token
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts


def record_purchase(
    session: Session, command: RecordPurchase, now: datetime, conventions: Conventions
) -> PurchaseOutcome:
    """The outcome, kept under the command's id: the same command again gives the same outcome.

    Conflict for another command under that id; LoyaltyError when the sale itself cannot be (then nothing is kept).
    """
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(PurchaseOutcome, kept.answer)
    programme_of(SqlFacts(session), now)  # a shop that is not ready turns nothing away for good
    found = _member_of(cursor, command, conventions)
    if found is None:
        outcome = _unmatched(cursor, command, now)
    else:
        outcome = _booked(session, command, found, now)
        if not found.usable:
            staff_work.note(cursor, _blocked(command, found), now)
    kept = outcomes.Kept(200, to_json(outcome))
    outcomes.keep(cursor, command.id, command.type, digest, kept, now, command.counter, command.seq)
    return outcome


def purchase_body(command: RecordPurchase, member: str) -> dict[str, Any]:
    """The command as the engine's verb takes it."""
    body: dict[str, Any] = {"id": command.id, "member": member}
    for name in ("store", "channel", "tender"):
        if getattr(command, name) is not None:
            body[name] = getattr(command, name)
    if command.codes:
        body["codes"] = list(command.codes)
    if command.lines:
        body["lines"] = [_line(line) for line in command.lines]
    else:
        body["amount"] = command.amount
    return body


def _line(line: Line) -> dict[str, Any]:
    body: dict[str, Any] = {"amount": line.amount, "quantity": line.quantity}
    if line.sku is not None:
        body["sku"] = line.sku
    if line.category is not None:
        body["category"] = line.category
    if line.labels:
        body["labels"] = list(line.labels)
    return body


def _member_of(cursor: Cursor, command: RecordPurchase, conventions: Conventions) -> Found | None:
    if (command.member is None) == (command.token is None):
        raise Invalid("A sale names either its member or the token that was read.", pointer="/member")
    if (command.amount is None) == (not command.lines):
        raise Invalid("A sale has either an amount or lines.", pointer="/amount")
    if command.token is not None:
        return find_by_token(cursor, command.token, conventions)
    return Found(command.member or "")


def _booked(session: Session, command: RecordPurchase, found: Found, now: datetime) -> PurchaseOutcome:
    ledger = Ledger(session)
    before = ledger.facts.standing(found.member)
    done = ledger.perform("purchase", purchase_body(command, found.member), now, command.occurred_at)
    state = shown(ledger.facts, found.member, now)
    tier_before = before.tier if before else None
    lines = tuple(ReceiptLine(line.sku or line.category or "", str(line.amount)) for line in command.lines)
    result = done.result
    return PurchaseOutcome(
        id=command.id,
        purchase=command.id,
        status="booked",
        total=Decimal(result["total"]),
        due=Decimal(result["due"]),
        earned=earned_of(result),
        explanation=explanation_of(result),
        member=state.view,
        tier_before=tier_before,
        tier_after=state.view.tier.name if state.view.tier else None,
        sentence=sentence_of(state, result, tier_before),
        face=face_data(state, command.occurred_at),
        receipt=receipt_data(state, command.id, result, lines),
        redeemed=Decimal(str(result.get("redeemed", 0))),
    )


def _unmatched(cursor: Cursor, command: RecordPurchase, now: datetime) -> PurchaseOutcome:
    """Kept as it came: staff may book it for a member later (see resolve_unmatched.py)."""
    assert command.token is not None
    total = command.amount if command.amount is not None else sum((line.amount for line in command.lines), Decimal(0))
    sentence = "The sale is kept, but nobody has this card yet; staff can give it to a member later."
    trouble = staff_work.Trouble(
        "unmatched_sale", sentence, command.occurred_at, command.id, command.counter, None, command.token,
        to_json(command),
    )  # fmt: skip
    staff_work.note(cursor, trouble, now)
    return PurchaseOutcome(
        id=command.id,
        purchase=command.id,
        status="unmatched",
        total=total,
        due=total,
        earned={},
        explanation=(),
        member=None,
        tier_before=None,
        tier_after=None,
        sentence=sentence,
    )


def _blocked(command: RecordPurchase, found: Found) -> staff_work.Trouble:
    return staff_work.Trouble(
        "blocked_card",
        f"A sale was made with a card that is {found.card_status}; its points went to the card's owner.",
        command.occurred_at,
        command.id,
        command.counter,
        found.member,
        command.token,
    )
