"""A sale was booked for the wrong member: it is undone there and booked for the right one, both or neither."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes
from loyalty.checkout.cancel_purchase import forgotten
from loyalty.checkout.merged_records import bring_together, settled_with_who_goes_on
from loyalty.checkout.places import note_own_sale
from loyalty.checkout.record_purchase import booked
from loyalty.checkout.thank_for_bringing import take_thanks_back
from loyalty.contract.commands import CancelPurchase, MovePurchase
from loyalty.contract.outcomes import PurchaseOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import CardBlocked, Conflict, Invalid, UnknownMember
from loyalty.members.conventions import Conventions
from loyalty.members.identification import find_by_token, going_on
from loyalty.points.sql_engine import Ledger


def move_purchase(
    session: Session, command: MovePurchase, now: datetime, conventions: Conventions
) -> PurchaseOutcome:
    """The outcome of the sale for its new member, kept under the command's id, which is the new sale's id too.

    Conflict when the sale took rewards, vouchers or stored value of its first member, or when part of it came back.
    """
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(PurchaseOutcome, kept.answer)
    member = _member(cursor, command, conventions)
    _undo(session, command, member, now)
    sale = replace(command.sale, id=command.id, member=member, token=None, redeem=(), vouchers=(), pay=())
    outcome = booked(session, sale, member, now)
    at = min(sale.occurred_at, now)
    note_own_sale(cursor, command.id, member, command.staff or sale.staff, command.counter, at)
    outcomes.keep(
        cursor, command.id, command.type, digest, outcomes.Kept(200, to_json(outcome)), now, command.counter,
        command.seq,
    )  # fmt: skip
    return outcome


def _member(cursor: Cursor, command: MovePurchase, conventions: Conventions) -> str:
    if command.sale.token is None:
        if command.sale.member is None:
            raise Invalid("Say whose sale it is: a member or a token.", pointer="/sale/member")
        return going_on(cursor, command.sale.member)
    found = find_by_token(cursor, command.sale.token, conventions)
    if found is None:
        raise UnknownMember("Nobody has this card; look for the member by name.", pointer="/sale/token")
    if not found.usable:
        raise CardBlocked("This card may not be used; look for the member by name.", pointer="/sale/token")
    return found.member


def _undo(session: Session, command: MovePurchase, member: str, now: datetime) -> None:
    ledger = Ledger(session)
    purchase, state = ledger.facts.purchase(command.purchase), ledger.facts.purchase_state(command.purchase)
    cancel = CancelPurchase(
        f"{command.id}:undo", command.counter, command.seq, command.occurred_at, command.purchase, command.staff
    )
    if purchase is None or state is None:
        forgotten(session, cancel, now)  # it waited for its member, whom staff or cashier have found now
        return
    if purchase.member == member:
        raise Conflict("The sale is booked for this member already.")
    if state.refunded or state.cancelled:
        raise Conflict("Part of this sale came back already; book a return and a new sale instead.")
    if ledger.facts.spends_of(purchase.id) or ledger.facts.vouchers_used_by(purchase.id):
        raise Conflict("This sale took rewards or stored value of its member; undo it and book it again.")
    bring_together(ledger, purchase.member, purchase.id, cancel.id, now)
    ledger.perform("cancel", {"id": cancel.id, "member": purchase.member, "of": purchase.id}, now)
    take_thanks_back(ledger, purchase.member, purchase.id, now)
    settled_with_who_goes_on(ledger, purchase.member, cancel.id, now)
