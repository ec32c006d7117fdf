"""Tables of campaigns and of who is in which of their groups; of challenges and of who met them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text

KEY = plain_text(40)

campaigns = Table(
    "campaigns",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", plain_text(60), nullable=False, unique=True),
    Column("plan", Document, nullable=False),
    Column("state", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("trial", KEY),
    Column("words", Text, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("asked_at", Moment),
    Column("decided_by", String(255)),
    Column("decided_at", Moment),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("end_reason", String(20), nullable=False),
)
"""plan: see campaign_plan.py. seed: of the draw of the groups. words: why it was asked for, or why it was sent back.

state: draft, asked, approved, running, ended. end_reason: empty, or days, budget, harm, person.
"""

campaign_members = Table(
    "campaign_members",
    Base.metadata,
    Column("campaign_id", KEY, ForeignKey("campaigns.id"), primary_key=True),
    Column("member_id", KEY, primary_key=True),
    Column("arm", String(4), nullable=False),
    Index("ix_campaign_members_member", "member_id"),
    sqlite_with_rowid=False,
)
"""Drawn once, when the campaign starts, and kept. arm: a, b or hold."""

challenges = Table(
    "challenges",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", plain_text(60), nullable=False, unique=True),
    Column("plan", Document, nullable=False),
    Column("state", String(10), nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
"""plan: see challenges.py. state: open or closed."""

challenge_wins = Table(
    "challenge_wins",
    Base.metadata,
    Column("challenge_id", KEY, ForeignKey("challenges.id"), primary_key=True),
    Column("member_id", KEY, primary_key=True),
    Column("won_at", Moment, nullable=False),
    Index("ix_challenge_wins_member", "member_id"),
    sqlite_with_rowid=False,
)
"""A row for each member who met a challenge; the points were credited in the same transaction."""
