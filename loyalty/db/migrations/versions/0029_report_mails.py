"""Kept reports may be sent to their owner by e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("report_views", sa.Column("mail", sa.Boolean, nullable=False, server_default=sa.false()))
