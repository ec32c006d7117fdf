"""Tables of segments: a name, the rules that choose members, and the members of those that were fixed."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text

KEY = plain_text(40)

segments = Table(
    "segments",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", plain_text(60), nullable=False, unique=True),
    Column("note", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("rules", Document, nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("fixed_at", Moment),
)
"""kind: dynamic (whoever fits when asked) or static (who fitted at `fixed_at`). rules: see segment_rules.py."""

segment_members = Table(
    "segment_members",
    Base.metadata,
    Column("segment_id", KEY, ForeignKey("segments.id"), primary_key=True),
    Column("member_id", plain_text(40), primary_key=True),
    Index("ix_segment_members_member", "member_id"),
    sqlite_with_rowid=False,
)
"""Of static segments."""
