"""A gift card pays: set aside first, taken with the sale, and what is returned of the sale goes back to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout import gift_cards as gifts
from loyalty.checkout import staff_work
from loyalty.checkout.gift_tables import gift_payments
from loyalty.clock import rfc3339
from loyalty.contract.gift_cards import GiftOutcome, GiftPay, HoldGift, PayGift, UndoGift
from loyalty.contract.receipts import ReceiptLine
from loyalty.errors import InsufficientPoints, Invalid, LoyaltyError, NotFound
from loyalty.points.programme import Wallet
from loyalty.points.sql_engine import Ledger

_p = gift_payments.c


def hold_gift(session: Session, command: HoldGift, now: datetime) -> GiftOutcome:
    """Not yet kept. InsufficientPoints for an empty card."""
    ledger = Ledger(session)
    card = gifts.usable(session, command.token)
    wallet, there = gifts.wallet_of(ledger.facts, now), gifts.balance(session, card, now)
    amount = min(command.amount, there.available)
    if amount <= 0:
        raise InsufficientPoints(f"Nothing is left on the gift card {card.ends}.")
    until = rfc3339(now + timedelta(minutes=command.minutes))
    body = {"id": command.id, "member": card.holder, "wallet": wallet.name, "points": amount, "until": until}
    ledger.perform("hold", body, now)
    left = there.available - amount
    return GiftOutcome(command.id, card.ends, "held", amount, left, f"{amount} of the gift card {card.ends} set aside.")


def pay_gift(session: Session, command: PayGift, now: datetime) -> GiftOutcome:
    """A sale of nobody. NotFound for a hold that never was."""
    ledger = Ledger(session)
    hold = ledger.facts.hold(command.hold)
    card = gifts.of_holder(session, hold.member) if hold else None
    if hold is None or card is None:
        raise NotFound(f"Nothing is set aside under {command.hold[:60]!r}; read the gift card again.")
    wallet = gifts.wallet_of(ledger.facts, now)
    paid = _take(session, ledger, wallet, command.id, GiftPay(command.hold, command.amount), command.id, now)
    there = gifts.balance(session, card, now).available
    return GiftOutcome(command.id, card.ends, "paid", paid, there, f"{paid} paid by {card.ends}, {there} left.")


def undo_gift(session: Session, command: UndoGift, now: datetime) -> GiftOutcome:
    """The money for an unused gift card, or what one paid for a sale of nobody, goes back."""
    ledger = Ledger(session)
    booking = ledger.facts.booking(command.of)
    card = gifts.of_holder(session, booking.member) if booking is not None and booking.member is not None else None
    if booking is None or card is None:
        raise NotFound(f"There is no gift card {command.of[:60]!r} to undo; look at the last sales.")
    if booking.verb == "topup":
        done = ledger.perform("refund_topup", {"id": command.id, "member": card.holder, "of": booking.id}, now)
        amount = Decimal(str(done.result.get("refund", 0)))
    else:
        wallet = gifts.wallet_of(ledger.facts, now)
        amount = sum(_back(session, ledger, wallet, command.of, command.id, None, now).values(), Decimal(0))
    there = gifts.balance(session, card, now).available
    return GiftOutcome(command.id, card.ends, "undone", amount, there, f"{amount} back, {there} on {card.ends}.")


def pay_sale(
    session: Session, ledger: Ledger, purchase: str, pays: Sequence[GiftPay], due: Decimal, now: datetime
) -> dict[str, Decimal]:
    """What each card paid of `due`, by its last digits. What is not there any more is work for staff."""
    paid: dict[str, Decimal] = {}
    for place, each in enumerate(pays):
        wallet, hold = gifts.wallet_of(ledger.facts, now), ledger.facts.hold(each.hold)
        card = gifts.of_holder(session, hold.member) if hold else None
        if hold is None or card is None:
            raise Invalid(f"Nothing is set aside under {each.hold[:60]!r}; read the gift card again.", pointer="/gifts")
        wanted = GiftPay(each.hold, min(each.amount, due))
        if wanted.amount > 0:
            took = _take(session, ledger, wallet, f"{purchase}:gift:{place}", wanted, purchase, now)
            paid[card.ends] = paid.get(card.ends, Decimal(0)) + took
            due -= took
        else:
            ledger.perform("release", {"id": f"{purchase}:gift:{place}", "hold": each.hold}, now)
    return paid


def receipt_lines(paid: Mapping[str, Decimal], digits: int) -> tuple[ReceiptLine, ...]:
    """What gift cards paid, as lines of the receipt: the card's end and the money."""
    return tuple(ReceiptLine(f"Gift card / 禮品卡 {ends}", f"−{amount:,.{digits}f}") for ends, amount in paid.items())


def back_to_gifts(session: Session, ledger: Ledger, purchase: str, id: str, now: datetime) -> dict[str, Decimal]:
    """After a return: what goes back to the gift cards that paid, in the share of the sale that is back by now."""
    if session.scalar(sa.select(_p.id).where(_p.purchase == purchase).limit(1)) is None:
        return {}
    sale, state = ledger.facts.purchase(purchase), ledger.facts.purchase_state(purchase)
    share = (state.refunded, sale.total) if sale and state and sale.total else (1, 1)
    return _back(session, ledger, gifts.wallet_of(ledger.facts, now), purchase, id, share, now)


def _take(
    session: Session, ledger: Ledger, wallet: Wallet, id: str, pay: GiftPay, purchase: str, now: datetime
) -> Decimal:
    """Money taken. A hold that timed out is taken again; what is gone is told to staff."""
    hold = ledger.facts.hold(pay.hold)
    assert hold is not None  # the callers looked
    try:
        ledger.perform("capture", {"id": id, "hold": pay.hold, "points": pay.amount}, now)
    except LoyaltyError:
        try:
            again = {"id": id, "member": hold.member, "wallet": wallet.name, "points": pay.amount, "reason": "gift"}
            ledger.perform("debit", again, now)
        except InsufficientPoints:
            sentence = f"A gift card paid {pay.amount} of a sale, but the money was not there any more."
            body = {"hold": pay.hold, "amount": str(pay.amount)}
            staff_work.note(
                ledger.facts.cursor, staff_work.Trouble("over_redemption", sentence, now, purchase, body=body), now
            )
            return pay.amount
    units = int(pay.amount.scaleb(wallet.decimals))
    row = {"id": id, "holder": hold.member, "purchase": purchase, "amount": units, "given_back": 0, "paid_at": now}
    session.execute(sa.insert(gift_payments).values(**row))
    return pay.amount


def _back(
    session: Session, ledger: Ledger, wallet: Wallet, purchase: str, id: str, share: tuple[int, int] | None,
    now: datetime,
) -> dict[str, Decimal]:  # fmt: skip
    """Up to `share` (part, whole) of each payment, all of it for None, by the card's last digits."""
    back: dict[str, Decimal] = {}
    rows = session.execute(
        sa.select(_p.id, _p.holder, _p.amount, _p.given_back).where(_p.purchase == purchase).order_by(_p.id)
    ).all()
    for place, row in enumerate(rows):
        whole = row.amount if share is None else (2 * row.amount * share[0] + share[1]) // (2 * share[1])
        part = min(whole, row.amount) - row.given_back
        if part <= 0:
            continue
        money = Decimal(part).scaleb(-wallet.decimals)
        body = {"id": f"{id}:gift:{place}", "member": row.holder, "of": row.id, "points": money}
        ledger.perform("reverse", body, now)
        session.execute(
            sa.update(gift_payments).where(_p.id == row.id).values(given_back=row.given_back + part)
        )
        card = gifts.of_holder(session, row.holder)
        ends = card.ends if card else ""
        back[ends] = back.get(ends, Decimal(0)) + money
    return back
