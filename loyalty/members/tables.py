"""Tables of people and cards."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db.base import Base, Moment, plain_text

KEY = plain_text(40)


class Member(Base):
    """A person. `version` counts changes, for ETag."""

    __tablename__ = "members"

    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    number: Mapped[str] = mapped_column(plain_text(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str | None] = mapped_column(String(60))
    given_name: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(plain_text(20), unique=True)
    """E.164: `+85261234567`."""
    email: Mapped[str | None] = mapped_column(plain_text(254), unique=True)
    birthday: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(16))
    joined_at: Mapped[datetime] = mapped_column(Moment)
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    status: Mapped[str] = mapped_column(String(16), default="active")
    """active, closed, merged, erased."""
    merged_into: Mapped[str | None] = mapped_column(KEY)
    """Of a merged record: the one that goes on."""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(Moment, index=True)

    __table_args__ = (
        Index("ix_members_name", "name", "id"),
        Index(
            "ix_members_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )


class Card(Base):
    """A credential: a chip's UID, a printed code, a stripe. `token` is normalised, see tokens.py."""

    __tablename__ = "cards"

    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    member_id: Mapped[str] = mapped_column(KEY, ForeignKey("members.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    token: Mapped[str] = mapped_column(plain_text(256))
    status: Mapped[str] = mapped_column(String(16))
    """issued, active, blocked, lost, replaced, retired."""
    issued_at: Mapped[datetime] = mapped_column(Moment)
    replaced_by: Mapped[str | None] = mapped_column(KEY)

    __table_args__ = (
        Index("ix_cards_token", "token", "kind"),
        Index(
            "uq_cards_in_use",
            "kind",
            "token",
            unique=True,
            sqlite_where=text("status NOT IN ('replaced', 'retired')"),
            postgresql_where=text("status NOT IN ('replaced', 'retired')"),
        ),
    )


card_events = Table(
    "card_events",
    Base.metadata,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("card_id", KEY, ForeignKey("cards.id"), nullable=False, index=True),
    sa.Column("event", String(16), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("staff", String(120)),
    sa.Column("reason", sa.Text),
)
"""The life of each card, append-only."""

member_terms = Table(
    "member_terms",
    Base.metadata,
    sa.Column("kind", String(8), primary_key=True),
    sa.Column("term", plain_text(120), primary_key=True),
    sa.Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Index("ix_member_terms_member", "member_id", "kind", "term"),
    sqlite_with_rowid=False,
)
"""What a member is found by: each row a beginning to search for. kind: name, number, phone (digits), tail, email."""

APPEND_ONLY = (card_events,)
