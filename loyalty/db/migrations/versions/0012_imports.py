"""What was brought in from files: each import, what each of its rows did, and the columns that a shop's files have."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Moment, plain_text

revision = "0012"
down_revision = "0011"

KEY = plain_text(40)


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("digest", plain_text(64), nullable=False),
        sa.Column("encoding", sa.String(16), nullable=False),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.Column("undone_at", Moment),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_digest", "imports", ["digest", "kind"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("effect", sa.String(8), nullable=False),
        sa.Column("subject", plain_text(255), nullable=False),
        sa.Column("key", plain_text(255), nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_rows_import_id"),
        sa.PrimaryKeyConstraint("import_id", "line", name="pk_import_rows"),
    )
    op.create_index("ix_import_rows_key", "import_rows", ["key"])
    op.create_table(
        "import_columns",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("heading", plain_text(120), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("kind", "heading", name="pk_import_columns"),
    )
