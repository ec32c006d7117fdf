"""Gift cards: which credential opens which balance, and which sales they paid."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "gift_cards",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("holder", plain_text(40), nullable=False),
        sa.Column("token", plain_text(120), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("receipt", plain_text(255), nullable=False),
        sa.Column("issued_at", Moment, nullable=False),
        sa.Column("counter", plain_text(255)),
        sa.PrimaryKeyConstraint("id", name="pk_gift_cards"),
        sa.UniqueConstraint("token", name="uq_gift_cards_token"),
    )
    op.create_index("ix_gift_cards_holder", "gift_cards", ["holder"])
    op.create_index("ix_gift_cards_receipt", "gift_cards", ["receipt"])
    op.create_table(
        "gift_payments",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("holder", plain_text(40), nullable=False),
        sa.Column("purchase", plain_text(255), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("given_back", sa.BigInteger, nullable=False),
        sa.Column("paid_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gift_payments"),
    )
    op.create_index("ix_gift_payments_purchase", "gift_payments", ["purchase"])
