"""What staff keep of members: tags, fields of the shop's own, consents with their proof, points that wait, views."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import Moment, plain_text

revision = "0011"
down_revision = "0010"

KEY = plain_text(40)


def upgrade() -> None:
    _described()
    op.create_table(
        "member_consents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("text_version", sa.String(60), nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff", sa.String(255)),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_consents_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member_consents"),
    )
    op.create_index("ix_member_consents_member_id", "member_consents", ["member_id", "purpose", "id"])
    protect(["member_consents"])
    _waiting()
    op.create_table(
        "saved_views",
        sa.Column("id", KEY, nullable=False),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
    )
    op.create_index("ix_saved_views_staff", "saved_views", ["staff", "name"])


def _described() -> None:
    op.create_table(
        "member_tags",
        sa.Column("tag", plain_text(40), nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_tags_member_id"),
        sa.PrimaryKeyConstraint("tag", "member_id", name="pk_member_tags"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_member_tags_member_id", "member_tags", ["member_id"])
    op.create_table(
        "member_fields",
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_fields_member_id"),
        sa.PrimaryKeyConstraint("member_id", "name", name="pk_member_fields"),
    )


def _waiting() -> None:
    op.create_table(
        "point_requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("wallet", sa.String(200), nullable=False),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("asked_by", sa.String(255), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("decided_by", sa.String(255)),
        sa.Column("decided_at", Moment),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_point_requests_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_point_requests"),
    )
    op.create_index("ix_point_requests_status", "point_requests", ["status", "id"])
    op.create_index("ix_point_requests_member_id", "point_requests", ["member_id", "id"])
