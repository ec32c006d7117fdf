"""What counters tell of gift cards, each booked once: the answer is kept under the command's id."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes
from loyalty.checkout.pay_gift import hold_gift, pay_gift, undo_gift
from loyalty.checkout.sell_gift import replace_gift, sell_gift
from loyalty.contract.gift_cards import GiftCommand, GiftOutcome, HoldGift, PayGift, ReplaceGift, SellGift
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.members.conventions import Conventions


def gift_command(session: Session, command: GiftCommand, now: datetime, conventions: Conventions) -> GiftOutcome:
    """LoyaltyError in one sentence where it cannot be booked."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(GiftOutcome, kept.answer)
    outcome = _done(session, command, now, conventions)
    answer = outcomes.Kept(200, to_json(outcome))
    outcomes.keep(cursor, command.id, command.type, digest, answer, now, command.counter, command.seq)
    return outcome


def _done(session: Session, command: GiftCommand, now: datetime, conventions: Conventions) -> GiftOutcome:
    match command:
        case SellGift():
            return sell_gift(session, command, now, conventions)
        case ReplaceGift():
            return replace_gift(session, command, now, conventions)
        case HoldGift():
            return hold_gift(session, command, now)
        case PayGift():
            return pay_gift(session, command, now)
        case _:
            return undo_gift(session, command, now)
