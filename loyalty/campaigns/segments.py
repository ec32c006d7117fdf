"""Whom the shop means: members chosen by rules (dynamic: whoever fits now) or fixed once (static), and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from loyalty.campaigns.segment_tables import segment_members, segments
from loyalty.campaigns.segments_facts import Ground, holds_choice, holds_number, last_day, number_of
from loyalty.campaigns.segments_rules import Rule, Rules, read_rules
from loyalty.errors import Invalid, LoyaltyError, NotFound
from loyalty.members.tables import Member
from loyalty.points.sql_facts import SqlFacts

DEEPEST = 5
"""How many segments may name one another in a row."""


@dataclass(frozen=True)
class Segment:
    """A segment as it is kept. kind: dynamic or static; `fixed_at` of static ones: when its members were chosen."""

    id: str
    name: str
    note: str
    kind: str
    rules: Rules
    version: int
    made_by: str
    changed_at: datetime
    fixed_at: datetime | None


@dataclass(frozen=True)
class Reason:
    """One condition and whether it holds for a member. `found`: the member's own figure in stored units, for numbers;
    days for `last_days`.
    """

    rule: Rule
    holds: bool
    found: Any = None


def members_of(session: Session, segment_id: str, now: datetime) -> list[str]:
    """Ids of the segment's members at `now`, in order; never closed ones. NotFound for an unknown segment."""
    return list(session.scalars(members_query(session, segment_id, now).order_by(Member.id)))


def is_member(session: Session, segment_id: str, member_id: str, now: datetime) -> bool:
    """Whether one member is in the segment at `now`."""
    one = members_query(session, segment_id, now).where(Member.id == member_id)
    return session.scalar(one) is not None


def members_query(session: Session, segment_id: str, now: datetime) -> sa.Select[Any]:
    """The same as a statement over `Member.id`, for joins and counts."""
    found = segment(session, segment_id)
    return sa.select(Member.id).where(_active(), _within(session, found, ground_of(session, now), 0))


def chosen(session: Session, rules: Rules, now: datetime) -> sa.Select[Any]:
    """`Member.id` of everybody whom rules choose that may not be kept yet."""
    return sa.select(Member.id).where(_active(), condition(session, rules, ground_of(session, now)))


def count(session: Session, statement: sa.Select[Any]) -> int:
    return int(session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0)


def segment(session: Session, id: str) -> Segment:
    row = session.execute(sa.select(segments).where(segments.c.id == id)).first()
    if row is None:
        raise NotFound(f"There is no segment {id[:60]!r}.")
    return _made(row)


def all_segments(session: Session) -> list[Segment]:
    """By name."""
    return [_made(row) for row in session.execute(sa.select(segments).order_by(segments.c.name))]


def explain(session: Session, rules: Rules, member_id: str, now: datetime) -> list[Reason]:
    """Each condition in its order, for this member."""
    ground, columns = ground_of(session, now), []
    for place, rule in enumerate(rules.rules):
        columns.append(sa.case((condition(session, Rules((rule,)), ground), 1), else_=0).label(f"holds_{place}"))
        columns.append(_found(rule, ground).label(f"found_{place}"))
    if not columns:
        return []
    row = session.execute(sa.select(*columns).where(Member.id == member_id)).one()._mapping
    return [
        Reason(rule, bool(row[f"holds_{place}"]), row[f"found_{place}"]) for place, rule in enumerate(rules.rules)
    ]


def condition(session: Session, rules: Rules, ground: Ground, depth: int = 0) -> ColumnElement[bool]:
    """All rules as one condition over a member's row."""
    parts = [_holds(session, rule, ground, depth) for rule in rules.rules]
    if not parts:
        return sa.true()
    return sa.and_(*parts) if rules.every else sa.or_(*parts)


def ground_of(session: Session, now: datetime) -> Ground:
    version = SqlFacts(session).version(now)
    if version is None:
        raise LoyaltyError("The shop has no programme yet, so nobody can be chosen.", code="not_ready")
    return Ground(version.programme, now)


def _holds(session: Session, rule: Rule, ground: Ground, depth: int) -> ColumnElement[bool]:
    if rule.shape.unit != "text":
        return sa.func.coalesce(holds_number(rule, ground), sa.false())
    if rule.fact == "segment":
        named = [segment_named(session, name) for name in rule.values]
        holds: ColumnElement[bool] = sa.or_(*(_within(session, each, ground, depth + 1) for each in named))
    else:
        holds = sa.func.coalesce(holds_choice(rule, ground), sa.false())
    return holds if rule.word == "is" else sa.not_(holds)


def segment_named(session: Session, name: str) -> Segment:
    row = session.execute(sa.select(segments).where(segments.c.name == name)).first()
    if row is None:
        raise Invalid(f"There is no segment called {name[:60]!r}; choose one that exists.")
    return _made(row)


def _within(session: Session, each: Segment, ground: Ground, depth: int) -> ColumnElement[bool]:
    if depth > DEEPEST:
        raise Invalid(f"The segment {each.name!r} names others that name it again; take one of them out.")
    if each.kind == "static":
        at = segment_members.c
        mine = at.segment_id == each.id, at.member_id == Member.id
        return sa.select(sa.literal(1)).where(*mine).correlate(Member).exists()
    return condition(session, each.rules, ground, depth)


def _active() -> ColumnElement[bool]:
    return Member.status == "active"


def _found(rule: Rule, ground: Ground) -> ColumnElement[Any]:
    if rule.fact == "last_days":
        return last_day(ground)
    if rule.shape.unit == "text" or rule.fact in ("age", "joined_days"):
        return sa.null()
    return number_of(rule, ground)


def _made(row: Any) -> Segment:
    return Segment(
        row.id, row.name, row.note, row.kind, read_rules(row.rules), row.version, row.made_by, row.changed_at,
        row.fixed_at,
    )  # fmt: skip


def names(rules: Rules) -> Iterator[str]:
    """Segments that the rules name."""
    for rule in rules.rules:
        if rule.fact == "segment":
            yield from rule.values
