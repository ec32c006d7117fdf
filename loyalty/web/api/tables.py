"""Keys of programs. Only the hash of a key is kept."""

from sqlalchemy import Boolean, Column, Index, String, Table

from loyalty.db.base import Base, Document, Moment, plain_text

api_keys = Table(
    "api_keys",
    Base.metadata,
    Column("id", plain_text(40), primary_key=True),
    Column("hash", plain_text(64), nullable=False, unique=True),
    Column("hint", String(16), nullable=False),
    Column("name", String(120), nullable=False),
    Column("scopes", Document, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

counter_enrolments = Table(
    "counter_enrolments",
    Base.metadata,
    Column("id", plain_text(40), primary_key=True),
    Column("counter", plain_text(255), nullable=False),
    Column("code_hash", plain_text(64), nullable=False, unique=True),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("key", plain_text(40)),
    Column("revoked_at", Moment),
    Index("ix_counter_enrolments_counter", "counter"),
    Index("ix_counter_enrolments_key", "key"),
)
"""A code that was made for a counter, and the key it was changed into."""
