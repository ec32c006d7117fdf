"""What devices counted of their own wear is kept by the day."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, plain_text

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "device_wear",
        sa.Column("counter", plain_text(255), nullable=False),
        sa.Column("device", plain_text(60), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("figures", Document, nullable=False),
        sa.PrimaryKeyConstraint("counter", "device", "day", name="pk_device_wear"),
    )
