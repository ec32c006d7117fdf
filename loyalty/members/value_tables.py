"""What the shop knows about each member's worth, worked out anew from time to time: rows are replaced, never kept.

Money in the currency's smallest unit, shares and probabilities in thousandths, times in local days.
"""

from sqlalchemy import BigInteger, Column, Date, Float, Index, Integer, String, Table

from loyalty.db.base import Base, Document, Moment, plain_text

member_values = Table(
    "member_values",
    Base.metadata,
    Column("member_id", plain_text(255), primary_key=True),
    Column("repeats", Integer, nullable=False),
    Column("recency_days", Integer, nullable=False),
    Column("age_days", Integer, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("spent_year", BigInteger, nullable=False),
    Column("recency_score", Integer, nullable=False),
    Column("frequency_score", Integer, nullable=False),
    Column("money_score", Integer, nullable=False),
    Column("rank_share", Integer, nullable=False),
    Column("money_share", Integer, nullable=False),
    Column("pyramid", String(8), nullable=False),
    Column("alive", Integer),
    Column("expected", Integer),
    Column("next_year", BigInteger),
    Column("lifetime", BigInteger),
    Index("ix_member_values_rank", "rank_share"),
    sqlite_with_rowid=False,
)
"""Members with a purchase that counts. repeats: days of purchase after the first; recency_days: from the first to the
last; age_days: from the first until now; scores: fifths, 5 is best; rank_share: place by `spent_year` among these
members; money_share: what share of all sales those before this member bring; pyramid: top, big, medium, small,
inactive. alive, expected (purchases in 365 days), next_year and lifetime: by the model, NULL while there is none."""

value_models = Table(
    "value_models",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("as_of", Date, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("members", Integer, nullable=False),
    Column("parameters", Document),
    Column("log_likelihood", Float),
    Column("note", String(40), nullable=False),
)
"""One row, id 1: what `member_values` was worked out with. note: fitted, or why there is no model."""

category_pairs = Table(
    "category_pairs",
    Base.metadata,
    Column("first", plain_text(200), primary_key=True),
    Column("second", plain_text(200), primary_key=True),
    Column("confidence", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Categories that go together more than by chance; confidence: of the purchases with the first, those with the second
too."""
