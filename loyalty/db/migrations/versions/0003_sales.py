"""Sales, awards, uses, vouchers, top-ups, levels and versions of the programme."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import NUMBER, Document, Moment, plain_text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _purchases()
    _purchase_lines()
    _purchase_states()
    _awards()
    _rule_uses()
    _vouchers()
    _topups()
    _entitlements()
    _tier_spells()
    _programme_versions()
    protect(["purchases", "purchase_lines", "awards", "tier_spells", "programme_versions"])


def _purchases() -> None:
    op.create_table(
        "purchases",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("discount", sa.BigInteger, nullable=False),
        sa.Column("programme", sa.BigInteger, nullable=False),
        sa.Column("store", plain_text(200)),
        sa.Column("channel", plain_text(200)),
        sa.Column("tender", plain_text(200)),
        sa.Column("codes", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purchases"),
    )
    op.create_index("ix_purchases_day", "purchases", ["day"])
    op.create_index("ix_purchases_member", "purchases", ["member", "occurred_at"])


def _purchase_lines() -> None:
    op.create_table(
        "purchase_lines",
        sa.Column("purchase", plain_text(255), nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sku", plain_text(200)),
        sa.Column("category", plain_text(200)),
        sa.Column("labels", Document, nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("paid", sa.String(), nullable=False),
        sa.Column("points", Document, nullable=False),
        sa.PrimaryKeyConstraint("purchase", "position", name="pk_purchase_lines"),
        sqlite_with_rowid=False,
    )


def _purchase_states() -> None:
    op.create_table(
        "purchase_states",
        sa.Column("purchase", plain_text(255), nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("net", sa.BigInteger, nullable=False),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.Column("refunded", sa.BigInteger, nullable=False),
        sa.Column("returned", Document, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("purchase", name="pk_purchase_states"),
    )
    op.create_index("ix_purchase_states_member", "purchase_states", ["member", "day", "number", "net", "counts"])


def _awards() -> None:
    op.create_table(
        "awards",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("programme", sa.BigInteger, nullable=False),
        sa.Column("entries", Document, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("lots", Document, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_awards"),
    )
    op.create_index("ix_awards_booking", "awards", ["booking"])
    op.create_index("ix_awards_member", "awards", ["member", "number"])


def _rule_uses() -> None:
    op.create_table(
        "rule_uses",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("section", plain_text(200), nullable=False),
        sa.Column("name", plain_text(200), nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("points_over", sa.BigInteger, nullable=False),
        sa.Column("points_under", sa.BigInteger, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_rule_uses"),
    )
    op.create_index("ix_rule_uses_booking", "rule_uses", ["booking"])
    op.create_index("ix_rule_uses_day", "rule_uses", ["section", "name", "day"])
    op.create_index("ix_rule_uses_member", "rule_uses", ["section", "name", "member", "day"])


def _vouchers() -> None:
    op.create_table(
        "vouchers",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("percent", sa.String()),
        sa.Column("amount", sa.BigInteger),
        sa.Column("product", plain_text(200)),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("active_on", sa.Date),
        sa.Column("expires_on", sa.Date),
        sa.Column("status", plain_text(200), nullable=False),
        sa.Column("ordinal", sa.BigInteger, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("used_by", plain_text(255)),
        sa.Column("taken_off", sa.BigInteger, nullable=False),
        sa.Column("given_back", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vouchers"),
    )
    op.create_index("ix_vouchers_booking", "vouchers", ["booking"])
    op.create_index(
        "ix_vouchers_open",
        "vouchers",
        ["member"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_vouchers_used_by", "vouchers", ["used_by"])


def _topups() -> None:
    op.create_table(
        "topups",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("paid", sa.BigInteger, nullable=False),
        sa.Column("bonus", sa.BigInteger, nullable=False),
        sa.Column("principal_lot", sa.BigInteger, nullable=False),
        sa.Column("bonus_lots", Document, nullable=False),
        sa.Column("refunded", sa.BigInteger, nullable=False),
        sa.Column("bonus_taken", sa.BigInteger, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topups"),
    )
    op.create_index("ix_topups_member", "topups", ["member", "wallet"])


def _entitlements() -> None:
    op.create_table(
        "entitlements",
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("level", plain_text(200), nullable=False),
        sa.Column("status", plain_text(200), nullable=False),
        sa.Column("start", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("last_day", sa.Date),
        sa.Column("grace_until", sa.Date),
        sa.Column("after", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("member", "level", name="pk_entitlements"),
    )


def _tier_spells() -> None:
    op.create_table(
        "tier_spells",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("tier", plain_text(200)),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tier_spells"),
    )
    op.create_index("ix_tier_spells_member", "tier_spells", ["member", "at", "number"])


def _programme_versions() -> None:
    op.create_table(
        "programme_versions",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.PrimaryKeyConstraint("number", name="pk_programme_versions"),
    )
    op.create_index("ix_programme_versions_at", "programme_versions", ["at", "number"])
