"""Cases, contacts and tasks of care; surveys and visits with their answers; reports kept under a name."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment, plain_text

revision = "0022"
down_revision = "0021"

KEY = plain_text(40)


def upgrade() -> None:
    _cases()
    _events()
    _tasks()
    _answers()
    _visits()
    _report_views()


def _cases() -> None:
    op.create_table(
        "care_cases",
        sa.Column("id", KEY, nullable=False),
        sa.Column("member_id", KEY),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", plain_text(120), nullable=False),
        sa.Column("store", sa.String(200), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("opened_by", sa.String(255), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("due_at", Moment),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("closed_at", Moment),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_care_cases_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_care_cases"),
    )
    op.create_index("ix_care_cases_due", "care_cases", ["step", "due_at"])
    op.create_index("ix_care_cases_member_id", "care_cases", ["member_id", "id"])


def _events() -> None:
    op.create_table(
        "care_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY),
        sa.Column("member_id", KEY),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("points", sa.String(20), nullable=False),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["care_cases.id"], name="fk_care_events_case_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_care_events_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_care_events"),
    )
    op.create_index("ix_care_events_case_id", "care_events", ["case_id", "id"])
    op.create_index("ix_care_events_member_id", "care_events", ["member_id", "at"])


def _tasks() -> None:
    op.create_table(
        "care_tasks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY),
        sa.Column("member_id", KEY),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("done_by", sa.String(255)),
        sa.Column("done_at", Moment),
        sa.ForeignKeyConstraint(["case_id"], ["care_cases.id"], name="fk_care_tasks_case_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_care_tasks_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_care_tasks"),
    )
    op.create_index("ix_care_tasks_due_on", "care_tasks", ["done_at", "due_on"])
    op.create_index("ix_care_tasks_member_id", "care_tasks", ["member_id"])


def _answers() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("questions", Document, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_surveys"),
        sa.UniqueConstraint("name", name="uq_surveys_name"),
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("survey_id", KEY, nullable=False),
        sa.Column("invitation", sa.String(60), nullable=False),
        sa.Column("member_id", KEY),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("store", sa.String(200), nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_survey_answers_survey_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_survey_answers_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answers"),
        sa.UniqueConstraint("survey_id", "invitation", name="uq_survey_answers_invitation"),
    )
    op.create_index("ix_survey_answers_member_id", "survey_answers", ["member_id"])


def _visits() -> None:
    op.create_table(
        "visit_forms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("questions", Document, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_forms"),
        sa.UniqueConstraint("name", name="uq_visit_forms_name"),
    )
    op.create_table(
        "visits",
        sa.Column("id", KEY, nullable=False),
        sa.Column("form_id", KEY, nullable=False),
        sa.Column("store", sa.String(200), nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("marks", Document, nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["visit_forms.id"], name="fk_visits_form_id"),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )
    op.create_index("ix_visits_store", "visits", ["store", "visited_on"])


def _report_views() -> None:
    op.create_table(
        "report_views",
        sa.Column("id", KEY, nullable=False),
        sa.Column("staff", sa.String(255), nullable=False),
        sa.Column("name", plain_text(60), nullable=False),
        sa.Column("report", sa.String(40), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("first", sa.Date),
        sa.Column("last", sa.Date),
        sa.Column("every", sa.String(8), nullable=False),
        sa.Column("next_on", sa.Date),
        sa.Column("made_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_views"),
        sa.UniqueConstraint("staff", "name", name="uq_report_views_name"),
    )
    op.create_index("ix_report_views_next_on", "report_views", ["next_on"])
