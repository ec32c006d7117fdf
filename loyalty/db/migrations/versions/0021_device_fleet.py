"""What counters tell of themselves and their devices, how these changed, and what is asked of them from afar."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0021"
down_revision = "0020"

COUNTER, DEVICE = plain_text(255), plain_text(60)


def upgrade() -> None:
    op.create_table(
        "counter_reports",
        sa.Column("counter", COUNTER, nullable=False),
        sa.Column("heard_at", Moment, nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("counter", name="pk_counter_reports"),
    )
    _devices()
    op.create_table(
        "device_errands",
        sa.Column("id", plain_text(40), nullable=False),
        sa.Column("counter", COUNTER, nullable=False),
        sa.Column("device", DEVICE, nullable=False),
        sa.Column("verb", sa.String(8), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("asked_by", sa.String(255), nullable=False),
        sa.Column("heard_at", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("progress", Document, nullable=False),
        sa.Column("file", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_device_errands"),
    )
    op.create_index("ix_device_errands_device", "device_errands", ["counter", "device", "id"])
    op.create_index("ix_device_errands_status", "device_errands", ["status"])


def _devices() -> None:
    op.create_table(
        "fleet_devices",
        sa.Column("counter", COUNTER, nullable=False),
        sa.Column("device", DEVICE, nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("profile", plain_text(80), nullable=False),
        sa.Column("vendor", sa.String(80), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("firmware", sa.String(120), nullable=False),
        sa.Column("health", sa.String(16), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("advice", sa.Text, nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("figures", Document, nullable=False),
        sa.Column("heard_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["counter"], ["counter_reports.counter"], name="fk_fleet_devices_counter"),
        sa.PrimaryKeyConstraint("counter", "device", name="pk_fleet_devices"),
    )
    op.create_table(
        "device_events",
        sa.Column("counter", COUNTER, nullable=False),
        sa.Column("device", DEVICE, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("health", sa.String(16), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("advice", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("counter", "device", "at", name="pk_device_events"),
    )
