"""People and their cards."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import Moment, plain_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    _members()
    _cards()
    _card_events()
    _member_terms()
    protect(["card_events"])


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("number", plain_text(32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=60)),
        sa.Column("given_name", sa.String(length=60)),
        sa.Column("phone", plain_text(20)),
        sa.Column("email", plain_text(254)),
        sa.Column("birthday", sa.Date),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("joined_at", Moment, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.UniqueConstraint("email", name="uq_members_email"),
        sa.UniqueConstraint("number", name="uq_members_number"),
        sa.UniqueConstraint("phone", name="uq_members_phone"),
    )
    op.create_index("ix_members_updated_at", "members", ["updated_at"])


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("token", plain_text(256), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("issued_at", Moment, nullable=False),
        sa.Column("replaced_by", plain_text(40)),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_cards_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
    )
    op.create_index("ix_cards_member_id", "cards", ["member_id"])
    op.create_index("ix_cards_token", "cards", ["token", "kind"])
    op.create_index(
        "uq_cards_in_use",
        "cards",
        ["kind", "token"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('replaced', 'retired')"),
        postgresql_where=sa.text("status NOT IN ('replaced', 'retired')"),
    )


def _card_events() -> None:
    op.create_table(
        "card_events",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("card_id", plain_text(40), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff", sa.String(length=120)),
        sa.Column("reason", sa.Text),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name="fk_card_events_card_id"),
        sa.PrimaryKeyConstraint("id", name="pk_card_events"),
    )
    op.create_index("ix_card_events_card_id", "card_events", ["card_id"])


def _member_terms() -> None:
    op.create_table(
        "member_terms",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("term", plain_text(120), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_terms_member_id"),
        sa.PrimaryKeyConstraint("kind", "term", "member_id", name="pk_member_terms"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_member_terms_member", "member_terms", ["member_id", "kind", "term"])
