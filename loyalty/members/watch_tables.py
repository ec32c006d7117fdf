"""Tables of what deserves a second look: findings, staff who are members too, their own sales, places of bookings."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text
from loyalty.members.tables import KEY

_ID = plain_text(255)

booking_places = Table(
    "booking_places",
    Base.metadata,
    Column("booking", _ID, primary_key=True),
    Column("store", String(200), nullable=False),
    Column("counter", _ID),
    Column("at", Moment, nullable=False),
    Index("ix_booking_places_counter", "counter", "at"),
)
"""Where points were set aside or used outside a sale; sales keep their store themselves. `booking` is the hold's or
the redemption's."""

staff_members = Table(
    "staff_members",
    Base.metadata,
    Column("staff", plain_text(120), primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ix_staff_members_member_id", "member_id"),
)
"""staff: whoever stands at a till, as the till tells it with a sale; member_id: the card they have for themselves."""

staff_sales = Table(
    "staff_sales",
    Base.metadata,
    Column("purchase", _ID, primary_key=True),
    Column("staff", plain_text(120), nullable=False),
    Column("member_id", KEY, nullable=False),
    Column("counter", _ID),
    Column("occurred_at", Moment, nullable=False),
    Index("ix_staff_sales_occurred_at", "occurred_at"),
)
"""Sales booked for somebody's own card while they themselves stood at the till."""

odd_findings = Table(
    "odd_findings",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("rule", String(24), nullable=False),
    Column("key", plain_text(400), nullable=False),
    Column("member_id", KEY, ForeignKey("members.id")),
    Column("staff", String(255), nullable=False),
    Column("store", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("facts", Document, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(255)),
    Column("note", Text, nullable=False),
    sa.UniqueConstraint("rule", "key", name="uq_odd_findings_key"),
    Index("ix_odd_findings_done_at", "done_at", "at"),
    Index("ix_odd_findings_member_id", "member_id"),
)
"""What a rule found. key: what it found once and not again. facts: `sales` (their ids) and the numbers that made it
odd, with the limits of that time. note: what whoever settled it found out."""
