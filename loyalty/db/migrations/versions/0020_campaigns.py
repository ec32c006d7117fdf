"""Campaigns with their groups, and challenges with who met them."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0020"
down_revision = "0019"

KEY = plain_text(40)


def upgrade() -> None:
    _campaigns()
    _challenges()


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("plan", Document, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("trial", KEY),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("asked_at", Moment),
        sa.Column("decided_by", sa.String(255)),
        sa.Column("decided_at", Moment),
        sa.Column("started_at", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("end_reason", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.UniqueConstraint("name", name="uq_campaigns_name"),
    )
    op.create_table(
        "campaign_members",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("arm", sa.String(4), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_campaign_members_campaign_id"),
        sa.PrimaryKeyConstraint("campaign_id", "member_id", name="pk_campaign_members"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_campaign_members_member", "campaign_members", ["member_id"])


def _challenges() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("plan", Document, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sa.UniqueConstraint("name", name="uq_challenges_name"),
    )
    op.create_table(
        "challenge_wins",
        sa.Column("challenge_id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("won_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenges.id"], name="fk_challenge_wins_challenge_id"),
        sa.PrimaryKeyConstraint("challenge_id", "member_id", name="pk_challenge_wins"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_challenge_wins_member", "challenge_wins", ["member_id"])
