"""Tables of cards as things: batches and stock, what is on each card, jobs that issue many, designs of their faces."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, text

from loyalty.db.base import Base, Document, Moment, plain_text
from loyalty.members.tables import KEY

COUNTER = plain_text(255)
_LYING = text("status = 'stock'")

card_batches = Table(
    "card_batches",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("rewrite_limit", sa.Integer),
    Column("received_at", Moment, nullable=False),
    Column("staff", String(120)),
    Column("note", Text, nullable=False),
)
"""Cards that came together, of one kind and one medium. rewrite_limit: how often the maker lets them be printed; None
for cards that are printed once."""

stock_cards = Table(
    "stock_cards",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("batch_id", KEY, ForeignKey("card_batches.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("token", plain_text(256), nullable=False),
    Column("status", String(16), nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("ix_stock_cards_batch_id", "batch_id", "status"),
    Index(
        "uq_stock_cards_lying", "kind", "token", unique=True, sqlite_where=_LYING, postgresql_where=_LYING
    ),
)
"""Cards that belong to nobody yet. status: stock, given (a card with the same id stands in `cards`), withdrawn."""

card_contents = Table(
    "card_contents",
    Base.metadata,
    Column("card_id", KEY, ForeignKey("cards.id"), primary_key=True),
    Column("face_as_of", Moment),
    Column("face_digest", plain_text(64)),
    Column("face_design", sa.Integer),
    Column("face_printed_at", Moment),
    Column("face_counter", COUNTER),
    Column("rewrites", sa.Integer, nullable=False),
    Column("rewrite_limit", sa.Integer),
    Column("sequence", sa.BigInteger),
    Column("mac", plain_text(64)),
    Column("sequence_at", Moment),
    Column("sequence_counter", COUNTER),
    Column("verdict", String(16), nullable=False),
    Column("seen_at", Moment),
)
"""What is on a card as far as counters told. sequence: the highest number that chip or stripe ever showed. verdict: ok,
copied or bent; the last two until a person has looked."""

card_reports = Table(
    "card_reports",
    Base.metadata,
    Column("id", plain_text(255), primary_key=True),
    Column("card_id", KEY, ForeignKey("cards.id"), nullable=False),
    Column("counter", COUNTER, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("body", Document, nullable=False),
    Column("verdict", String(16), nullable=False),
    Index("ix_card_reports_card_id", "card_id", "id"),
)
"""Each thing that a counter did to a card or read from it, once under its id; append-only. kind: printed, written,
read."""

issue_jobs = Table(
    "issue_jobs",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("counter", COUNTER, nullable=False),
    Column("steps", Document, nullable=False),
    Column("status", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("staff", String(120)),
    Index("ix_issue_jobs_counter", "counter", "status"),
)
"""Many cards through one counter's printer. steps: names in their order. status: running, paused, done, cancelled."""

issue_cards = Table(
    "issue_cards",
    Base.metadata,
    Column("job_id", KEY, ForeignKey("issue_jobs.id"), primary_key=True),
    Column("place", sa.Integer, primary_key=True, autoincrement=False),
    Column("member_id", KEY, ForeignKey("members.id"), nullable=False),
    Column("token", plain_text(256)),
    Column("done", Document, nullable=False),
    Column("status", String(16), nullable=False),
    Column("trouble", Text),
    Column("card_id", KEY),
    Index("ix_issue_cards_status", "job_id", "status", "place"),
)
"""One card of a job. done: steps that are behind it. status: waiting, working, done, failed, left_out."""

face_designs = Table(
    "face_designs",
    Base.metadata,
    Column("version", sa.Integer, primary_key=True, autoincrement=False),
    Column("design", Document, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("staff", String(120)),
    Column("note", Text, nullable=False),
)
"""Every design of the card's face that was ever put in force, append-only; the highest version counts. A design of
nothing (null) is the one that comes with the product."""

APPEND_ONLY = (card_reports, face_designs)
