"""The clock for many members at once, where nothing else depends on what it does: the frequent cases of a night.

A chunk of members is due. Most of them only lose old points, see pending ones ripen, keep their level for another
while, or were noted too early; statements over the whole chunk settle these. Everybody for whom more happens (a level
changes, a hold times out, a birthday, a new programme, an automatic reward, a deficit to be paid, points that follow
activity) is left as he is for `engine.advance`. The outcome is the engine's, member by member.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points import sql_night_levels as levels
from loyalty.points import sql_night_lots as lots
from loyalty.points import tables as t
from loyalty.points.calendar import day_of, is_midnight, start_of_day, zone_of
from loyalty.points.programme import Programme
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.sql_night_bench import Bench
from loyalty.points.sql_night_tables import TABLES, earliest, is_plain, midnights, night, opened
from loyalty.points.store import ProgrammeVersion

Place = tuple[datetime, int]
"""Where the next chunk begins: after the member with this due moment and arrival."""


@dataclass(frozen=True)
class Chunk:
    """What was done: `seen` members were due, `settled` of them need no more; `last`: where they ended."""

    seen: int
    settled: int
    last: Place | None


@dataclass(frozen=True, eq=False)
class _Night:
    """Up to when, under which programme, and when the next one begins."""

    stop: datetime
    version: ProgrammeVersion
    next_version_at: datetime | None
    follows: bool  # whether any version so far lets points follow activity

    @property
    def sign(self) -> tuple[object, ...]:
        """Where it is the same, the statements are."""
        return self.version.number, self.next_version_at, self.follows

    @property
    def programme(self) -> Programme:
        return self.version.programme

    @property
    def day(self) -> date:
        return day_of(self.stop, zone_of(self.programme.timezone))

    @property
    def reviews(self) -> bool:
        """Whether levels may be reviewed: at midnight only."""
        return is_midnight(self.stop, zone_of(self.programme.timezone))


class Night:
    """The clock's way to one moment, chunk after chunk."""

    def __init__(self, stop: datetime) -> None:
        self.stop = stop
        self._known: _Night | None = None
        self._bench = Bench()

    def settle(self, session: Session, after: Place | None, limit: int) -> Chunk:
        """Settles those of the next `limit` due members whom it can, in the session's transaction."""
        known = _night_of(session, self.stop)
        if known is None or self._known is None or known.sign != self._known.sign:
            self._known, self._bench = known, Bench()
        known, bench = self._known, self._bench.on(session)
        for table in TABLES:
            bench.make(table)
        place = {} if after is None else {"due_at": after[0], "arrival": after[1]}
        seen = bench.do(_gather, self.stop, after is None, limit=limit, **place)
        if not seen:
            return Chunk(0, 0, None)
        last = bench.rows(_last)[0]
        if known is None:
            return Chunk(seen, 0, (last[0], last[1]))
        bench.do(lots.open_lots)
        bench.do(_leave_to_the_engine, known)
        if known.programme.tiers is not None and known.reviews:
            levels.review(bench, known.programme.tiers, known.day)
        lots.activate(bench, self.stop)
        lots.expire(bench, self.stop)
        return Chunk(seen, _note_next(bench, known), (last[0], last[1]))


def settle(session: Session, stop: datetime, after: Place | None, limit: int) -> Chunk:
    """One chunk of a night."""
    return Night(stop).settle(session, after, limit)


def _night_of(session: Session, stop: datetime) -> _Night | None:
    """None where a version of the programme is about to be met: the engine knows how."""
    facts = SqlFacts(session)
    version = facts.version(stop)
    if version is None or version.at > stop:
        return None
    later = [each.at for each in facts.versions(version.number)]
    if any(at <= stop for at in later):
        return None
    follows = any("inactivity" in str(each.document) for each in facts.versions(0))
    return _Night(stop, version, min(later, default=None), follows)


def _gather(stop: datetime, first: bool) -> sa.Insert:
    """The next due members into `night`: from the beginning, or after the place of the chunk before."""
    standing = t.standings.c
    order = (standing.due_at, standing.arrival)
    columns = (standing.member, *order[::-1], standing.review_on)
    found = sa.select(*columns, standing.birthday_at, standing.started, standing.version)
    found = found.where(standing.due_at <= stop).order_by(*order).limit(sa.bindparam("limit", type_=sa.Integer))
    if not first:
        place = (sa.bindparam(column.name, type_=column.type) for column in order)
        found = found.where(sa.tuple_(*order) > sa.tuple_(*place))
    return sa.insert(night).from_select([column.name for column in found.selected_columns], found)


def _last() -> sa.Select[Any]:
    return sa.select(night.c.due_at, night.c.arrival).order_by(night.c.due_at.desc(), night.c.arrival.desc()).limit(1)


# -- who needs the engine


def _leave_to_the_engine(known: _Night) -> sa.Delete:
    return sa.delete(night).where(sa.or_(*_odd(known), _hard_lots(known), _hold_ends(known.stop)))


def _odd(known: _Night) -> list[sa.ColumnElement[bool]]:
    """What the member's own row says against it."""
    mine = night.c
    new = sa.or_(mine.version != known.version.number, sa.not_(mine.started))
    birthday = mine.birthday_at <= known.stop
    late = mine.review_on < known.day if known.reviews else mine.review_on <= known.day
    if known.programme.tiers is None:
        late = mine.review_on.is_not(None)
    return [mine.due_at < known.version.at, sa.not_(is_plain(mine.member)), new, birthday, late]


def _hold_ends(stop: datetime) -> sa.ColumnElement[bool]:
    holds = sa.select(t.holds.c.member).where(t.holds.c.member == night.c.member, t.OPEN_HOLD)
    return holds.where(t.holds.c.until <= stop).exists()


def _hard_lots(known: _Night) -> sa.ColumnElement[bool]:
    """Points that follow activity, pay a deficit, set off rewards, count for levels, or come out of their time."""
    lot, stop, programme = opened.c, known.stop, known.programme
    tiers = programme.tiers
    telling = {reward.wallet for reward in programme.rewards.values() if reward.auto}
    measured = tiers.metric_wallet if tiers is not None and tiers.metric == "balance" else None
    if tiers is not None and tiers.metric_wallet is not None:
        telling.add(tiers.metric_wallet)
    debt = sa.select(t.accounts.c.member).where(
        t.accounts.c.member == lot.member, t.accounts.c.wallet == lot.wallet, t.accounts.c.deficit > 0
    )
    ripening = sa.and_(
        lots.due_to_activate(stop),
        sa.or_(
            lot.active_at < night.c.due_at,
            lot.expires_at <= lot.active_at,
            *(lot.wallet == wallet for wallet in sorted(telling)),
            debt.exists(),
        ),
    )
    dying = sa.and_(
        lots.due_to_die(stop),
        sa.or_(
            lot.expires_at < night.c.due_at,
            sa.and_(sa.not_(lot.active), lot.active_at > stop),
            sa.false() if measured is None else lot.wallet == measured,
        ),
    )
    follows = lot.follows_activity if known.follows else sa.false()
    return sa.select(lot.lot).where(lot.member == night.c.member).where(sa.or_(follows, ripening, dying)).exists()


# -- when the clock looks again


def _note_next(bench: Bench, known: _Night) -> int:
    """The next due moment of everybody settled, what `due.next_moment` finds; how many they are."""
    zone = zone_of(known.programme.timezone)
    days = [row[0] for row in bench.rows(_review_days)]
    bench.many(sa.insert, [{"day": day, "moment": start_of_day(day, zone)} for day in days], midnights)
    return bench.do(_noted, known)


def _review_days() -> sa.Select[Any]:
    return sa.select(night.c.review_on).where(night.c.review_on.is_not(None)).distinct()


def _noted(known: _Night) -> sa.Update:
    standing, hold = t.standings.c, t.holds.c
    ends = sa.select(sa.func.min(hold.until)).where(hold.member == standing.member, t.OPEN_HOLD)
    review = sa.select(midnights.c.moment).where(midnights.c.day == night.c.review_on)
    moments: list[sa.ColumnElement[datetime]] = [
        lots.next_change(known.stop, night.c.member),
        *(each.scalar_subquery() for each in (ends, review)),
        sa.type_coerce(standing.birthday_at, standing.due_at.type),
    ]
    if known.next_version_at is not None:
        moments.append(sa.cast(sa.literal(known.next_version_at, standing.due_at.type), standing.due_at.type))
    return (
        sa.update(t.standings)
        .where(standing.arrival == night.c.arrival)
        .values(due_at=earliest(*moments), review_on=night.c.review_on)
    )
