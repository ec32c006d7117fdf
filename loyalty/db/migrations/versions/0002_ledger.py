"""The ledger: members as the rules see them, accounts, lots, transfers, bookings."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import NUMBER, Document, Moment, plain_text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _point_members()
    _standings()
    _accounts()
    _lots()
    _transfers()
    _lot_moves()
    _bookings()
    _counts()
    _ledger_clock()
    protect(["transfers", "lot_moves", "bookings"])


def _point_members() -> None:
    op.create_table(
        "point_members",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("joined", sa.Date, nullable=False),
        sa.Column("birthday", sa.Date),
        sa.Column("segments", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_point_members"),
    )


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("arrival", NUMBER, autoincrement=True, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("spend", sa.BigInteger, nullable=False),
        sa.Column("purchases", sa.BigInteger, nullable=False),
        sa.Column("tier", plain_text(200)),
        sa.Column("tier_since", sa.Date),
        sa.Column("floor", plain_text(200)),
        sa.Column("floor_until", sa.Date),
        sa.Column("review_on", sa.Date),
        sa.Column("birthday_at", Moment),
        sa.Column("due_at", Moment),
        sa.Column("started", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("arrival", name="pk_standings"),
        sa.UniqueConstraint("member", name="uq_standings_member"),
    )
    op.create_index("ix_standings_due", "standings", ["due_at", "arrival"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("active", sa.BigInteger, nullable=False),
        sa.Column("pending", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("deficit", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=False),
        sa.Column("held_cost", sa.BigInteger, nullable=False),
        sa.Column("earned", sa.BigInteger, nullable=False),
        sa.Column("activity", sa.Date),
        sa.Column("inactivity", sa.String()),
        sa.Column("transfers", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("balance", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("head", plain_text(64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("member", "wallet", name="pk_accounts"),
        sqlite_with_rowid=False,
    )


def _lots() -> None:
    op.create_table(
        "lots",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("kind", plain_text(200), nullable=False),
        sa.Column("credited_at", Moment, nullable=False),
        sa.Column("active_at", Moment, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("remaining", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("held_cost", sa.BigInteger, nullable=False),
        sa.Column("base_amount", sa.BigInteger, nullable=False),
        sa.Column("base_cost", sa.BigInteger, nullable=False),
        sa.Column("expires_at", Moment),
        sa.Column("last_day", sa.Date),
        sa.Column("follows_activity", sa.Boolean, nullable=False),
        sa.Column("start_day", sa.Date),
        sa.Column("earned", sa.BigInteger, nullable=False),
        sa.Column("reversed", sa.BigInteger, nullable=False),
        sa.Column("expired", sa.BigInteger, nullable=False),
        sa.Column("forgiven", sa.BigInteger, nullable=False),
        sa.Column("topup", plain_text(255)),
        sa.Column("part", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_lots"),
    )
    _lots_are_found()


def _lots_are_found() -> None:
    op.create_index("ix_lots_booking", "lots", ["booking"])
    op.create_index(
        "ix_lots_dying",
        "lots",
        ["member", "expires_at"],
        sqlite_where=sa.text("expires_at IS NOT NULL AND remaining > 0"),
        postgresql_where=sa.text("expires_at IS NOT NULL AND remaining > 0"),
    )
    op.create_index("ix_lots_earned", "lots", ["member", "wallet", "start_day", "number"])
    op.create_index(
        "ix_lots_open",
        "lots",
        ["member", "wallet"],
        sqlite_where=sa.text("remaining > 0 OR held > 0"),
        postgresql_where=sa.text("remaining > 0 OR held > 0"),
    )
    op.create_index(
        "ix_lots_pending",
        "lots",
        ["member", "active_at"],
        sqlite_where=sa.text("active_at IS NOT NULL AND remaining > 0 AND NOT active"),
        postgresql_where=sa.text("active_at IS NOT NULL AND remaining > 0 AND NOT active"),
    )


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("kind", plain_text(200), nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("debit", plain_text(500), nullable=False),
        sa.Column("credit", plain_text(500), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("reverses", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("balance_after", sa.BigInteger, nullable=False),
        sa.Column("previous_hash", plain_text(64), nullable=False),
        sa.Column("hash", plain_text(64), nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_transfers_amount_above_zero"),
        sa.CheckConstraint("debit <> credit", name="ck_transfers_two_accounts"),
        sa.PrimaryKeyConstraint("number", name="pk_transfers"),
    )
    op.create_index("ix_transfers_account", "transfers", ["member", "wallet", "number"])
    op.create_index("ix_transfers_booking", "transfers", ["booking"])
    op.create_index("ix_transfers_member", "transfers", ["member", "number"])
    op.create_index("ix_transfers_occurred_at", "transfers", ["occurred_at"])


def _lot_moves() -> None:
    op.create_table(
        "lot_moves",
        sa.Column("transfer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("lot", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("transfer", "position", name="pk_lot_moves"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_lot_moves_lot", "lot_moves", ["lot", "amount"])


def _bookings() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("verb", plain_text(200), nullable=False),
        sa.Column("digest", plain_text(64), nullable=False),
        sa.Column("member", plain_text(255)),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("programme", sa.BigInteger, nullable=False),
        sa.Column("result", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.UniqueConstraint("number", name="uq_bookings_number"),
    )
    op.create_index("ix_bookings_member", "bookings", ["member", "number"])


def _counts() -> None:
    counts = op.create_table(
        "counts",
        sa.Column("name", plain_text(200), nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counts"),
    )
    op.bulk_insert(counts, [{"name": "numbers", "value": 1}, {"name": "vouchers", "value": 0}])


def _ledger_clock() -> None:
    op.create_table(
        "ledger_clock",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("moment", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_clock"),
    )
