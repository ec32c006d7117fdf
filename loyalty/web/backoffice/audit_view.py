"""What the audit log's page shows: entries as rows, with the fields side by side and a link to what they are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.audit import Entry, audit_entries, entries
from loyalty.members.tables import Card, Member

PAGE = 50


@dataclass(frozen=True)
class Wish:
    """What the person asked for; empty texts ask for everything. `since` and `until` are days of the shop."""

    actor: str = ""
    family: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def empty(self) -> bool:
        return self == Wish()

    def as_query(self) -> dict[str, str]:
        """The same wish as it stands in an address."""
        days = {"since": self.since, "until": self.until}
        texts = {"actor": self.actor, "family": self.family, "subject": self.subject}
        return {name: str(value) for name, value in {**texts, **days}.items() if value}


@dataclass(frozen=True)
class Field:
    """One field that changed; None: it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Row:
    """`kind` and `id` of what it is about; `name` is the member's, where it is one. `member` is whose card it is."""

    number: int
    at: datetime
    actor: str
    action: str
    kind: str
    id: str
    name: str
    member: str | None
    fields: tuple[Field, ...]
    why: str


@dataclass(frozen=True)
class Log:
    rows: tuple[Row, ...]
    next: int | None
    """Pass it as `below` for the next page."""


def read_log(session: Session, wish: Wish, zone: ZoneInfo, below: int | None = None) -> Log:
    """One page of entries, the latest first."""
    found = entries(
        session,
        actor=wish.actor or None,
        action=f"{wish.family}." if wish.family else None,
        subject=_subjects(session, wish.subject) if wish.subject else None,
        since=_start(wish.since, zone),
        until=_start(wish.until + timedelta(days=1), zone) if wish.until else None,
        below=below,
        limit=PAGE + 1,
    )
    return Log(_rows(session, found[:PAGE]), found[PAGE - 1].number if len(found) > PAGE else None)


def member_changes(session: Session, member: str, limit: int = 10) -> tuple[Row, ...]:
    """The latest changes to a member and their cards."""
    return _rows(session, entries(session, subject=_subjects(session, f"member:{member}"), limit=limit))


def actors(session: Session) -> list[str]:
    """Everybody who stands in the log, by name."""
    return list(session.scalars(sa.select(audit_entries.c.actor).distinct().order_by(audit_entries.c.actor)))


def families(session: Session) -> list[str]:
    """The first words of the actions that there are."""
    found = session.scalars(sa.select(audit_entries.c.action).distinct())
    return sorted({action.partition(".")[0] for action in found})


def _subjects(session: Session, subject: str) -> list[str]:
    """A member stands for their cards too."""
    kind, _, id = subject.partition(":")
    cards = session.scalars(sa.select(Card.id).where(Card.member_id == id)) if kind == "member" else ()
    return [subject, *(f"card:{card}" for card in cards)]


def _rows(session: Session, found: Sequence[Entry]) -> tuple[Row, ...]:
    parts = [entry.subject.partition(":") for entry in found]
    cards = [id for kind, _, id in parts if kind == "card"]
    owners: dict[str, str | None] = {
        row.id: row.member_id for row in session.execute(sa.select(Card.id, Card.member_id).where(Card.id.in_(cards)))
    }
    members = {id for kind, _, id in parts if kind == "member"} | {owner for owner in owners.values() if owner}
    names = {
        row.id: row.name for row in session.execute(sa.select(Member.id, Member.name).where(Member.id.in_(members)))
    }
    rows = []
    for entry, (kind, _, id) in zip(found, parts, strict=True):
        member = id if kind == "member" else owners.get(id)
        what = (kind, id, names.get(member or "", ""), member if member in names else None)
        rows.append(
            Row(entry.number, entry.at, entry.actor, entry.action, *what, _fields(entry.before, entry.after), entry.why)
        )
    return tuple(rows)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Field, ...]:
    names = dict.fromkeys([*before, *after])
    return tuple(Field(name, _text(before, name), _text(after, name)) for name in names)


def _text(values: Mapping[str, Any], name: str) -> str | None:
    """A value as a person reads it; long ones are cut, the log itself keeps them whole."""
    if name not in values:
        return None
    value = values[name]
    if value is None:
        return ""
    if isinstance(value, list):
        value = ", ".join(str(each) for each in value)
    elif isinstance(value, bool):
        value = "✓" if value else "✗"
    text = str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _start(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None
