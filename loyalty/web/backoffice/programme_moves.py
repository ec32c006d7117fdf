"""Whose level would change if a draft came into force this moment: the clock's own work, done on paper.

For each member the engine does what it will do when the version starts (`due.run`), on a plan that is never posted.
What the clock has not yet done under the present programme is done first, so that only the draft's doing is shown.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Member
from loyalty.points import due
from loyalty.points.facts_tier import VersionRow
from loyalty.points.holders import of_members
from loyalty.points.plan import Plan
from loyalty.points.sql_engine import UNTAKEN
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.step import Context
from loyalty.points.store import ProgrammeVersion
from loyalty.points.tables import standings
from loyalty.points.versions import follow

MOST = 200
LONGEST_S = 3.0
_BATCH = 500


@dataclass(frozen=True)
class Move:
    """`old` and `new` are names of levels; None: no level."""

    member: str
    name: str
    number: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Moves:
    """`kinds` counts every move by (old, new); `first` names at most MOST of them. `looked_at` of `members`."""

    first: tuple[Move, ...]
    kinds: Mapping[tuple[str | None, str | None], int]
    looked_at: int
    members: int

    @property
    def total(self) -> int:
        return sum(self.kinds.values())


class UnderDraft(SqlFacts):
    """The shop's facts as if a draft were its latest version, in force from `draft.at` on."""

    def __init__(self, session: Session, draft: ProgrammeVersion) -> None:
        super().__init__(session)
        self.draft = draft

    def version(self, moment: datetime) -> ProgrammeVersion | None:
        return self.draft if moment >= self.draft.at else super().version(moment)

    def versions(self, after: int) -> Sequence[ProgrammeVersion]:
        return [*super().versions(after), *([self.draft] if self.draft.number > after else [])]

    def latest(self) -> ProgrammeVersion | None:
        return self.draft


@dataclass(frozen=True)
class Slice:
    """Some members in the order of their ids, the last of them `last`; `over` when nobody is left after them."""

    found: tuple[tuple[str, str | None, str | None], ...]
    looked_at: int
    last: str
    over: bool


def who_moves(session: Session, document: Mapping[str, Any], now: datetime) -> Moves:
    """Reads only. Stops after LONGEST_S seconds: `looked_at` says how far it came."""
    part = some_moves(session, document, now, "", LONGEST_S)
    return moves_of(session, part.found, kinds_of(part.found), part.looked_at)


def some_moves(session: Session, document: Mapping[str, Any], now: datetime, after: str, longest_s: float) -> Slice:
    """Those after the member `after`, for as long as `longest_s` seconds allow. Reads only."""
    present = SqlFacts(session)
    latest = present.latest()
    number = latest.number + 1 if latest else 1
    drafted = UnderDraft(session, follow(latest, VersionRow(number, now, document)))
    context = Context(count(UNTAKEN).__next__)
    found: list[tuple[str, str | None, str | None]] = []
    looked_at, last, end = 0, after, time.monotonic() + longest_s
    for member in _members(session, after):
        if looked_at and time.monotonic() > end:
            return Slice(tuple(found), looked_at, last, False)
        old, new = _tier(present, context, member, now, False), _tier(drafted, context, member, now, True)
        looked_at, last = looked_at + 1, member
        found += [(member, old, new)] if old != new else []
    return Slice(tuple(found), looked_at, last, True)


def kinds_of(found: Sequence[tuple[str, str | None, str | None]]) -> dict[tuple[str | None, str | None], int]:
    """How many moves of each kind."""
    return dict(Counter((old, new) for _, old, new in found))


def moves_of(
    session: Session,
    found: Sequence[tuple[str, str | None, str | None]],
    kinds: Mapping[tuple[str | None, str | None], int],
    looked_at: int,
) -> Moves:
    """The moves with names, the first MOST of them, among all members."""
    members = session.scalar(sa.select(sa.func.count()).where(of_members(standings.c.member))) or 0
    return Moves(tuple(_named(session, found[:MOST])), kinds, looked_at, members)


def _tier(facts: SqlFacts, context: Context, member: str, now: datetime, review: bool) -> str | None:
    """The member's level when the clock has done all that is due by `now`; with `review` it looks at everybody."""
    plan = Plan(facts, context.numbers)
    standing = plan.standing(member)
    if standing is None:
        return None
    if review and (standing.due_at is None or standing.due_at > now):
        plan.put(replace(standing, due_at=now))
    due.run(plan, context, member, now)
    after = plan.standing(member)
    return after.tier if after else None


def _members(session: Session, last: str) -> Iterator[str]:
    row = standings.c.member
    while found := session.scalars(sa.select(row).where(row > last).order_by(row).limit(_BATCH)).all():
        yield from found
        last = found[-1]


def _named(session: Session, found: Sequence[tuple[str, str | None, str | None]]) -> Iterator[Move]:
    ids = [member for member, _, _ in found]
    people = {id: (name, number) for id, name, number in session.execute(
        sa.select(Member.id, Member.name, Member.number).where(Member.id.in_(ids)))}  # fmt: skip
    for member, old, new in found:
        name, number = people.get(member, ("", ""))
        yield Move(member, name, number, old, new)
