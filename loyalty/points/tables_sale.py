"""Tables of sales, awards, uses, vouchers and top-ups (facts_sale.py), and of levels and versions (facts_tier.py)."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text, text

from loyalty.db.base import ExactDocument, ExactNumber, Moment
from loyalty.points.sql_types import Entries, Exacts, LotPoints, Words
from loyalty.points.tables import ID, KEY, NAME, amount, bookings, meta, settlements, transfers, views

purchases = Table(
    "purchases",
    meta,
    Column("id", ID, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("member", ID, nullable=False),
    Column("day", Date, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    amount("total"),
    amount("due"),
    amount("discount"),
    Column("programme", BigInteger, nullable=False),
    Column("store", NAME),
    Column("channel", NAME),
    Column("tender", NAME),
    Column("codes", Words, nullable=False),
    Index("ix_purchases_member", "member", "day", "number", "total"),
    Index("ix_purchases_day", "day"),
    sqlite_with_rowid=False,
)

purchase_lines = Table(
    "purchase_lines",
    meta,
    Column("purchase", ID, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sku", NAME),
    Column("category", NAME),
    Column("labels", Words, nullable=False),
    Column("quantity", ExactNumber, nullable=False),
    amount("amount"),
    Column("value", ExactNumber, nullable=False),
    Column("paid", ExactNumber, nullable=False),
    Column("points", LotPoints, nullable=False),
    sqlite_with_rowid=False,
)



def _state_columns() -> list[Column[Any]]:
    return [
        Column("purchase", ID, primary_key=True),
        Column("member", ID, nullable=False),
        Column("day", Date, nullable=False),
        Column("number", BigInteger, nullable=False),
        amount("net"),
        Column("counts", Boolean, nullable=False),
        amount("refunded"),
        Column("returned", Exacts, nullable=False),
        Column("cancelled", Boolean, nullable=False),
    ]


purchase_changes = Table(
    "purchase_changes",
    meta,
    *_state_columns(),
    Index("ix_purchase_changes_member", "member", "day"),
    sqlite_with_rowid=False,
)
"""States of the sales of which something was taken back. A sale as it was booked has no row here."""

purchase_states = Table("purchase_states", views, *_state_columns())
"""The state of every sale."""


def _award_columns() -> list[Column[Any]]:
    return [
        Column("number", KEY, primary_key=True, autoincrement=False),
        Column("booking", ID),
        Column("member", ID, nullable=False),
        Column("wallet", NAME, nullable=False),
        Column("programme", BigInteger, nullable=False),
        Column("entries", Entries, nullable=False),
        amount("points"),
        Column("lots", Exacts, nullable=False),
    ]


clock_awards = Table("clock_awards", meta, *_award_columns(), Index("ix_clock_awards_member", "member"))
"""Awards that no booking made: birthdays, what a new programme gives."""

awards = Table("awards", views, *_award_columns())
"""All awards: those of bookings lie in `bookings.awards`."""

rule_uses = Table(
    "rule_uses",
    meta,
    # in this order, so that what one sale writes lies together
    Column("member", ID, primary_key=True),
    Column("section", NAME, primary_key=True),
    Column("name", NAME, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("booking", ID),
    amount("times"),
    # points as a fraction, so that SQL can add up those with one denominator exactly
    amount("points_over"),
    amount("points_under"),
    Column("undone", Boolean, nullable=False),
    Index("ix_rule_uses_day", "section", "name", "day"),
    Index("ix_rule_uses_booking", "booking"),
    sqlite_with_rowid=False,
)

vouchers = Table(
    "vouchers",
    meta,
    Column("id", ID, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("member", ID, nullable=False),
    Column("percent", ExactNumber),
    Column("amount", BigInteger),
    Column("product", NAME),
    Column("quantity", Integer, nullable=False),
    Column("active_on", Date),
    Column("expires_on", Date),
    Column("status", NAME, nullable=False),
    amount("ordinal"),
    Column("booking", ID),
    Column("used_by", ID),
    amount("taken_off"),
    amount("given_back"),
    Index("ix_vouchers_booking", "booking"),
    Index("ix_vouchers_used_by", "used_by"),
)
OPEN_VOUCHER = text("status = 'open'")
Index("ix_vouchers_open", vouchers.c.member, sqlite_where=OPEN_VOUCHER, postgresql_where=OPEN_VOUCHER)

topups = Table(
    "topups",
    meta,
    Column("id", ID, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("member", ID, nullable=False),
    Column("wallet", NAME, nullable=False),
    amount("paid"),
    amount("bonus"),
    amount("principal_lot"),
    Column("bonus_lots", Exacts, nullable=False),
    amount("refunded"),
    amount("bonus_taken"),
    Column("open", Boolean, nullable=False),
    Index("ix_topups_member", "member", "wallet"),
)

entitlements = Table(
    "entitlements",
    meta,
    Column("member", ID, primary_key=True),
    Column("level", NAME, primary_key=True),
    Column("status", NAME, nullable=False),
    Column("start", Date, nullable=False),
    Column("until", Date),
    Column("last_day", Date),
    Column("grace_until", Date),
    Column("after", BigInteger, nullable=False),
)

tier_spells = Table(
    "tier_spells",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("member", ID, nullable=False),
    Column("tier", NAME),
    Column("since", Date, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_tier_spells_member", "member", "at", "number"),
)

programme_versions = Table(
    "programme_versions",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("document", ExactDocument, nullable=False),
    Column("booking", ID),
    Index("ix_programme_versions_at", "at", "number"),
)

programme_sources = Table(
    "programme_sources",
    meta,
    Column("number", KEY, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("scenarios", Text, nullable=False),
    Column("staff", ID, nullable=False),
    Column("put_at", Moment, nullable=False),
)
"""Of versions that were put: the text as it was written, the scenarios it was tried with, who and when."""

APPEND_ONLY = (
    transfers,
    settlements,
    bookings,
    purchases,
    purchase_lines,
    clock_awards,
    tier_spells,
    programme_versions,
    programme_sources,
)
"""The database refuses UPDATE and DELETE on these."""
