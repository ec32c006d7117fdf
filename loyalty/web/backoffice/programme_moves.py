"""Whose level would change if a draft came into force this moment: the clock's own work, done on paper.

For each member the engine does what it will do when the version starts (`due.run`), on a plan that is never posted.
What the clock has not yet done under the present programme is done first, so that only the draft's doing is shown.
"""

import time
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


def who_moves(session: Session, document: Mapping[str, Any], now: datetime) -> Moves:
    """Reads only. Stops after LONGEST_S seconds: `looked_at` says how far it came."""
    present = SqlFacts(session)
    latest = present.latest()
    number = latest.number + 1 if latest else 1
    drafted = UnderDraft(session, follow(latest, VersionRow(number, now, document)))
    context = Context(count(UNTAKEN).__next__)
    found: list[tuple[str, str | None, str | None]] = []
    kinds: dict[tuple[str | None, str | None], int] = {}
    looked_at, end = 0, time.monotonic() + LONGEST_S
    for member in _members(session):
        if time.monotonic() > end:
            break
        old, new = _tier(present, context, member, now, False), _tier(drafted, context, member, now, True)
        looked_at += 1
        if old != new:
            kinds[old, new] = kinds.get((old, new), 0) + 1
            found += [(member, old, new)] if len(found) < MOST else []
    members = session.scalar(sa.select(sa.func.count()).select_from(standings)) or 0
    return Moves(tuple(_named(session, found)), kinds, looked_at, members)


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


def _members(session: Session) -> Iterator[str]:
    last = ""
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
