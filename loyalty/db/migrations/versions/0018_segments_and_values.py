"""Segments of members, and what each member is worth to the shop."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0018"
down_revision = "0017"

KEY = plain_text(40)


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("rules", Document, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("fixed_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_segments"),
        sa.UniqueConstraint("name", name="uq_segments_name"),
    )
    op.create_table(
        "segment_members",
        sa.Column("segment_id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name="fk_segment_members_segment_id"),
        sa.PrimaryKeyConstraint("segment_id", "member_id", name="pk_segment_members"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_segment_members_member", "segment_members", ["member_id"])
    _values()


def _values() -> None:
    counted = ("repeats", "recency_days", "age_days")
    placed = ("recency_score", "frequency_score", "money_score", "rank_share", "money_share")
    op.create_table(
        "member_values",
        sa.Column("member_id", plain_text(255), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counted),
        sa.Column("spent", sa.BigInteger, nullable=False),
        sa.Column("spent_year", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in placed),
        sa.Column("pyramid", sa.String(8), nullable=False),
        sa.Column("alive", sa.Integer),
        sa.Column("expected", sa.Integer),
        sa.Column("next_year", sa.BigInteger),
        sa.Column("lifetime", sa.BigInteger),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_values"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_member_values_rank", "member_values", ["rank_share"])
    op.create_table(
        "value_models",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("members", sa.Integer, nullable=False),
        sa.Column("parameters", Document),
        sa.Column("log_likelihood", sa.Float),
        sa.Column("note", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_value_models"),
    )
