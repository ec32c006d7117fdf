"""Categories that go together, counted once a day and kept: the till names one and never counts."""

from collections import defaultdict
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.db.session import read, write
from loyalty.insight.analysis import Scope
from loyalty.insight.report import Span
from loyalty.insight.what_goes_together import Pair, pairs_of
from loyalty.members.value_tables import category_pairs
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables_sale import purchase_lines, purchases

DAYS, BY_FIRST, LONGEST = 365, 3, 200
"""Days that pairs are counted in; likeliest seconds kept for each first; characters of a category that is named."""
LATEST = 10
"""Purchases of a member that say what they buy."""


def refresh_pairs(engine: Engine, now: datetime) -> int:
    """Counts anew; how many pairs are kept. Nothing while the shop has no programme."""
    with read(engine) as session:
        version = SqlFacts(session).version(now)
        if version is None:
            return 0
        today = day_of(now, zone_of(version.programme.timezone))
        scope = Scope(session, version.programme, Span(today - timedelta(days=DAYS - 1), today), today)
        rows = _likeliest(pairs_of(scope))
    with write(engine) as session:
        session.execute(sa.delete(category_pairs))
        if rows:
            session.execute(sa.insert(category_pairs), rows)
    return len(rows)


def goes_with(session: Session, member: str) -> tuple[str, str] | None:
    """What the member buys, and what others buy with it but they did not of late; None where nothing is known."""
    bought = purchases.c
    latest = sa.select(bought.id).where(bought.member == member)
    latest = latest.order_by(bought.day.desc(), bought.number.desc()).limit(LATEST)
    line = purchase_lines.c
    theirs = sa.select(line.category).distinct().where(line.purchase.in_(latest), line.category.is_not(None))
    have, at = set(session.scalars(theirs)), category_pairs.c
    found = sa.select(at.first, at.second).where(at.first.in_(have), at.second.not_in(have))
    best = session.execute(found.order_by(at.confidence.desc(), at.first, at.second).limit(1)).first()
    return (best.first, best.second) if best else None


def _likeliest(pairs: list[Pair]) -> list[dict[str, object]]:
    after: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.lift > 1 and max(len(pair.first), len(pair.second)) <= LONGEST:
            after[pair.first].append(pair)
    return [
        {"first": pair.first, "second": pair.second, "confidence": int(pair.confidence)}
        for each in after.values()
        for pair in sorted(each, key=lambda pair: (-pair.confidence, pair.second))[:BY_FIRST]
    ]
