"""The list of members in the order of their names, without sorting everybody."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_index("ix_members_name", "members", ["name", "id"])
