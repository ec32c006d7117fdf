"""Tables of messages to members: the texts, what was or is to be sent, and addresses that take nothing any more."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text
from loyalty.members.tables import KEY

message_templates = Table(
    "message_templates",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", plain_text(60), nullable=False, unique=True),
    Column("channel", String(8), nullable=False),
    Column("purpose", String(12), nullable=False),
    Column("look", String(12), nullable=False),
    Column("texts", Document, nullable=False),
    Column("version", sa.Integer, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("retired", sa.Boolean, nullable=False),
)
"""channel: email, sms, letter, hint. purpose: offer, service. texts: language -> {subject, body}."""

messages = Table(
    "messages",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("key", plain_text(200), nullable=False, unique=True),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("template_id", KEY, ForeignKey("message_templates.id"), nullable=False),
    Column("template_version", sa.Integer, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("purpose", String(12), nullable=False),
    Column("kind", plain_text(60), nullable=False),
    Column("language", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(12), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("error", Text, nullable=False),
    Column("tries", sa.Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_messages_member_id", "member_id", "made_at"),
    Index("ix_messages_status", "status", "channel", "not_before"),
    Index("ix_messages_made_at", "made_at", "id"),
)
"""The outbox. status: waiting, sending, sent, withheld, bounced, failed, unsure. `key` tells one message from another,
so that asking twice sends once. The address is not kept: it is the member's when the message goes out."""

message_stops = Table(
    "message_stops",
    Base.metadata,
    Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("address_hash", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("said", Text, nullable=False),
)
"""Addresses that do not exist, as the receiving side said; it holds until the member has another address."""
