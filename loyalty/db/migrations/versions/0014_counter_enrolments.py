"""Counters come in by a code that works once and get a key of their own; and how wrong their clocks are."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "counter_enrolments",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("counter", plain_text(255), nullable=False),
        sa.Column("code_hash", plain_text(64), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.Column("key", plain_text(40)),
        sa.Column("revoked_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_counter_enrolments"),
        sa.UniqueConstraint("code_hash", name="uq_counter_enrolments_code_hash"),
    )
    op.create_index("ix_counter_enrolments_counter", "counter_enrolments", ["counter"])
    op.create_index("ix_counter_enrolments_key", "counter_enrolments", ["key"])
    op.add_column("counters", sa.Column("clock_off_s", sa.Integer))
