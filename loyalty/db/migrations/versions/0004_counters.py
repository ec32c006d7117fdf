"""Answers kept for ever, counters, work for staff, keys of programs."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _outcomes()
    _counters()
    _staff_work()
    _api_keys()
    protect(["outcomes"])


def _outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("digest", plain_text(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", Document, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("counter", plain_text(255)),
        sa.Column("seq", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_counter", "outcomes", ["counter", "seq"])


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("first_seen_at", Moment, nullable=False),
        sa.Column("last_seen_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counters"),
    )


def _staff_work() -> None:
    op.create_table(
        "staff_work",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("command", plain_text(255)),
        sa.Column("counter", plain_text(255)),
        sa.Column("member", plain_text(255)),
        sa.Column("token_kind", sa.String(length=16)),
        sa.Column("token", plain_text(256)),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("body", Document),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("done_at", Moment),
        sa.Column("done_by", sa.String(length=120)),
        sa.PrimaryKeyConstraint("id", name="pk_staff_work"),
    )
    op.create_index("ix_staff_work_status", "staff_work", ["status", "id"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("hash", plain_text(64), nullable=False),
        sa.Column("hint", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("scopes", Document, nullable=False),
        sa.Column("test", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("revoked_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
    )
