"""Members on their own phone: one-time codes, sessions and passes that were shown to a scanner."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "portal_codes",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("member_id", plain_text(40)),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_portal_codes_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_portal_codes"),
    )
    op.create_index("ix_portal_codes_address_hash", "portal_codes", ["address_hash", "made_at"])
    op.create_table(
        "portal_sessions",
        sa.Column("handle", plain_text(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_portal_sessions_member_id"),
        sa.PrimaryKeyConstraint("handle", name="pk_portal_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_portal_sessions_token_hash"),
    )
    op.create_index("ix_portal_sessions_member_id", "portal_sessions", ["member_id"])
    op.create_table(
        "portal_passes",
        sa.Column("pass_hash", sa.String(64), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("api_key", plain_text(40), nullable=False),
        sa.Column("read_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_portal_passes_member_id"),
        sa.PrimaryKeyConstraint("pass_hash", name="pk_portal_passes"),
    )
