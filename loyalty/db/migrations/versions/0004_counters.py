"""Spends and holds; answers kept for ever, counters, work for staff, keys of programs."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import NUMBER, Document, Moment, plain_text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _spends()
    _settlements()
    _holds()
    _outcomes()
    _counters()
    _staff_work()
    _api_keys()
    protect(["settlements", "outcomes"])


def _spends() -> None:
    op.create_table(
        "spends",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("kind", plain_text(200), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("takes", Document, nullable=False),
        sa.Column("unpaid", sa.BigInteger, nullable=False),
        sa.Column("restored", sa.BigInteger, nullable=False),
        sa.Column("refundable", sa.Boolean, nullable=False),
        sa.Column("reward", plain_text(200)),
        sa.Column("pieces", sa.BigInteger, nullable=False),
        sa.Column("transfer", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_spends"),
    )
    op.create_index("ix_spends_booking", "spends", ["booking"])
    op.create_index(
        "ix_spends_unpaid",
        "spends",
        ["member", "wallet"],
        sqlite_where=sa.text("unpaid > 0"),
        postgresql_where=sa.text("unpaid > 0"),
    )


def _settlements() -> None:
    op.create_table(
        "settlements",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("spend", sa.BigInteger, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("moves", Document, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_settlements"),
    )
    op.create_index("ix_settlements_account", "settlements", ["member", "wallet"])


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("takes", Document, nullable=False),
        sa.Column("until", Moment),
        sa.Column("status", plain_text(200), nullable=False),
        sa.Column("reward", plain_text(200)),
        sa.Column("pieces", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index(
        "ix_holds_open",
        "holds",
        ["member"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )


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
    op.create_index("ix_staff_work_command", "staff_work", ["command"])
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
