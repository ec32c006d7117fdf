"""One row for each job: what is to be done, how far it is, what came of it."""

import sqlalchemy as sa

from loyalty.db.base import Base, Document, Moment, plain_text

jobs = sa.Table(
    "jobs",
    Base.metadata,
    sa.Column("id", plain_text(40), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("details", Document, nullable=False),
    sa.Column("staff", sa.String(255), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("started_at", Moment),
    sa.Column("finished_at", Moment),
    sa.Column("beat_at", Moment),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("stop", sa.Boolean, nullable=False),
    sa.Column("result", Document),
    sa.Column("fault", sa.Text, nullable=False),
)
"""state: draft (a file whose columns nobody has named yet), waiting, running, done, failed, cancelled.
details: what the kind of job needs to know. staff: an actor of the audit log. beat_at: when its worker was last heard
of. done of total: how far it is (total 0: not known). stop: somebody wishes its end. fault: one sentence."""
