"""Forms of shop visits can be changed: each visit keeps the questions that it answered."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "visit_form_versions",
        sa.Column("form_id", plain_text(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("questions", Document, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["visit_forms.id"], name="fk_visit_form_versions_form_id"),
        sa.PrimaryKeyConstraint("form_id", "version", name="pk_visit_form_versions"),
    )
    op.execute(
        "INSERT INTO visit_form_versions (form_id, version, questions, made_by, made_at)"
        " SELECT id, 1, questions, made_by, made_at FROM visit_forms"
    )
    op.add_column("visit_forms", sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.add_column("visits", sa.Column("form_version", sa.Integer, nullable=False, server_default=sa.text("1")))
