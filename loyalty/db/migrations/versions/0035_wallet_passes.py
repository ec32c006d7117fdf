"""Passes that members keep in their phone's wallet, and the phones that want to hear of changes."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "wallet_passes",
        sa.Column("serial", plain_text(40), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("looked_at", Moment, nullable=False),
        sa.Column("told_at", Moment),
        sa.Column("said", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_wallet_passes_member_id"),
        sa.PrimaryKeyConstraint("serial", name="pk_wallet_passes"),
        sa.UniqueConstraint("member_id", "kind", name="uq_wallet_passes_member_id"),
    )
    op.create_table(
        "wallet_phones",
        sa.Column("serial", plain_text(40), nullable=False),
        sa.Column("device", plain_text(200), nullable=False),
        sa.Column("push_token", sa.String(200), nullable=False),
        sa.Column("registered_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["wallet_passes.serial"], name="fk_wallet_phones_serial"),
        sa.PrimaryKeyConstraint("serial", "device", name="pk_wallet_phones"),
    )
    op.create_index("ix_wallet_phones_device", "wallet_phones", ["device"])
