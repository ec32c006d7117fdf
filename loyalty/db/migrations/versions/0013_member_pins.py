"""Members' PINs, by which a kiosk shows what is private."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "member_pins",
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("hash", sa.String(255), nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("closed_until", Moment),
        sa.Column("set_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_pins_member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_pins"),
    )
