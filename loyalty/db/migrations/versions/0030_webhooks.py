"""Programs elsewhere that are told what happened, and what they are still to be told."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", plain_text(40), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", plain_text(60), nullable=False),
        sa.Column("endpoint", plain_text(40), nullable=False),
        sa.Column("event", plain_text(40), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("due_at", Moment),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
    )
    op.create_index("ix_webhook_deliveries_endpoint", "webhook_deliveries", ["endpoint", "id"])
    op.create_index("ix_webhook_deliveries_due_at", "webhook_deliveries", ["due_at"])
