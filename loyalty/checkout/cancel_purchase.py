"""A sale is undone: all that is left of it is returned, and limits and stock come back."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes, staff_work
from loyalty.checkout.merged_records import bring_together, settled_with_who_goes_on
from loyalty.checkout.pay_gift import back_to_gifts
from loyalty.checkout.sale import amounts_of, face_data, shown
from loyalty.checkout.thank_for_bringing import take_thanks_back
from loyalty.checkout.words import money_text
from loyalty.contract.commands import CancelPurchase, ReturnPurchase
from loyalty.contract.outcomes import CancelOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import NotFound
from loyalty.points.sql_engine import Ledger


def cancel_purchase(session: Session, command: CancelPurchase, now: datetime) -> CancelOutcome:
    """The outcome, kept under the command's id. NotFound for a sale that was never booked; a second undoing gives 0."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, {k: v for k, v in to_json(command).items() if v or k != "captures"})
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(CancelOutcome, kept.answer)
    ledger = Ledger(session)
    purchase = ledger.facts.purchase(command.purchase)
    if purchase is None:
        outcome = forgotten(session, command, now)
    else:
        for place, capture in enumerate(command.captures):
            _reward_back(ledger, f"{command.id}:reward:{place}", capture, now)
        body = {"id": command.id, "member": purchase.member, "of": command.purchase}
        outcome = taken_back(ledger, "cancel", body, command, now, "cancelled")
    outcomes.keep(
        cursor, command.id, command.type, digest, outcomes.Kept(200, to_json(outcome)), now, command.counter,
        command.seq,
    )  # fmt: skip
    return outcome


def _reward_back(ledger: Ledger, id: str, capture: str, now: datetime) -> None:
    """The points of a reward that was handed out with the sale; none where they were never taken."""
    booking = ledger.facts.booking(capture)
    if booking is not None and booking.member is not None:
        ledger.perform("reverse", {"id": id, "member": booking.member, "of": capture}, now)


def taken_back(
    ledger: Ledger, verb: str, body: Mapping[str, Any], command: CancelPurchase | ReturnPurchase, now: datetime,
    status: str,
) -> CancelOutcome:  # fmt: skip
    """Performs `cancel` or `return` of a booked sale; the outcome, not yet kept."""
    bring_together(ledger, str(body["member"]), str(body["of"]), command.id, now)
    done = ledger.perform(verb, body, now, min(command.occurred_at, now))
    take_thanks_back(ledger, str(body["member"]), str(body["of"]), now)
    state = shown(ledger.facts, settled_with_who_goes_on(ledger, str(body["member"]), command.id, now), now)
    taken = amounts_of(done.result, "reversed")
    gifts = back_to_gifts(ledger.session, ledger, str(body["of"]), command.id, now)
    refund = Decimal(str(done.result.get("refund", 0)))
    money = money_text(refund - sum(gifts.values()), state.programme.currency)
    points = taken.get(state.wallet, Decimal(0))
    decimals = state.view.wallets[state.wallet].decimals
    return CancelOutcome(
        id=command.id,
        purchase=command.purchase,
        status=status,
        reversed=taken,
        refund=refund,
        member=state.view,
        sentence=f"{money} back, {points:,.{decimals}f} {state.unit}"
        f" taken back, balance {state.balance}.",
        face=face_data(state, min(command.occurred_at, now)),
        given_back=amounts_of(done.result, "given_back"),
        gifts=gifts,
    )


def forgotten(session: Session, command: CancelPurchase, now: datetime) -> CancelOutcome:
    """A sale that waits for its member is taken off staff's list. NotFound when it never was there."""
    waiting = staff_work.of_command(session, command.purchase, "unmatched_sale")
    if waiting is None:
        raise NotFound(f"There is no booked sale {command.purchase[:60]!r} to undo; look at the member's sales.")
    staff_work.done(session, waiting.id, now, command.staff)
    return CancelOutcome(
        id=command.id,
        purchase=command.purchase,
        status="cancelled",
        reversed={},
        refund=Decimal(0),
        member=None,
        sentence="The sale was waiting for its member and is forgotten; no points had been given.",
    )
