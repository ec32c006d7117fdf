"""Each import, what its rows did, and which heading of a shop's files means which field."""

import sqlalchemy as sa

from loyalty.db.base import Base, Document, Moment, plain_text

KEY = plain_text(40)

imports = sa.Table(
    "imports",
    Base.metadata,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("file_name", sa.String(255), nullable=False),
    sa.Column("digest", plain_text(64), nullable=False),
    sa.Column("encoding", sa.String(16), nullable=False),
    sa.Column("staff", sa.String(255), nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Column("undone_at", Moment),
    sa.Column("counts", Document, nullable=False),
    sa.Index("ix_imports_digest", "digest", "kind"),
)
"""kind: members, cards, balances, purchases. digest: SHA-256 of the file. counts: as Counts.as_json."""

import_rows = sa.Table(
    "import_rows",
    Base.metadata,
    sa.Column("import_id", KEY, sa.ForeignKey("imports.id"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("effect", sa.String(8), nullable=False),
    sa.Column("subject", plain_text(255), nullable=False),
    sa.Column("key", plain_text(255), nullable=False),
    sa.Column("before", Document),
    sa.Column("undone", sa.Boolean, nullable=False),
    sa.Index("ix_import_rows_key", "key"),
)
"""Rows that did something. effect: new or changed; subject: the member's, card's or booking's id; key: what the row is
about, the same each time it is imported; before: what a changed member was like."""

import_columns = sa.Table(
    "import_columns",
    Base.metadata,
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("heading", plain_text(120), primary_key=True),
    sa.Column("field", sa.String(32), nullable=False),
)
"""What a person said a heading means."""
