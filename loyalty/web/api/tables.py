"""Keys of programs. Only the hash of a key is kept."""

from sqlalchemy import Boolean, Column, String, Table

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
