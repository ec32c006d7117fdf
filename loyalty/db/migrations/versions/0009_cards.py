"""Cards as things: batches, stock, what is on each card, issuing many, designs of the face."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0009"
down_revision = "0008"

KEY, COUNTER = plain_text(40), plain_text(255)


def upgrade() -> None:
    _stock()
    _contents()
    _issuing()
    op.create_table(
        "face_designs",
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("design", Document, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("staff", sa.String(120)),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_face_designs"),
    )
    protect(["card_reports", "face_designs"])


def _stock() -> None:
    op.create_table(
        "card_batches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("rewrite_limit", sa.Integer),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("staff", sa.String(120)),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_card_batches"),
    )
    op.create_table(
        "stock_cards",
        sa.Column("id", KEY, nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("token", plain_text(256), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["card_batches.id"], name="fk_stock_cards_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_cards"),
    )
    op.create_index("ix_stock_cards_batch_id", "stock_cards", ["batch_id", "status"])
    lying = sa.text("status = 'stock'")
    op.create_index(
        "uq_stock_cards_lying", "stock_cards", ["kind", "token"], unique=True, sqlite_where=lying,
        postgresql_where=lying,
    )  # fmt: skip


def _contents() -> None:
    op.create_table(
        "card_contents",
        sa.Column("card_id", KEY, nullable=False),
        sa.Column("face_as_of", Moment),
        sa.Column("face_digest", plain_text(64)),
        sa.Column("face_design", sa.Integer),
        sa.Column("face_printed_at", Moment),
        sa.Column("face_counter", COUNTER),
        sa.Column("rewrites", sa.Integer, nullable=False),
        sa.Column("rewrite_limit", sa.Integer),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("mac", plain_text(64)),
        sa.Column("sequence_at", Moment),
        sa.Column("sequence_counter", COUNTER),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("seen_at", Moment),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name="fk_card_contents_card_id"),
        sa.PrimaryKeyConstraint("card_id", name="pk_card_contents"),
    )
    op.create_table(
        "card_reports",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("card_id", KEY, nullable=False),
        sa.Column("counter", COUNTER, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("body", Document, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name="fk_card_reports_card_id"),
        sa.PrimaryKeyConstraint("id", name="pk_card_reports"),
    )
    op.create_index("ix_card_reports_card_id", "card_reports", ["card_id", "id"])


def _issuing() -> None:
    op.create_table(
        "issue_jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("counter", COUNTER, nullable=False),
        sa.Column("steps", Document, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("staff", sa.String(120)),
        sa.PrimaryKeyConstraint("id", name="pk_issue_jobs"),
    )
    op.create_index("ix_issue_jobs_counter", "issue_jobs", ["counter", "status"])
    op.create_table(
        "issue_cards",
        sa.Column("job_id", KEY, nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("token", plain_text(256)),
        sa.Column("done", Document, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("trouble", sa.Text),
        sa.Column("card_id", KEY),
        sa.ForeignKeyConstraint(["job_id"], ["issue_jobs.id"], name="fk_issue_cards_job_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_issue_cards_member_id"),
        sa.PrimaryKeyConstraint("job_id", "place", name="pk_issue_cards"),
    )
    op.create_index("ix_issue_cards_status", "issue_cards", ["job_id", "status", "place"])
