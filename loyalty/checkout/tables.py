"""What was answered to whom, for ever; counters and how far they are; and what staff has to look at."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text

ID = plain_text(255)

outcomes = Table(
    "outcomes",
    Base.metadata,
    Column("id", ID, primary_key=True),
    Column("verb", String(40), nullable=False),
    Column("digest", plain_text(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Document, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("counter", ID),
    Column("seq", BigInteger),
    Index("ix_outcomes_counter", "counter", "seq"),
)
"""The answer under the command's id, in the transaction that booked it. Append-only."""

counters = Table(
    "counters",
    Base.metadata,
    Column("id", ID, primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("clock_off_s", Integer),
)
"""How far each counter's gapless numbering has come. clock_off_s: what its machine's clock lacks, as it says itself."""

staff_work = Table(
    "staff_work",
    Base.metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("command", ID),
    Column("counter", ID),
    Column("member", ID),
    Column("token_kind", String(16)),
    Column("token", plain_text(256)),
    Column("sentence", Text, nullable=False),
    Column("body", Document),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("status", String(8), nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(120)),
    Index("ix_staff_work_status", "status", "id"),
    Index("ix_staff_work_command", "command"),
    Index("ix_staff_work_member", "member", "id"),
    Index("ix_staff_work_token", "token"),
)
"""Work for people. kind: unmatched_sale, blocked_card, sequence_gap, refused_sale, over_redemption, copied_card,
worn_card, stuck_command, unreadable_receipt. status: open; waiting (a sale that a member may claim by the code on its
receipt); done."""

APPEND_ONLY = (outcomes,)
