"""Sales without a card that a member may claim by the code on the receipt."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "receipt_claims",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("work_id", plain_text(255)),
        sa.Column("member_id", plain_text(40)),
        sa.Column("asked_at", Moment),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_receipt_claims_member_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_receipt_claims"),
    )
    op.create_index("ix_receipt_claims_member_id", "receipt_claims", ["member_id"])
