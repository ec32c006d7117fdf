"""Tables of the member portal: one-time codes, phones that are signed in, passes that were read, codes on receipts."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from loyalty.db.base import Base, Document, Moment, plain_text
from loyalty.members.tables import KEY

portal_codes = Table(
    "portal_codes",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id")),
    Column("address_hash", String(64), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("details", Document, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Index("ix_portal_codes_address_hash", "address_hash", "made_at"),
)
"""Asked for by anybody; without a member nobody has the address. details: what somebody new typed. Neither the code
nor the address is kept, only keyed hashes of them."""

portal_sessions = Table(
    "portal_sessions",
    Base.metadata,
    Column("handle", plain_text(16), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    sa.UniqueConstraint("token_hash", name="uq_portal_sessions_token_hash"),
    Index("ix_portal_sessions_member_id", "member_id"),
)
"""handle: names the phone inside its passes. token_hash: SHA-256 of what the phone's cookie holds."""

portal_passes = Table(
    "portal_passes",
    Base.metadata,
    Column("pass_hash", String(64), primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("api_key", plain_text(40), nullable=False),
    Column("read_at", Moment, nullable=False),
)
"""A pass that was read once is never taken again."""

receipt_claims = Table(
    "receipt_claims",
    Base.metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("work_id", plain_text(255)),
    Column("member_id", KEY, ForeignKey("members.id")),
    Column("asked_at", Moment),
    Index("ix_receipt_claims_member_id", "member_id"),
)
"""A sale without a card, by the SHA-256 of the code on its receipt. work_id: the row of staff_work that keeps it; empty
while the counter has not told of it yet. member_id, asked_at: who asked for its points, at first or before it came."""
