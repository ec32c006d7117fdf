"""Tables of caring for members: cases with what happened in them, contacts, tasks, surveys, visits, kept reports."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from loyalty.db.base import Base, Document, Moment, plain_text
from loyalty.members.tables import KEY

care_cases = Table(
    "care_cases",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("member_id", KEY, ForeignKey("members.id")),
    Column("kind", String(20), nullable=False),
    Column("subject", plain_text(120), nullable=False),
    Column("store", String(200), nullable=False),
    Column("step", String(12), nullable=False),
    Column("owner", String(255), nullable=False),
    Column("opened_by", String(255), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("level", sa.Integer, nullable=False),
    Column("closed_at", Moment),
    Index("ix_care_cases_due", "step", "due_at"),
    Index("ix_care_cases_member_id", "member_id", "id"),
)
"""step: what comes next (regret, solution, follow_up) or closed. due_at: by when. level: how often it was escalated."""

care_events = Table(
    "care_events",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("case_id", KEY, ForeignKey("care_cases.id")),
    Column("member_id", KEY, ForeignKey("members.id")),
    Column("kind", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("points", String(20), nullable=False),
    Column("staff", String(255), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_care_events_case_id", "case_id", "id"),
    Index("ix_care_events_member_id", "member_id", "at"),
)
"""kind: opened, contact, regret, solution, follow_up, closed, reopened, assigned, escalated, points.

points: what was booked or asked for, in the wallet's own unit; empty otherwise.
"""

care_tasks = Table(
    "care_tasks",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("case_id", KEY, ForeignKey("care_cases.id")),
    Column("member_id", KEY, ForeignKey("members.id")),
    Column("what", Text, nullable=False),
    Column("owner", String(255), nullable=False),
    Column("due_on", sa.Date, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("done_by", String(255)),
    Column("done_at", Moment),
    Index("ix_care_tasks_due_on", "done_at", "due_on"),
    Index("ix_care_tasks_member_id", "member_id"),
)

surveys = Table(
    "surveys",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", plain_text(60), nullable=False, unique=True),
    Column("kind", String(4), nullable=False),
    Column("questions", Document, nullable=False),
    Column("state", String(8), nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
)
"""kind: nps (0 to 10) or csat (1 to 5). questions: language -> the question. state: open or closed."""

survey_answers = Table(
    "survey_answers",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("survey_id", KEY, ForeignKey("surveys.id"), nullable=False),
    Column("invitation", String(60), nullable=False),
    Column("member_id", KEY, ForeignKey("members.id")),
    Column("channel", String(16), nullable=False),
    Column("store", String(200), nullable=False),
    Column("score", sa.Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Moment, nullable=False),
    sa.UniqueConstraint("survey_id", "invitation", name="uq_survey_answers_invitation"),
    Index("ix_survey_answers_member_id", "member_id"),
)
"""An invitation is answered once: a member's id, or the number of a link that names nobody."""

visit_forms = Table(
    "visit_forms",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("name", plain_text(60), nullable=False, unique=True),
    Column("questions", Document, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
)
"""questions: list of {"text", "points"}: how many points a full yes gives. All columns are of the latest version."""

visit_form_versions = Table(
    "visit_form_versions",
    Base.metadata,
    Column("form_id", KEY, ForeignKey("visit_forms.id"), primary_key=True),
    Column("version", sa.Integer, primary_key=True, autoincrement=False),
    Column("questions", Document, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
)
"""What a form asked at each time."""

visits = Table(
    "visits",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("form_id", KEY, ForeignKey("visit_forms.id"), nullable=False),
    Column("store", String(200), nullable=False),
    Column("visited_on", sa.Date, nullable=False),
    Column("marks", Document, nullable=False),
    Column("points", sa.Integer, nullable=False),
    Column("most", sa.Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("made_by", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("form_version", sa.Integer, nullable=False, server_default=sa.text("1")),
    Index("ix_visits_store", "store", "visited_on"),
)
"""marks: one of yes, half, no, none for each question. points of `most`: twice the points, so that halves are whole."""

report_views = Table(
    "report_views",
    Base.metadata,
    Column("id", KEY, primary_key=True),
    Column("staff", String(255), nullable=False),
    Column("name", plain_text(60), nullable=False),
    Column("report", String(40), nullable=False),
    Column("days", sa.Integer, nullable=False),
    Column("first", sa.Date),
    Column("last", sa.Date),
    Column("every", String(8), nullable=False),
    Column("next_on", sa.Date),
    Column("made_at", Moment, nullable=False),
    Column("mail", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("staff", "name", name="uq_report_views_name"),
    Index("ix_report_views_next_on", "next_on"),
)
"""A report under a name: the last `days`, or from `first` to `last`. every: empty, day, week or month; then it is
written as a file on the local day `next_on` and after it, and with `mail` sent to whoever keeps it."""
