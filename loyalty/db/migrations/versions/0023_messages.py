"""Messages to members: texts, the outbox, and addresses that take nothing any more."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0023"
down_revision = "0022"

KEY = plain_text(40)


def upgrade() -> None:
    op.create_table(
        "message_templates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("look", sa.String(12), nullable=False),
        sa.Column("texts", Document, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_templates"),
        sa.UniqueConstraint("name", name="uq_message_templates_name"),
    )
    _outbox()
    op.create_table(
        "message_stops",
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_message_stops_member_id"),
        sa.PrimaryKeyConstraint("member_id", "channel", name="pk_message_stops"),
    )


def _outbox() -> None:
    short = {"channel": 8, "purpose": 12, "language": 16, "status": 12, "reason": 24}
    op.create_table(
        "messages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", plain_text(200), nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("template_id", KEY, nullable=False),
        sa.Column("template_version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in short.items()),
        sa.Column("kind", plain_text(60), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("subject", "body", "error")),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("not_before", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_messages_member_id"),
        sa.ForeignKeyConstraint(["template_id"], ["message_templates.id"], name="fk_messages_template_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("key", name="uq_messages_key"),
    )
    op.create_index("ix_messages_member_id", "messages", ["member_id", "made_at"])
    op.create_index("ix_messages_status", "messages", ["status", "channel", "not_before"])
    op.create_index("ix_messages_made_at", "messages", ["made_at", "id"])
