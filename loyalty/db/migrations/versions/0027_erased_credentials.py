"""Credentials of erased persons, known again by a digest; tasks are found by the credential they name."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "erased_credentials",
        sa.Column("digest", plain_text(32), nullable=False),
        sa.Column("erased_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_erased_credentials"),
    )
    op.create_index("ix_staff_work_token", "staff_work", ["token"])
