"""Drafts of the programme: what a person changes step by step, every step kept, until it is put or let go.

A draft belongs to whoever began it. With approval switched on it waits until somebody else agrees; see
`loyalty.ops.programme_approval`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.base import Base, Moment, plain_text
from loyalty.errors import Conflict, NotFound
from loyalty.ids import new_id

_KEY = plain_text(40)
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOST_STEPS = 200
"""Older steps are forgotten: nobody goes back further."""

programme_drafts = sa.Table(
    "programme_drafts",
    Base.metadata,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("staff", plain_text(255), nullable=False),
    sa.Column("after", _NUMBER, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("start_at", Moment),
    sa.Column("asked_at", Moment),
    sa.Column("decided_by", plain_text(255)),
    sa.Column("decided_at", Moment),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("version", _NUMBER),
    sa.Index("ix_programme_drafts_state", "state", "changed_at"),
)
"""state: open, asked (waits for a second person), refused (open again, with an answer), put, dropped."""

programme_draft_steps = sa.Table(
    "programme_draft_steps",
    Base.metadata,
    sa.Column("draft", _KEY, sa.ForeignKey("programme_drafts.id"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("scenarios", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)

OPEN = ("open", "refused")
"""States in which a draft may be changed."""


@dataclass(frozen=True)
class Draft:
    """One draft as it stands. `after`: the latest version when it was begun, 0 before the first."""

    id: str
    staff: str
    after: int
    state: str
    step: int
    steps: int
    changed_at: datetime
    why: str
    start_at: datetime | None
    """The moment wished for; None for as soon as may be."""
    asked_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    answer: str
    version: int | None
    text: str
    scenarios: str
    undo: str
    """What the last step did, in the words it was kept with; empty at the beginning."""
    redo: str

    @property
    def may_change(self) -> bool:
        return self.state in OPEN


def begin(session: Session, staff: str, after: int, text: str, scenarios: str, now: datetime) -> str:
    """A new draft; gives its id."""
    id = new_id("dra", now)
    session.execute(
        sa.insert(programme_drafts).values(
            id=id, staff=staff, after=after, state="open", step=0, changed_at=now, why="", answer=""
        )
    )
    _keep(session, id, 0, text, scenarios, "")
    return id


def draft_of(session: Session, id: str) -> Draft:
    """One draft with the text it has come to. NotFound when there is none."""
    row = session.execute(sa.select(programme_drafts).where(programme_drafts.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no draft {id[:60]!r}.")
    return _drafts(session, [row])[0]


def drafts_in_work(session: Session) -> list[Draft]:
    """Drafts that are not put and not let go, those that wait for somebody first, then the latest first."""
    table = programme_drafts
    rows = session.execute(
        sa.select(table).where(table.c.state.in_((*OPEN, "asked")))
        .order_by(sa.case((table.c.state == "asked", 0), else_=1), table.c.changed_at.desc()).limit(50)
    ).all()  # fmt: skip
    return _drafts(session, rows)


def change(session: Session, before: Draft, staff: str, text: str, scenarios: str, what: str, now: datetime) -> None:
    """One step further than `before`; what had been taken back is forgotten.

    Conflict when the draft has moved on since (two windows), is somebody else's, or is not open any more.
    """
    id, step = before.id, before.step
    _move(session, before, staff, step + 1, now)
    steps = programme_draft_steps.c
    session.execute(sa.delete(programme_draft_steps).where(steps.draft == id, steps.step > step))
    session.execute(sa.delete(programme_draft_steps).where(steps.draft == id, steps.step <= step - MOST_STEPS))
    _keep(session, id, step + 1, text, scenarios, what)


def go(session: Session, before: Draft, staff: str, by: int, now: datetime) -> None:
    """Back (by = -1) or forth (by = 1) by one step, if there is one that is kept. Conflict as in `change`."""
    steps = programme_draft_steps.c
    target = before.step + by
    if session.scalar(sa.select(sa.func.count()).where(steps.draft == before.id, steps.step == target)):
        _move(session, before, staff, target, now)


def settle(session: Session, id: str, state: str, now: datetime, **facts: object) -> None:
    """Writes a new state with what belongs to it, such as `why`, `start_at`, `decided_by`, `version`."""
    session.execute(
        sa.update(programme_drafts).where(programme_drafts.c.id == id).values(state=state, changed_at=now, **facts)
    )


def _move(session: Session, before: Draft, staff: str, target: int, now: datetime) -> None:
    table = programme_drafts.c
    done = session.execute(
        sa.update(programme_drafts)
        .where(table.id == before.id, table.step == before.step, table.staff == staff, table.state.in_(OPEN))
        .values(step=target, changed_at=now)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict("This draft was changed in another window, or it is not yours to change; look at it again.")


def _keep(session: Session, id: str, step: int, text: str, scenarios: str, what: str) -> None:
    session.execute(
        sa.insert(programme_draft_steps).values(draft=id, step=step, text=text, scenarios=scenarios, what=what)
    )


def _drafts(session: Session, rows: Sequence[sa.Row[tuple[object, ...]]]) -> list[Draft]:
    steps = programme_draft_steps.c
    found = []
    for row in rows:
        fields = dict(row._mapping)
        near = session.execute(
            sa.select(programme_draft_steps).where(steps.draft == row.id, steps.step.in_((row.step, row.step + 1)))
        ).all()
        kept = {each.step: each for each in near}
        here, following = kept[row.step], kept.get(row.step + 1)
        last = session.scalar(sa.select(sa.func.max(steps.step)).where(steps.draft == row.id)) or 0
        first = session.scalar(sa.select(sa.func.min(steps.step)).where(steps.draft == row.id)) or 0
        found.append(Draft(
            **fields, steps=last, text=here.text, scenarios=here.scenarios,
            undo=here.what if row.step > first else "", redo=following.what if following else "",
        ))  # fmt: skip
    return found
