"""Tables of what happens to a member's record as a whole: merges, erasures, households."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text
from loyalty.members.tables import KEY

member_merges = Table(
    "member_merges",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("kept_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("merged_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("merged_at", Moment, nullable=False),
    Column("staff", String(255), nullable=False),
    Column("why", Text, nullable=False),
    Column("moved", Document, nullable=False),
    Column("undo_until", Moment, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", String(255)),
    Index("ix_member_merges_kept_id", "kept_id", "id"),
    Index("ix_member_merges_merged_id", "merged_id", "id"),
)
"""Two records of one person made one. moved: cards, points and contact that went over, so that it can be undone."""

member_erasures = Table(
    "member_erasures",
    Base.metadata,
    Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Column("erased_at", Moment, nullable=False),
    Column("staff", String(255), nullable=False),
    Column("why", Text, nullable=False),
)
"""Whose personal data was erased; append-only. Their sales and points stay, under a number that names nobody."""

erased_credentials = Table(
    "erased_credentials",
    Base.metadata,
    Column("digest", plain_text(32), primary_key=True),
    Column("erased_at", Moment, nullable=False),
)
"""Cards of erased persons, by what hot lists call them: a counter that was offline may still tell of one, and nothing
of it may be kept. Who the person was does not stand here."""

households = Table(
    "households",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("made_at", Moment, nullable=False),
)

household_members = Table(
    "household_members",
    Base.metadata,
    Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Column("household_id", KEY, ForeignKey("households.id"), nullable=False),
    Column("joined_at", Moment, nullable=False),
    Index("ix_household_members_household_id", "household_id", "joined_at"),
)
"""Who lives together now: a member belongs to one household at most."""

household_events = Table(
    "household_events",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("household_id", KEY, nullable=False),
    Column("member_id", KEY, nullable=False),
    Column("event", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("staff", String(255)),
    Index("ix_household_events_member_id", "member_id", "at"),
)
"""Joined and left, append-only."""

APPEND_ONLY = (member_erasures, household_events)
