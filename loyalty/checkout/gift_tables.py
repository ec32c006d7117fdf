"""Gift cards: which credential opens which balance, and what they paid."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, String, Table

from loyalty.db.base import Base, Moment, plain_text

ID, KEY = plain_text(255), plain_text(40)

gift_cards = Table(
    "gift_cards",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("holder", KEY, nullable=False),
    Column("token", plain_text(120), nullable=False, unique=True),
    Column("status", String(8), nullable=False),
    Column("receipt", ID, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("counter", ID),
    Index("ix_gift_cards_holder", "holder"),
    Index("ix_gift_cards_receipt", "receipt"),
)
"""`holder`: whose accounts in the ledger it opens; nobody's record. `receipt`: the id of the SellGift that began it.
status: active, replaced."""

gift_payments = Table(
    "gift_payments",
    Base.metadata,
    Column("id", ID, primary_key=True),
    Column("holder", KEY, nullable=False),
    Column("purchase", ID, nullable=False),
    Column("amount", sa.BigInteger, nullable=False),
    Column("given_back", sa.BigInteger, nullable=False),
    Column("paid_at", Moment, nullable=False),
    Index("ix_gift_payments_purchase", "purchase"),
)
"""What a gift card paid of a sale, in the wallet's smallest unit. `id` is the booking that took it."""
