"""What a person typed to make a version of the programme, with its scenarios: who put it and when."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import NUMBER, Moment, plain_text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "programme_sources",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("scenarios", sa.Text, nullable=False),
        sa.Column("staff", plain_text(255), nullable=False),
        sa.Column("put_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_programme_sources"),
    )
    protect(["programme_sources"])
