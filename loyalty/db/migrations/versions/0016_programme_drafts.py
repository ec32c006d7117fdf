"""Drafts of the programme: what one person changes step by step, and another agrees to."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import NUMBER, Moment, plain_text

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "programme_drafts",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("staff", plain_text(255), nullable=False),
        sa.Column("after", NUMBER, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("start_at", Moment),
        sa.Column("asked_at", Moment),
        sa.Column("decided_by", plain_text(255)),
        sa.Column("decided_at", Moment),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("version", NUMBER),
        sa.PrimaryKeyConstraint("id", name="pk_programme_drafts"),
    )
    op.create_index("ix_programme_drafts_state", "programme_drafts", ["state", "changed_at"])
    op.create_table(
        "programme_draft_steps",
        sa.Column("draft", plain_text(40), nullable=False),
        sa.Column("step", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("scenarios", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft"], ["programme_drafts.id"], name="fk_programme_draft_steps_draft_programme_drafts"
        ),
        sa.PrimaryKeyConstraint("draft", "step", name="pk_programme_draft_steps"),
    )
