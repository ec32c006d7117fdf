"""What looks odd is kept until somebody has looked; bookings outside a sale keep their store."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    _places_and_staff()
    op.create_table(
        "odd_findings",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("key", plain_text(400), nullable=False),
        sa.Column("member_id", plain_text(40)),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("store", sa.String(200), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("facts", Document, nullable=False),
        sa.Column("found_at", Moment, nullable=False),
        sa.Column("done_at", Moment),
        sa.Column("done_by", sa.String(255)),
        sa.Column("note", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_odd_findings_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_odd_findings"),
        sa.UniqueConstraint("rule", "key", name="uq_odd_findings_key"),
    )
    op.create_index("ix_odd_findings_done_at", "odd_findings", ["done_at", "at"])
    op.create_index("ix_odd_findings_member_id", "odd_findings", ["member_id"])


def _places_and_staff() -> None:
    op.create_table(
        "booking_places",
        sa.Column("booking", plain_text(255), nullable=False),
        sa.Column("store", sa.String(200), nullable=False),
        sa.Column("counter", plain_text(255)),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("booking", name="pk_booking_places"),
    )
    op.create_index("ix_booking_places_counter", "booking_places", ["counter", "at"])
    op.create_table(
        "staff_members",
        sa.Column("staff", plain_text(120), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_staff_members_member_id"),
        sa.PrimaryKeyConstraint("staff", name="pk_staff_members"),
    )
    op.create_index("ix_staff_members_member_id", "staff_members", ["member_id"])
    op.create_table(
        "staff_sales",
        sa.Column("purchase", plain_text(255), nullable=False),
        sa.Column("staff", plain_text(120), nullable=False),
        sa.Column("member_id", plain_text(40), nullable=False),
        sa.Column("counter", plain_text(255)),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("purchase", name="pk_staff_sales"),
    )
    op.create_index("ix_staff_sales_occurred_at", "staff_sales", ["occurred_at"])
