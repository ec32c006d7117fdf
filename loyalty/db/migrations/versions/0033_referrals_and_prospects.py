"""Who brought whom, the links by which members bring friends, and people who are not members yet."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    _friends()
    _prospects()


def _friends() -> None:
    op.create_table(
        "referral_codes",
        sa.Column("code", plain_text(32), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_referral_codes_member_id"),
        sa.PrimaryKeyConstraint("code", name="pk_referral_codes"),
        sa.UniqueConstraint("member_id", name="uq_referral_codes_member_id"),
    )
    op.create_table(
        "referrals",
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("brought_by", plain_text(40), nullable=False),
        sa.Column("how", sa.String(12), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("staff", sa.String(255)),
        sa.Column("purchase", plain_text(255)),
        sa.Column("settled_at", Moment),
        sa.Column("phone", plain_text(20)),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_referrals_member_id"),
        sa.ForeignKeyConstraint(["brought_by"], ["members.id"], name="fk_referrals_brought_by"),
        sa.PrimaryKeyConstraint("member_id", name="pk_referrals"),
    )
    op.create_index("ix_referrals_brought_by", "referrals", ["brought_by", "recorded_at"])
    op.create_index("ix_referrals_phone", "referrals", ["phone"])


def _prospects() -> None:
    op.create_table(
        "prospects",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("phone", plain_text(20)),
        sa.Column("email", plain_text(254)),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("consent_how", sa.Text, nullable=False),
        sa.Column("consent_at", Moment),
        sa.Column("buys_at", sa.String(120), nullable=False),
        sa.Column("brought_by", plain_text(40)),
        sa.Column("next_contact_on", sa.Date),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("member_id", plain_text(40)),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["brought_by"], ["members.id"], name="fk_prospects_brought_by"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_prospects_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_prospects"),
        sa.UniqueConstraint("phone", name="uq_prospects_phone"),
        sa.UniqueConstraint("email", name="uq_prospects_email"),
        sa.UniqueConstraint("member_id", name="uq_prospects_member_id"),
    )
    op.create_index("ix_prospects_status", "prospects", ["status", "next_contact_on"])
    op.create_index("ix_prospects_brought_by", "prospects", ["brought_by"])
