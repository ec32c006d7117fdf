"""A person puts a version of the programme in force, now or later; takes a planned one back; finds what was typed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion
from loyalty.points.tables_sale import programme_sources


@dataclass(frozen=True)
class Source:
    """What was written to make a version. `scenarios` may be empty, and so is `staff` where a program put it.

    `text` is empty where only a part of the document was given; pages then write the document out.
    """

    number: int
    text: str
    scenarios: str
    staff: str
    put_at: datetime


def source_of(session: Session, number: int) -> Source | None:
    """None for versions whose text nobody kept."""
    found = session.execute(sa.select(programme_sources).where(programme_sources.c.number == number)).one_or_none()
    return None if found is None else Source(*found)


def keep_source(session: Session, source: Source) -> None:
    """Keeps the text of a version that was just put, in the same transaction."""
    session.execute(sa.insert(programme_sources).values(asdict(source)))


def put_programme(
    session: Session,
    document: Mapping[str, Any],
    text: str,
    scenarios: str,
    staff: str,
    now: datetime,
    effective_at: datetime | None = None,
    after: int | None = None,
) -> ProgrammeVersion:
    """A new version, in force from `effective_at` (default now; never earlier).

    Conflict when the latest version is not `after` any more, Invalid for a faulty document and a wrong moment.
    """
    ledger = Ledger(session)
    latest = ledger.facts.latest()
    if after is not None and after != (latest.number if latest else 0):
        raise Conflict("Somebody else has put a version meanwhile; look at it first.", code="precondition_failed")
    moment = effective_at or now
    if moment < now:
        raise Invalid("A version cannot start in the past: sales are booked by another.", pointer="effective_at")
    ledger.put_programme(document, now, moment)
    made = SqlFacts(session).latest()
    assert made is not None
    keep_source(session, Source(made.number, text, scenarios, staff, now))
    return made


def withdraw(session: Session, number: int, staff: str, now: datetime) -> ProgrammeVersion:
    """Takes a planned version back before it starts: from its moment on, the one before it stays in force.

    Versions are never removed; this puts the document before it once more, for the same moment. NotFound when it has
    started and for the first version, Conflict when another was put after it.
    """
    facts = SqlFacts(session)
    latest = facts.latest()
    if latest is None or number > latest.number:
        raise NotFound(f"There is no version {number} of the programme.")
    if number == 1 or facts.versions(0)[number - 1].at <= now:
        raise NotFound(f"Version {number} is not planned: it has started, and only what has not can be withdrawn.")
    if number != latest.number:
        raise Conflict(f"Version {latest.number} was put after version {number}; withdraw that one first.")
    before = facts.versions(0)[number - 2]
    kept = source_of(session, before.number)
    text = kept.text if kept else ""
    scenarios = kept.scenarios if kept else ""
    return put_programme(session, before.document, text, scenarios, staff, now, latest.at, after=number)
