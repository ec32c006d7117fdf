"""Two records of one person become one and may part again; people of one household; who was erased."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0019"
down_revision = "0018"

KEY = plain_text(40)


def upgrade() -> None:
    op.create_table(
        "member_merges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kept_id", KEY, nullable=False),
        sa.Column("merged_id", KEY, nullable=False),
        sa.Column("merged_at", Moment, nullable=False),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("moved", Document, nullable=False),
        sa.Column("undo_until", Moment, nullable=False),
        sa.Column("undone_at", Moment),
        sa.Column("undone_by", sa.String(255)),
        sa.ForeignKeyConstraint(["kept_id"], ["members.id"], name="fk_member_merges_kept_id"),
        sa.ForeignKeyConstraint(["merged_id"], ["members.id"], name="fk_member_merges_merged_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member_merges"),
    )
    op.create_index("ix_member_merges_kept_id", "member_merges", ["kept_id", "id"])
    op.create_index("ix_member_merges_merged_id", "member_merges", ["merged_id", "id"])
    op.create_table(
        "member_erasures",
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("erased_at", Moment, nullable=False),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_erasures_member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_erasures"),
    )
    op.add_column("members", sa.Column("merged_into", KEY))
    going = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_members_merged_into", "members", ["merged_into"], sqlite_where=going, postgresql_where=going)
    _households()
    op.create_index("ix_staff_work_member", "staff_work", ["member", "id"])
    protect(["member_erasures", "household_events"])
    _let_persons_be_forgotten()


def _let_persons_be_forgotten() -> None:
    """Names inside kept answers and reports can be blotted out; everything else of these rows stays refused."""
    frozen = {
        "outcomes": "id, verb, digest, status, recorded_at, counter, seq",
        "card_reports": "id, card_id, counter, kind, occurred_at, recorded_at, verdict",
    }
    for table, columns in frozen.items():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: book a correction instead'); END"
            )
            continue
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {columns} OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _households() -> None:
    op.create_table(
        "households",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_households"),
    )
    op.create_table(
        "household_members",
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("household_id", KEY, nullable=False),
        sa.Column("joined_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_household_members_member_id"),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_household_members_household_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_household_members"),
    )
    op.create_index("ix_household_members_household_id", "household_members", ["household_id", "joined_at"])
    op.create_table(
        "household_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("household_id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("event", sa.String(8), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff", sa.String(255)),
        sa.PrimaryKeyConstraint("id", name="pk_household_events"),
    )
    op.create_index("ix_household_events_member_id", "household_events", ["member_id", "at"])
