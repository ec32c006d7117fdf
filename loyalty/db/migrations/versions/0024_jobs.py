"""Longer work that the server does beside selling: imports, exports, backups and their drills."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("started_at", Moment),
        sa.Column("finished_at", Moment),
        sa.Column("beat_at", Moment),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("stop", sa.Boolean, nullable=False),
        sa.Column("result", Document),
        sa.Column("fault", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
