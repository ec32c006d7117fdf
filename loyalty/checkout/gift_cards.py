"""A gift card and what is on it: found by its code, a holder of its own in the ledger, nobody's record."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.gift_tables import gift_cards
from loyalty.checkout.member_view import programme_of
from loyalty.errors import CardBlocked, Invalid, NotFound
from loyalty.members.tokens import normalised
from loyalty.points import due
from loyalty.points.plan import Plan
from loyalty.points.programme import Wallet
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.step import Context


@dataclass(frozen=True)
class GiftCard:
    """`ends`: the last digits of its code, all that screens and paper show of it."""

    id: str
    holder: str
    token: str
    status: str
    receipt: str
    issued_at: datetime

    @property
    def ends(self) -> str:
        return f"…{self.token[-4:]}"


@dataclass(frozen=True)
class GiftBalance:
    """Money in the programme's currency; `last_day` on which the first of it can be used, None for always."""

    card: GiftCard
    available: Decimal
    last_day: date | None


def wallet_of(facts: SqlFacts, now: datetime) -> Wallet:
    """The wallet of gift cards. Invalid where the programme has none."""
    found = [wallet for wallet in programme_of(facts, now).programme.wallets.values() if wallet.bearer]
    if not found:
        raise Invalid("This shop sells no gift cards; the programme needs a wallet with `bearer: true`.")
    return found[0]


def cleaned(token: str) -> str:
    """The code as it is kept: what was scanned, without spaces around it."""
    return normalised("barcode", token, "")[:120]


def find(session: Session, token: str) -> GiftCard | None:
    """By its code, also one that was replaced."""
    return _one(session, gift_cards.c.token == cleaned(token))


def is_one(session: Session, kind: str, value: str) -> bool:
    """Whether what was read, or typed by anybody as anything, is the code of a gift card."""
    if kind != "barcode" or not value.strip():
        return False
    try:
        return find(session, value) is not None
    except Invalid:  # such as a bank card, which is told of elsewhere
        return False


def of_receipt(session: Session, receipt: str) -> GiftCard | None:
    """The card in use of the sale with this number."""
    return _one(session, sa.and_(gift_cards.c.receipt == receipt, gift_cards.c.status == "active"))


def of_holder(session: Session, holder: str) -> GiftCard | None:
    """The card in use of a holder."""
    return _one(session, sa.and_(gift_cards.c.holder == holder, gift_cards.c.status == "active"))


def usable(session: Session, token: str) -> GiftCard:
    """NotFound for a code that is no gift card, CardBlocked for one that was replaced."""
    card = find(session, token)
    if card is None:
        raise NotFound(f"…{token.strip()[-4:]} is no gift card of this shop; read it again.")
    if card.status != "active":
        raise CardBlocked(f"The gift card {card.ends} was replaced by another one; take that one.")
    return card


def balance(session: Session, card: GiftCard, now: datetime) -> GiftBalance:
    """What can be spent at `now`; what time has done since the last step is worked out and thrown away."""
    facts = SqlFacts(session)
    wallet = wallet_of(facts, now)
    numbers = count(1 << 62).__next__
    plan = Plan(facts, numbers)
    due.run(plan, Context(numbers), card.holder, now)
    account = plan.account(card.holder, wallet.name)
    days = [lot.last_day for lot in plan.open_lots(card.holder, wallet.name) if lot.last_day and lot.remaining]
    available = Decimal(account.available if account else 0).scaleb(-wallet.decimals)
    return GiftBalance(card, available, min(days, default=None))


def _one(session: Session, where: sa.ColumnElement[bool]) -> GiftCard | None:
    c = gift_cards.c
    row = session.execute(
        sa.select(c.id, c.holder, c.token, c.status, c.receipt, c.issued_at).where(where).order_by(c.id.desc())
    ).first()
    return GiftCard(*row) if row else None
