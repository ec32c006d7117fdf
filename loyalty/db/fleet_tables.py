"""What counters tell of themselves and their devices, and what is asked of them from afar."""

from sqlalchemy import Boolean, Column, Date, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text

counter_reports = Table(
    "counter_reports",
    Base.metadata,
    Column("counter", plain_text(255), primary_key=True),
    Column("heard_at", Moment, nullable=False),
    Column("version", String(40), nullable=False),
    Column("waiting", Integer, nullable=False),
)
"""The last report of each counter. waiting: commands on its disk that the server had not answered then."""

fleet_devices = Table(
    "fleet_devices",
    Base.metadata,
    Column("counter", plain_text(255), primary_key=True),
    Column("device", plain_text(60), primary_key=True),
    Column("role", String(24), nullable=False),
    Column("profile", plain_text(80), nullable=False),
    Column("vendor", String(80), nullable=False),
    Column("model", String(120), nullable=False),
    Column("firmware", String(120), nullable=False),
    Column("health", String(16), nullable=False),
    Column("cause", String(40), nullable=False),
    Column("advice", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("figures", Document, nullable=False),
    Column("heard_at", Moment, nullable=False),
    ForeignKeyConstraint(["counter"], ["counter_reports.counter"], name="fk_fleet_devices_counter"),
)
"""Devices as their counters' last reports named them; a device that a report names no more is gone from here."""

device_events = Table(
    "device_events",
    Base.metadata,
    Column("counter", plain_text(255), primary_key=True),
    Column("device", plain_text(60), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("health", String(16), nullable=False),
    Column("cause", String(40), nullable=False),
    Column("advice", Text, nullable=False),
)
"""Each state that a device came into; the moment is the counter's, so telling twice changes nothing."""

device_wear = Table(
    "device_wear",
    Base.metadata,
    Column("counter", plain_text(255), primary_key=True),
    Column("device", plain_text(60), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("figures", Document, nullable=False),
)
"""What a device counted since it was made, as it was told last on each day of UTC on which it counted on."""

device_errands = Table(
    "device_errands",
    Base.metadata,
    Column("id", plain_text(40), primary_key=True),
    Column("counter", plain_text(255), nullable=False),
    Column("device", plain_text(60), nullable=False),
    Column("verb", String(8), nullable=False),
    Column("status", String(8), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("asked_by", String(255), nullable=False),
    Column("heard_at", Moment),
    Column("ended_at", Moment),
    Column("progress", Document, nullable=False),
    Column("file", LargeBinary),
    Index("ix_device_errands_device", "counter", "device", "id"),
    Index("ix_device_errands_status", "status"),
)
"""verb: check or bundle. status: waiting, taken, done, failed or dropped. progress: see contract.fleet.ErrandReport."""
