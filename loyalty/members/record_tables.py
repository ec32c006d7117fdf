"""Tables of what staff keep of a member: tags, the shop's own fields, consents, points that wait, views of a list."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from loyalty.db.base import Base, Moment, plain_text
from loyalty.members.tables import KEY

member_tags = Table(
    "member_tags",
    Base.metadata,
    Column("tag", plain_text(40), primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Index("ix_member_tags_member_id", "member_id"),
    sqlite_with_rowid=False,
)

member_fields = Table(
    "member_fields",
    Base.metadata,
    Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Column("name", plain_text(60), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Fields that the shop itself named, such as a shoe size; an empty one has no row."""

member_consents = Table(
    "member_consents",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("given", sa.Boolean, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("text_version", String(60), nullable=False),
    Column("how", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("staff", String(255)),
    Index("ix_member_consents_member_id", "member_id", "purpose", "id"),
    Index("ix_member_consents_purpose", "purpose", "given", "member_id"),
)
"""Each yes and each no with its proof; append-only, the latest of a purpose counts."""

point_requests = Table(
    "point_requests",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("wallet", String(200), nullable=False),
    Column("units", sa.BigInteger, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("note", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("asked_by", String(255), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("decided_by", String(255)),
    Column("decided_at", Moment),
    Index("ix_point_requests_status", "status", "id"),
    Index("ix_point_requests_member_id", "member_id", "id"),
)
"""Points by hand. units: the wallet's smallest, below zero when taken off. status: waiting, booked, refused. The
booking has the request's id."""

saved_views = Table(
    "saved_views",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("staff", String(255), nullable=False),
    Column("name", String(60), nullable=False),
    Column("query", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ix_saved_views_staff", "staff", "name"),
)
"""Filters of the members' list that a person named, as they stand in its address."""

APPEND_ONLY = (member_consents,)
