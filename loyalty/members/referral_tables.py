"""Tables of who brought whom, and of people who are not members yet."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from loyalty.db.base import Base, Moment, plain_text
from loyalty.members.tables import KEY

referral_codes = Table(
    "referral_codes",
    Base.metadata,
    Column("code", plain_text(32), primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False, unique=True),
    Column("made_at", Moment, nullable=False),
)
"""The word in a member's own link. Too long to be guessed; it says nothing about the member."""

referrals = Table(
    "referrals",
    Base.metadata,
    Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Column("brought_by", KEY, ForeignKey("members.id"), nullable=False),
    Column("how", String(12), nullable=False),
    Column("status", String(12), nullable=False),
    Column("why", String(40), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("staff", String(255)),
    Column("purchase", plain_text(255)),
    Column("settled_at", Moment),
    Column("phone", plain_text(20)),
    Index("ix_referrals_brought_by", "brought_by", "recorded_at"),
    Index("ix_referrals_phone", "phone"),
)
"""One line for each newcomer who was brought. how: office, portal, api, prospect.

status: waiting (for the first purchase), thanked, known (written down after it: nothing is given), refused with `why`.
phone: the newcomer's when the thanks were given, so that one telephone is not thanked for twice.
"""

prospects = Table(
    "prospects",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("phone", plain_text(20)),
    Column("email", plain_text(254)),
    Column("language", String(16), nullable=False),
    Column("consent_how", Text, nullable=False),
    Column("consent_at", Moment),
    Column("buys_at", String(120), nullable=False),
    Column("brought_by", KEY, ForeignKey("members.id")),
    Column("next_contact_on", sa.Date),
    Column("notes", Text, nullable=False),
    Column("status", String(12), nullable=False),
    Column("member_id", KEY, ForeignKey("members.id"), unique=True),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("phone", name="uq_prospects_phone"),
    UniqueConstraint("email", name="uq_prospects_email"),
    Index("ix_prospects_status", "status", "next_contact_on"),
    Index("ix_prospects_brought_by", "brought_by"),
)
"""People who may become members. status: open, not_now, joined (name and contact stand with the member then), erased.

buys_at: where they buy today. consent_how: what was said to being contacted, and where the proof lies; without it no
contact is kept.
"""
