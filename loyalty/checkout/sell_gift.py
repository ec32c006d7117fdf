"""A gift card is sold, gets more, is replaced when its receipt is shown; a sale of one is undone while unused."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout import gift_cards as gifts
from loyalty.checkout.gift_tables import gift_cards
from loyalty.checkout.member_view import programme_of
from loyalty.checkout.words import money_text
from loyalty.contract.gift_cards import GiftOutcome, ReplaceGift, SellGift
from loyalty.contract.receipts import ReceiptData
from loyalty.contract.token import Token
from loyalty.db.prepared import Cursor
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.conventions import Conventions
from loyalty.members.identification import find_by_token
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.enrolment import Enrolment
from loyalty.points.holders import BEARER
from loyalty.points.sql_engine import Ledger


def sell_gift(session: Session, command: SellGift, now: datetime, conventions: Conventions) -> GiftOutcome:
    """Not yet kept. Conflict for a code that is a member's or was replaced, Invalid for no money."""
    ledger = Ledger(session)
    wallet = gifts.wallet_of(ledger.facts, now)
    if command.pay <= 0:
        raise Invalid("A gift card is sold for an amount above zero.", pointer="/pay")
    card, fresh = gifts.find(session, command.token), False
    if card is None:
        _check_free(session, command.token, conventions)
        card, fresh = _begin(session, ledger, command, now), True
    elif card.status != "active":
        raise Conflict(f"The gift card {card.ends} was replaced by another one; sell a new one.")
    body = {"id": command.id, "member": card.holder, "wallet": wallet.name, "pay": command.pay}
    ledger.perform("topup", body, now, min(command.occurred_at, now))
    return told(session, ledger, command, card, "sold" if fresh else "added", command.pay, now)


def replace_gift(session: Session, command: ReplaceGift, now: datetime, conventions: Conventions) -> GiftOutcome:
    """What is on the lost card is on the new one; the lost one opens nothing any more."""
    ledger = Ledger(session)
    lost = gifts.of_receipt(session, command.receipt)
    if lost is None:
        raise NotFound(f"No gift card was sold with the receipt {command.receipt[:60]!r}; read its number again.")
    if gifts.find(session, command.token) is not None:
        raise Conflict("This card is a gift card already; take a new one.")
    _check_free(session, command.token, conventions)
    session.execute(sa.update(gift_cards).where(gift_cards.c.id == lost.id).values(status="replaced"))
    card = _written(session, lost.holder, lost.receipt, command, now)
    return told(session, ledger, command, card, "replaced", Decimal(0), now)


def told(
    session: Session, ledger: Ledger, command: SellGift | ReplaceGift, card: gifts.GiftCard, status: str,
    amount: Decimal, now: datetime,
) -> GiftOutcome:  # fmt: skip
    programme = programme_of(ledger.facts, now).programme
    there = gifts.balance(session, card, now)
    text = money_text(there.available, programme.currency)
    until = f" until {there.last_day.isoformat()}" if there.last_day else ""
    total = f"{amount:,.{programme.digits}f}" if amount else ""
    receipt = ReceiptData(
        shop=programme.name, title="Gift card / 禮品卡", printed_at=now, purchase=card.receipt, masked_name="",
        number=card.ends, currency=programme.currency, total=total, earned="", balance="",
        unit="", tier="", language="en", notes=(f"{card.ends}: {text}{until}",),
    )  # fmt: skip
    return GiftOutcome(command.id, card.ends, status, amount, there.available, f"{card.ends}: {text} now.", receipt)


def _check_free(session: Session, token: str, conventions: Conventions) -> None:
    if find_by_token(Cursor(session), Token("barcode", gifts.cleaned(token)), conventions) is not None:
        raise Conflict("This card belongs to a member; take a card that is nobody's.")


def _begin(session: Session, ledger: Ledger, command: SellGift, now: datetime) -> gifts.GiftCard:
    holder = new_id(BEARER.rstrip("_"), now)
    zone = zone_of(programme_of(ledger.facts, now).programme.timezone)
    ledger.enrol(Enrolment(holder, joined=day_of(now, zone)), now)
    return _written(session, holder, command.id, command, now)


def _written(
    session: Session, holder: str, receipt: str, command: SellGift | ReplaceGift, now: datetime
) -> gifts.GiftCard:
    card = gifts.GiftCard(new_id("gc", now), holder, gifts.cleaned(command.token), "active", receipt, now)
    row = {"id": card.id, "holder": holder, "token": card.token, "status": card.status, "receipt": receipt}
    session.execute(sa.insert(gift_cards).values(**row, issued_at=now, counter=command.counter))
    return card
