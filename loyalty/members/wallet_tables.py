"""Tables of passes in wallets of phones: one pass for each member and kind of wallet, and who asked to hear of it."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table

from loyalty.db.base import Base, Moment, plain_text
from loyalty.members.tables import KEY

wallet_passes = Table(
    "wallet_passes",
    Base.metadata,
    Column("serial", KEY, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("looked_at", Moment, nullable=False),
    Column("told_at", Moment),
    Column("said", String(200), nullable=False),
    sa.UniqueConstraint("member_id", "kind", name="uq_wallet_passes_member_id"),
)
"""kind: apple or google. digest: SHA-256 of what the pass says; changed_at: since when it says so; looked_at: when it
was last compared with the ledger. told_at, said: when a wallet's company last heard of it, and what it answered."""

wallet_phones = Table(
    "wallet_phones",
    Base.metadata,
    Column("serial", KEY, ForeignKey("wallet_passes.serial"), primary_key=True),
    Column("device", plain_text(200), primary_key=True),
    Column("push_token", String(200), nullable=False),
    Column("registered_at", Moment, nullable=False),
    Index("ix_wallet_phones_device", "device"),
)
"""An iPhone that holds the pass. device: a name that its wallet made up; push_token: where Apple reaches it."""
