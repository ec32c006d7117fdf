"""The ledger's tables: one for each type of row in facts.py, columns named as the fields there.

Units as in facts.py: points in the wallet's smallest unit, money in the currency's. Tables of *kept* rows are listed
in `APPEND_ONLY`: the database itself refuses to change or remove a row of them. What a sale writes costs a page of the
log for every table and index that it touches: see docs/decisions/0007 before adding one. What is in `views` is read
like a table and never written.
"""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text, text

from loyalty.db.base import Base, Document, Moment, plain_text
from loyalty.points.sql_types import Moves, Span, Words

meta = Base.metadata
views = sa.MetaData()
"""Rows put together by the database from what is stored, see migration 0008."""
ID = plain_text(255)
NAME = plain_text(200)
KEY = BigInteger().with_variant(Integer, "sqlite")
"""For numeric keys: only INTEGER makes SQLite keep a table in the order of its key."""


def amount(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


point_members = Table(
    "point_members",
    meta,
    Column("id", ID, primary_key=True),
    Column("joined", Date, nullable=False),
    Column("birthday", Date),
    Column("segments", Words, nullable=False),
)

standings = Table(
    "standings",
    meta,
    Column("arrival", KEY, primary_key=True, autoincrement=True),
    Column("member", ID, nullable=False, unique=True),
    amount("spend"),
    amount("purchases"),
    Column("tier", NAME),
    Column("tier_since", Date),
    Column("floor", NAME),
    Column("floor_until", Date),
    Column("review_on", Date),
    Column("birthday_at", Moment),
    Column("due_at", Moment),
    Column("started", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("ix_standings_due", "due_at", "arrival"),
)

accounts = Table(
    "accounts",
    meta,
    Column("member", ID, primary_key=True),
    Column("wallet", NAME, primary_key=True),
    amount("active"),
    amount("pending"),
    amount("held"),
    amount("deficit"),
    amount("cost"),
    amount("held_cost"),
    amount("earned"),
    Column("activity", Date),
    Column("inactivity", Span),
    # the chain of the account's transfers: how many, the balance after the last, and its hash
    Column("transfers", BigInteger, nullable=False, server_default="0"),
    Column("balance", BigInteger, nullable=False, server_default="0"),
    Column("head", plain_text(64), nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

lots = Table(
    "lots",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("member", ID, nullable=False),
    Column("wallet", NAME, nullable=False),
    Column("booking", ID),
    Column("kind", NAME, nullable=False),
    Column("credited_at", Moment, nullable=False),
    Column("active_at", Moment, nullable=False),
    Column("active", Boolean, nullable=False),
    amount("amount"),
    amount("remaining"),
    amount("cost"),
    amount("held"),
    amount("held_cost"),
    amount("base_amount"),
    amount("base_cost"),
    Column("expires_at", Moment),
    Column("last_day", Date),
    Column("follows_activity", Boolean, nullable=False),
    Column("start_day", Date),
    amount("earned"),
    amount("reversed"),
    amount("expired"),
    amount("forgiven"),
    Column("topup", ID),
    Column("part", Integer, nullable=False),
    Index("ix_lots_earned", "member", "wallet", "start_day", "number"),
)
OPEN_LOT = text("remaining > 0 OR held > 0")
"""One index serves all questions about lots with something in them; SQLite uses it only where it reads these words."""
PENDING_LOT = text("(remaining > 0 OR held > 0) AND remaining > 0 AND NOT active")
DYING_LOT = text("(remaining > 0 OR held > 0) AND remaining > 0 AND expires_at IS NOT NULL")
Index("ix_lots_open", lots.c.member, lots.c.wallet, sqlite_where=OPEN_LOT, postgresql_where=OPEN_LOT)

transfers = Table(
    "transfers",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("booking", ID),
    Column("kind", NAME, nullable=False),
    Column("member", ID, nullable=False),
    Column("wallet", NAME, nullable=False),
    Column("debit", plain_text(500), nullable=False),
    Column("credit", plain_text(500), nullable=False),
    amount("amount"),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("moves", Moves, nullable=False),
    Column("reverses", BigInteger),
    Column("reason", Text),
    Column("balance_after", BigInteger, nullable=False),
    Column("previous_hash", plain_text(64), nullable=False),
    Column("hash", plain_text(64), nullable=False),
    sa.CheckConstraint("amount > 0", name="amount_above_zero"),
    sa.CheckConstraint("debit <> credit", name="two_accounts"),
    Index("ix_transfers_account", "member", "wallet", "number"),
    Index("ix_transfers_booking", "booking"),
    Index("ix_transfers_occurred_at", "occurred_at"),
)

lot_moves = Table(
    "lot_moves",
    views,
    Column("transfer", KEY, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("lot", BigInteger, nullable=False),
    amount("amount"),
    amount("cost"),
)
"""The moves of transfers, a row for each."""

bookings = Table(
    "bookings",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("id", ID, nullable=False, unique=True),
    Column("verb", NAME, nullable=False),
    Column("digest", plain_text(64), nullable=False),
    Column("member", ID),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("programme", BigInteger, nullable=False),
    Column("result", Document, nullable=False),
    Column("awards", Document, nullable=False),  # why it gave points, see sql_types.award_cells
)
NO_SALE = text("verb <> 'purchase'")
Index("ix_bookings_member", bookings.c.member, sqlite_where=NO_SALE, postgresql_where=NO_SALE)
"""Sales are found through `purchases`."""

spends = Table(
    "spends",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("booking", ID),  # none: the clock redeemed an auto reward
    Column("member", ID, nullable=False),
    Column("wallet", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    amount("amount"),
    Column("takes", Moves, nullable=False),
    amount("unpaid"),
    amount("restored"),
    Column("refundable", Boolean, nullable=False),
    Column("reward", NAME),
    amount("pieces"),
    Column("transfer", BigInteger),
    Index("ix_spends_booking", "booking"),
)
UNPAID = text("unpaid > 0")
Index("ix_spends_unpaid", spends.c.member, spends.c.wallet, sqlite_where=UNPAID, postgresql_where=UNPAID)

settlements = Table(
    "settlements",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("spend", BigInteger, nullable=False),
    Column("member", ID, nullable=False),
    Column("wallet", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("moves", Moves, nullable=False),
    Index("ix_settlements_account", "member", "wallet"),
)

holds = Table(
    "holds",
    meta,
    Column("id", ID, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("member", ID, nullable=False),
    Column("wallet", NAME, nullable=False),
    Column("takes", Moves, nullable=False),
    Column("until", Moment),
    Column("status", NAME, nullable=False),
    Column("reward", NAME),
    amount("pieces"),
)
OPEN_HOLD = text("status = 'open'")
Index("ix_holds_open", holds.c.member, sqlite_where=OPEN_HOLD, postgresql_where=OPEN_HOLD)

counts = Table(
    "counts",
    meta,
    Column("name", NAME, primary_key=True),
    amount("value"),
)
"""`numbers`: the next free booking order; `vouchers`: the highest ordinal of a voucher."""

ledger_clock = Table(
    "ledger_clock",
    meta,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("moment", Moment, nullable=False),
)
"""One row, id 1: up to which moment the clock has run for everybody."""
