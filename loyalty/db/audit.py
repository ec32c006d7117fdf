"""The audit log: what persons and programs changed, each entry chained to the one before it.

`note` is called in the transaction of the change itself: both stand or neither. Personal data is masked before it is
written, so that a person can be erased without breaking the chain; the words themselves stand in the member's rows.
Whoever edits, removes or slips in an entry breaks the chain: `check` names it, and `loyalty db verify` prints it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.clock import rfc3339
from loyalty.db.base import Base, Document, Moment

FIRST = ""
"""What stands before the first entry."""

PERSONAL = frozenset(
    {"name", "names", "given_name", "family_name", "display_name", "phone", "phones", "email", "birthday", "address"}
    | {"notes", "note", "contact", "token", "tokens"}
)
"""Fields whose values are masked: of `+852 9123 4567` stays `…67`."""

SECRET = frozenset({"password", "hash", "key", "secret", "code", "pin", "totp", "recovery_codes"})
"""Fields of which nothing is kept but that they changed."""

audit_entries = sa.Table(
    "audit_entries",
    Base.metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.String(255), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("before", Document, nullable=False),
    sa.Column("after", Document, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("ix_audit_entries_subject_number", "subject", "number"),
    sa.Index("ix_audit_entries_actor_number", "actor", "number"),
    sa.Index("ix_audit_entries_action_number", "action", "number"),
)

audit_head = sa.Table(
    "audit_head",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entries", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""One row: how many entries there are and the last one's hash, so that a cut-off end is noticed too."""

APPEND_ONLY = (audit_entries,)


@dataclass(frozen=True)
class Entry:
    """A change by `actor` (`staff:<e-mail>`, `key:<id>`, `counter:<id>`, `command:<name>`) to a `<kind>:<id>`."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str
    hash: str


def note(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str = "",
) -> int:
    """Writes one entry in the transaction of the change and gives its number.

    `before` and `after` hold the fields that changed, plain values only; fields equal in both are left out. Call it
    inside `loyalty.db.session.write`: there is one writer at a time, and the chain needs that.
    """
    old, new = _differing(before or {}, after or {})
    head = session.execute(sa.select(audit_head.c.entries, audit_head.c.hash)).one_or_none()
    entries, previous = (head.entries, head.hash) if head else (0, FIRST)
    row: dict[str, Any] = {
        "number": entries + 1,
        "at": now,
        "actor": actor,
        "action": action,
        "subject": subject,
        "before": old,
        "after": new,
        "why": why,
    }
    digest = _link(previous, row)
    session.execute(sa.insert(audit_entries), [row | {"previous_hash": previous, "hash": digest}])
    if head is None:
        session.execute(sa.insert(audit_head), [{"id": 1, "entries": 1, "hash": digest}])
    else:
        session.execute(sa.update(audit_head).values(entries=entries + 1, hash=digest))
    return entries + 1


def entries(
    session: Session,
    *,
    actor: str | None = None,
    action: str | None = None,
    subject: str | Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    below: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The latest first; `below` is the last number already shown. An `action` ending in `.` is a whole family.

    `subject` may be several, a member and all their cards for example.
    """
    statement = sa.select(audit_entries).order_by(audit_entries.c.number.desc()).limit(limit)
    columns = audit_entries.c
    if actor:
        statement = statement.where(columns.actor == actor)
    if action:
        column = columns.action
        statement = statement.where(column.startswith(action) if action.endswith(".") else column == action)
    if subject:
        wanted = [subject] if isinstance(subject, str) else list(subject)
        statement = statement.where(columns.subject.in_(wanted))
    if since:
        statement = statement.where(columns.at >= since)
    if until:
        statement = statement.where(columns.at < until)
    if below is not None:
        statement = statement.where(columns.number < below)
    return [
        Entry(row.number, row.at, row.actor, row.action, row.subject, row.before, row.after, row.why, row.hash)
        for row in session.execute(statement)
    ]


def check(session: Session) -> Iterator[tuple[int, str]]:
    """The entries that do not hold, each as its number and one sentence."""
    previous, number = FIRST, 0
    order = sa.select(audit_entries).order_by(audit_entries.c.number).execution_options(yield_per=1_000)
    for row in session.execute(order):
        if row.number != number + 1 or row.previous_hash != previous:
            yield row.number, "The audit entry does not follow the one before it: an entry is missing or new."
        if row.hash != _link(row.previous_hash, row._mapping):
            yield row.number, "The audit entry was changed after it was written."
        previous, number = row.hash, row.number
    head = session.execute(sa.select(audit_head.c.entries, audit_head.c.hash)).one_or_none()
    if (number, previous) != ((head.entries, head.hash) if head else (0, FIRST)):
        yield number, f"The audit log should end with entry {head.entries if head else 0}, but ends with {number}."


def _link(previous: str, row: Mapping[Any, Any]) -> str:
    content = [row["number"], rfc3339(row["at"]), row["actor"], row["action"], row["subject"]]
    content += [row["before"], row["after"], row["why"]]
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: _kept(name, before[name]) for name in names if name in before},
        {name: _kept(name, after[name]) for name in names if name in after},
    )


def _kept(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in SECRET:
        return "…"
    if name in PERSONAL:
        return masked(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _kept(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Decimal | date):
        return str(value)
    return value


def masked(value: Any) -> str:
    """Two characters at the end of a long value, nothing of a short one: enough to recognise, too little to tell."""
    text = str(value)
    return f"…{text[-2:]}" if len(text) > 6 else "…"
