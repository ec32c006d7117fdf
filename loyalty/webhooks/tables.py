"""Who is told, and each message to them until it has arrived."""

import sqlalchemy as sa

from loyalty.db.base import Base, Document, Moment, plain_text

endpoints = sa.Table(
    "webhook_endpoints",
    Base.metadata,
    sa.Column("id", plain_text(40), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("types", Document, nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("former", sa.Text, nullable=False),
    sa.Column("former_until", Moment),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("stopped", sa.Text, nullable=False),
    sa.Column("ledger", sa.BigInteger, nullable=False),
    sa.Column("audit", sa.BigInteger, nullable=False),
)
"""types: which happenings, empty for all. sealed, former: the secret and the one before it, encrypted; messages carry
both signatures until former_until. stopped: why nothing is sent any more, empty while it is. ledger, audit: up to where
both were read for this endpoint."""

deliveries = sa.Table(
    "webhook_deliveries",
    Base.metadata,
    sa.Column("id", plain_text(60), primary_key=True),
    sa.Column("endpoint", plain_text(40), nullable=False),
    sa.Column("event", plain_text(40), nullable=False),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Index("ix_webhook_deliveries_endpoint", "endpoint", "id"),
    sa.Index("ix_webhook_deliveries_due_at", "due_at"),
)
"""state: waiting, arrived, given_up. due_at: of the next attempt, none when there is none. event: which happening, the
same for all endpoints. body: the very bytes that are signed and sent. said: what came of the last attempt."""
