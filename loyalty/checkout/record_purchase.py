"""A sale is booked: member found, rules applied, ledger posted, level settled, answer kept, in one transaction.

A sale that a counter tells has happened is never turned away because of its card. With a credential that nobody has,
it is kept as work for staff (`unmatched`); without any, with the code of its receipt,
until its member claims it (`claimable`). With a card that is blocked, lost or replaced, the points go to the card's
rightful owner and staff are told: whoever held the card gains nothing by it. Rewards that were promised while the
counter could not ask, and that the member turns out not to have, stay money off the sale, and staff are told.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes, staff_work
from loyalty.checkout.member_view import programme_of
from loyalty.checkout.pay_gift import pay_sale, receipt_lines
from loyalty.checkout.places import note_own_sale
from loyalty.checkout.receipt_claims import asked_already, is_claim, keep_for_claim, note_claimed, total_of
from loyalty.checkout.sale import (
    amounts_of,
    earned_of,
    explanation_of,
    face_data,
    new_vouchers,
    receipt_data,
    sentence_of,
    shown,
)
from loyalty.checkout.settle_hold import release
from loyalty.checkout.thank_for_bringing import thank_for_bringing
from loyalty.contract.commands import Line, RecordPurchase, Redeem
from loyalty.contract.outcomes import PurchaseOutcome, ReceiptLine
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import Invalid, LoyaltyError
from loyalty.members.conventions import Conventions
from loyalty.members.identification import Found, find_by_token, going_on
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts

_YOUNGER = ("redeem", "vouchers", "pay", "discount", "gifts")


def record_purchase(
    session: Session, command: RecordPurchase, now: datetime, conventions: Conventions
) -> PurchaseOutcome:
    """The outcome, kept under the command's id: the same command again gives the same outcome.

    Conflict for another command under that id; LoyaltyError when the sale itself cannot be (then nothing is kept).
    """
    cursor = Cursor(session)
    digest = digest_of(command)
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(PurchaseOutcome, kept.answer)
    programme_of(SqlFacts(session), now)  # a shop that is not ready turns nothing away for good
    found = _member_of(cursor, command, conventions)
    if found is None:
        outcome = _unmatched(session, cursor, command, now)
    else:
        outcome = booked(session, command, found.member, now)
        at = min(command.occurred_at, now)
        note_own_sale(cursor, command.id, found.member, command.staff, command.counter, at)
        if not found.usable:
            staff_work.note(cursor, _blocked(command, found), now)
        if is_claim(command):
            note_claimed(session, cursor, command, found.member, now)
    kept = outcomes.Kept(200, to_json(outcome))
    outcomes.keep(cursor, command.id, command.type, digest, kept, now, command.counter, command.seq)
    return outcome


def digest_of(command: RecordPurchase) -> str:
    """What was never sent before a counter could redeem does not count: older counters' answers stay theirs."""
    body = to_json(command)
    said = {key: value for key, value in body.items() if value or key not in _YOUNGER}
    return outcomes.digest_of(command.type, said)


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
    if command.redeem:
        body["redeem"] = [_redeem(each) for each in command.redeem]
    if command.vouchers:
        body["vouchers"] = list(command.vouchers)
    if command.pay:
        body["pay"] = [{"wallet": each.wallet, "amount": each.amount} for each in command.pay]
    if command.discount is not None:
        body["discount"] = command.discount
    return body


def _redeem(each: Redeem) -> dict[str, Any]:
    asked = {"reward": each.reward, "quantity": each.quantity, "points": each.points}
    return {key: value for key, value in asked.items() if value is not None}


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
    if is_claim(command):
        assert command.token is not None  # that is what makes it one
        member = asked_already(cursor, command.token.value)
        return Found(member) if member else None
    if command.token is not None:
        return find_by_token(cursor, command.token, conventions)
    return Found(going_on(cursor, command.member or ""))  # a counter may not know yet that the record was merged


def booked(session: Session, command: RecordPurchase, member: str, now: datetime) -> PurchaseOutcome:
    """Posts the sale for `member`; the outcome, not yet kept. LoyaltyError when the sale cannot be."""
    ledger = Ledger(session)
    before = ledger.facts.standing(member)
    result = _posted(ledger, command, member, now)
    thank_for_bringing(ledger, member, command.id, result, now)
    gifts = pay_sale(session, ledger, command.id, command.gifts, Decimal(result["due"]), now) if command.gifts else {}
    state = shown(ledger.facts, member, now)
    tier_before = before.tier if before else None
    lines = tuple(ReceiptLine(line.sku or line.category or "", str(line.amount)) for line in command.lines)
    lines += receipt_lines(gifts, state.programme.digits)
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
        face=face_data(state, min(command.occurred_at, now)),
        receipt=receipt_data(state, command.id, result, lines),
        redeemed=Decimal(str(result.get("redeemed", 0))),
        discount=Decimal(str(result.get("discount", 0))),
        value=Decimal(str(result.get("value", 0))),
        paid=amounts_of(result, "paid"),
        vouchers=new_vouchers(state, result),
        gifts=gifts,
    )


def _posted(ledger: Ledger, command: RecordPurchase, member: str, now: datetime) -> Mapping[str, Any]:
    """The engine's answer. Holds are given up first: what they held pays in the same transaction."""
    for place, each in enumerate(command.redeem):
        if each.hold is not None:
            release(ledger, f"{command.id}:release:{place}", each.hold, now)
    at = min(command.occurred_at, now)  # a counter whose clock is ahead has sold all the same
    try:
        return ledger.perform("purchase", purchase_body(command, member), now, at).result
    except LoyaltyError:
        promised = [each for each in command.redeem if each.promised]
        if not promised:
            raise
    off = sum((each.value or Decimal(0) for each in promised), command.discount or Decimal(0))
    asked = tuple(each for each in command.redeem if not each.promised)
    poorer = replace(command, redeem=asked, discount=off or None)
    result = ledger.perform("purchase", purchase_body(poorer, member), now, at).result
    names = ", ".join(each.reward for each in promised)
    sentence = f"{names} was given with this sale, but its points were not there any more."
    trouble = staff_work.Trouble(
        "over_redemption", sentence, command.occurred_at, command.id, command.counter, member, body=to_json(command)
    )
    staff_work.note(ledger.facts.cursor, trouble, now)
    return result


def _unmatched(session: Session, cursor: Cursor, command: RecordPurchase, now: datetime) -> PurchaseOutcome:
    """Kept as it came: staff may book it for a member later (see resolve_unmatched.py), or its member claims it."""
    if is_claim(command):
        keep_for_claim(session, cursor, command, now)
        return _nobodys(command, "claimable", "The sale is kept; the code on its receipt brings its points.")
    sentence = "The sale is kept, but nobody has this card yet; staff can give it to a member later."
    trouble = staff_work.Trouble(
        "unmatched_sale", sentence, command.occurred_at, command.id, command.counter, None, command.token,
        to_json(command),
    )  # fmt: skip
    staff_work.note(cursor, trouble, now)
    return _nobodys(command, "unmatched", sentence)


def _nobodys(command: RecordPurchase, status: str, sentence: str) -> PurchaseOutcome:
    total = total_of(command)
    return PurchaseOutcome(
        id=command.id,
        purchase=command.id,
        status=status,
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
