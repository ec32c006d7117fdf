"""What the rules find is kept until somebody has looked: every night, and whenever somebody asks."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, Row
from sqlalchemy.orm import Session

from loyalty.db.session import read, write
from loyalty.errors import NotFound
from loyalty.ids import new_id
from loyalty.insight.odd_points import by_hand, late, receipts, returns
from loyalty.insight.odd_rules import Settings, settings_of
from loyalty.insight.odd_sales import Finding, often_day, often_hour, own_card, two_stores
from loyalty.insight.report import Books, Span
from loyalty.members.watch_tables import odd_findings
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_facts import SqlFacts

NIGHTLY_DAYS = 7
"""Counters that were away bring sales of days gone by."""
MOST_FOUND = 500
"""Of one rule in one look: more than that is a limit set too low."""
PAGE = 50
LONGEST_NOTE = 1_000
FINDERS: Mapping[str, Callable[[Books, Settings], Iterable[Finding]]] = {
    "own_card": own_card,
    "often_hour": often_hour,
    "often_day": often_day,
    "two_stores": two_stores,
    "late": late,
    "receipts": receipts,
    "by_hand": by_hand,
    "returns": returns,
}
_at = odd_findings.c


def look_for_odd(engine: Engine, now: datetime, days: int = NIGHTLY_DAYS) -> int:
    """Looks at the last `days` local days; how many findings are new. Nothing while the shop has no programme."""
    with read(engine) as session:
        version = SqlFacts(session).version(now)
        if version is None:
            return 0
        today = day_of(now, zone_of(version.programme.timezone))
        books = Books(session, version.programme, Span(today - timedelta(days=days - 1), today), today)
        found = findings(books, settings_of(session))
    with write(engine) as session:
        return keep(session, found, now)


def findings(books: Books, settings: Settings) -> list[Finding]:
    """What the rules that are on find in the books' days."""
    return [one for rule in settings.limits for one in islice(FINDERS[rule](books, settings), MOST_FOUND)]


def keep(session: Session, found: Iterable[Finding], now: datetime) -> int:
    """Adds what is new and brings what is still open up to date; what somebody settled stays settled."""
    new = 0
    for one in found:
        row = {"at": one.at, "facts": dict(one.facts), "store": one.store}
        known = session.execute(
            sa.select(_at.id, _at.done_at, _at.facts).where(_at.rule == one.rule, _at.key == one.key)
        ).first()
        if known is None:
            whose = {"rule": one.rule, "key": one.key, "member_id": one.member, "staff": one.staff, "note": ""}
            session.execute(sa.insert(odd_findings), [{"id": new_id("odd", now), "found_at": now, **whose, **row}])
            new += 1
        elif known.done_at is None and known.facts != row["facts"]:
            session.execute(sa.update(odd_findings).where(_at.id == known.id).values(**row))
    return new


def finding(session: Session, id: str) -> Row[Any]:
    """NotFound when there is none."""
    row = session.execute(sa.select(odd_findings).where(_at.id == id)).first()
    if row is None:
        raise NotFound("There is no such finding; look at the list again.")
    return row


def listed(
    session: Session, rule: str = "", *, store: str = "", settled: bool = False, skip: int = 0
) -> list[Row[Any]]:
    """The latest first; one more than a page when there are more. `rule` and `store` empty: of any."""
    which = sa.select(odd_findings).where(_at.done_at.is_not(None) if settled else _at.done_at.is_(None))
    if rule:
        which = which.where(_at.rule == rule)
    if store:
        which = which.where(_at.store == store)
    return list(session.execute(which.order_by(_at.at.desc(), _at.id.desc()).offset(skip).limit(PAGE + 1)))


def open_by_rule(session: Session) -> dict[str, int]:
    """How many wait, by rule; only rules with some."""
    count = sa.select(_at.rule, sa.func.count()).where(_at.done_at.is_(None)).group_by(_at.rule)
    return {rule: int(number) for rule, number in session.execute(count)}


def stores_with_some(session: Session, settled: bool) -> list[str]:
    """Stores of findings, by name."""
    which = _at.done_at.is_not(None) if settled else _at.done_at.is_(None)
    return list(session.scalars(sa.select(_at.store).where(which, _at.store != "").distinct().order_by(_at.store)))


def settle(session: Session, id: str, who: str, note: str, now: datetime) -> Row[Any]:
    """Somebody has looked; `note` says what it was. A second time changes nothing."""
    note = note.replace("\x00", "").strip()[:LONGEST_NOTE]
    change = {"done_at": now, "done_by": who, "note": note}
    session.execute(sa.update(odd_findings).where(_at.id == id, _at.done_at.is_(None)).values(**change))
    return finding(session, id)


def reopen(session: Session, id: str) -> Row[Any]:
    """The way back; the note stays."""
    session.execute(sa.update(odd_findings).where(_at.id == id).values(done_at=None, done_by=None))
    return finding(session, id)
