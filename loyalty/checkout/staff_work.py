"""What people have to look at: sales nobody could be found for, cards that should not have been used, gaps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.erased_cards import is_erased, without_erased
from loyalty.checkout.tables import staff_work
from loyalty.contract.token import Token
from loyalty.db.prepared import Cursor, Prepared
from loyalty.errors import NotFound
from loyalty.ids import new_id

OPEN, CLAIMABLE, DONE = "open", "waiting", "done"
"""What a row's status may be: to be looked at; no work yet, a member may claim it by the code on a receipt; done."""
UNDONE = (OPEN, CLAIMABLE)
_insert = Prepared(
    sa.insert(staff_work).values({column.name: sa.bindparam(column.name) for column in staff_work.c}).inline()
)


@dataclass(frozen=True)
class Trouble:
    """One thing to look at. kind: as in tables.py."""

    kind: str
    sentence: str
    occurred_at: datetime
    command: str | None = None
    counter: str | None = None
    member: str | None = None
    token: Token | None = None
    body: Any = None
    status: str = OPEN


def note(cursor: Cursor, trouble: Trouble, now: datetime) -> str:
    """Puts it on the list; gives its id. The number of an erased person's card is left out."""
    id = new_id("work", now)
    token = trouble.token
    if token is not None and is_erased(cursor, token.kind, token.value):
        token = None
    row = {
        "id": id,
        "kind": trouble.kind,
        "command": trouble.command,
        "counter": trouble.counter,
        "member": trouble.member,
        "token_kind": token.kind if token else None,
        "token": token.value if token else None,
        "sentence": trouble.sentence,
        "body": without_erased(cursor, trouble.body),
        "occurred_at": trouble.occurred_at,
        "recorded_at": now,
        "status": trouble.status,
        "done_at": None,
        "done_by": None,
    }
    cursor.run(_insert, [row])
    return id


def open_work(session: Session, kind: str | None = None, limit: int = 100) -> list[sa.Row[Any]]:
    """Rows of `staff_work` not done yet, oldest first."""
    statement = sa.select(staff_work).where(staff_work.c.status == "open").order_by(staff_work.c.id).limit(limit)
    return list(session.execute(statement if kind is None else statement.where(staff_work.c.kind == kind)))


def work(session: Session, id: str) -> sa.Row[Any]:
    """One row; NotFound when there is none."""
    row = session.execute(sa.select(staff_work).where(staff_work.c.id == id)).first()
    if row is None:
        raise NotFound(f"There is no task {id[:60]!r}; look at the list again.")
    return row


def of_command(session: Session, command: str, kind: str) -> sa.Row[Any] | None:
    """The row that a command left and nobody has done yet."""
    return session.execute(
        sa.select(staff_work).where(
            staff_work.c.command == command, staff_work.c.kind == kind, staff_work.c.status.in_(UNDONE)
        )
    ).first()


def again(session: Session, id: str) -> None:
    """Puts it back on the list."""
    work(session, id)
    values: dict[str, Any] = {"status": OPEN, "done_at": None, "done_by": None}
    session.execute(sa.update(staff_work).where(staff_work.c.id == id).values(values))


def done(session: Session, id: str, now: datetime, staff: str | None, member: str | None = None) -> None:
    """Takes it off the list; the row stays."""
    work(session, id)
    values: dict[str, Any] = {"status": "done", "done_at": now, "done_by": staff}
    if member is not None:
        values["member"] = member
    session.execute(sa.update(staff_work).where(staff_work.c.id == id).values(values))
