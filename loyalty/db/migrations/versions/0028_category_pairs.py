"""Categories that are bought together, counted once a day, for a hint at the till."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import plain_text

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "category_pairs",
        sa.Column("first", plain_text(200), nullable=False),
        sa.Column("second", plain_text(200), nullable=False),
        sa.Column("confidence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name="pk_category_pairs"),
        sqlite_with_rowid=False,
    )
