"""The clock for many members at once, where nothing else depends on what it does: the frequent cases of a night.

A chunk of members is due. Most of them only lose old points, see pending ones ripen, keep their level for another
while, or were noted too early; statements over the whole chunk settle these. Everybody for whom more happens (a level
changes, a hold times out, a birthday, a new programme, an automatic reward, a deficit to be paid, points that follow
activity) is left as he is for `engine.advance`. The outcome is the engine's, member by member.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points import sql_night_levels as levels
from loyalty.points import sql_night_lots as lots
from loyalty.points import tables as t
from loyalty.points.calendar import day_of, is_midnight, start_of_day, zone_of
from loyalty.points.programme import Programme
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.sql_night_tables import earliest, is_plain, midnights, night, prepare
from loyalty.points.store import ProgrammeVersion

Place = tuple[datetime, int]
"""Where the next chunk begins: after the member with this due moment and arrival."""


@dataclass(frozen=True)
class Chunk:
    """What was done: `seen` members were due, `settled` of them need no more; `last`: where they ended."""

    seen: int
    settled: int
    last: Place | None


@dataclass(frozen=True)
class _Night:
    """Up to when, under which programme, and when the next one begins."""

    stop: datetime
    version: ProgrammeVersion
    next_version_at: datetime | None
    follows: bool  # whether any version so far lets points follow activity

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


def settle(session: Session, stop: datetime, after: Place | None, limit: int) -> Chunk:
    """Settles those of the next `limit` due members whom it can, up to and including `stop`, in this transaction."""
    prepare(session.connection())
    known = _night_of(session, stop)
    last = _gather(session, stop, after, limit)
    seen = _count(session)
    if known is None or not seen:
        return Chunk(seen, 0, last)
    _leave_to_the_engine(session, known)
    if known.programme.tiers is not None and known.reviews:
        levels.review(session, known.programme.tiers, known.day)
    lots.activate(session, stop)
    lots.expire(session, stop)
    _note_next(session, known)
    return Chunk(seen, _count(session), last)


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


def _gather(session: Session, stop: datetime, after: Place | None, limit: int) -> Place | None:
    """Fills `night` with the next due members; where they end."""
    standing = t.standings.c
    order = (standing.due_at, standing.arrival)
    found = sa.select(standing.member, standing.arrival, standing.due_at, standing.review_on)
    found = found.where(standing.due_at <= stop).order_by(*order).limit(limit)
    if after is not None:
        place = (sa.literal(value, column.type) for value, column in zip(after, order, strict=True))
        found = found.where(sa.tuple_(*order) > sa.tuple_(*place))
    names = ["member", "arrival", "due_at", "review_on"]
    session.execute(sa.insert(night).from_select(names, found))
    last = sa.select(night.c.due_at, night.c.arrival).order_by(night.c.due_at.desc(), night.c.arrival.desc()).limit(1)
    row = session.execute(last).first()
    return None if row is None else (row.due_at, row.arrival)


def _count(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(night)) or 0


# -- who needs the engine


def _leave_to_the_engine(session: Session, known: _Night) -> None:
    session.execute(sa.delete(night).where(sa.or_(*_odd(known), _hard_lots(known), _hold_ends(known.stop))))


def _odd(known: _Night) -> list[sa.ColumnElement[bool]]:
    """What the member's own row says against it."""
    standing = t.standings.c
    new = sa.or_(standing.version != known.version.number, sa.not_(standing.started))
    birthday = standing.birthday_at <= known.stop
    late = standing.review_on < known.day if known.reviews else standing.review_on <= known.day
    if known.programme.tiers is None:
        late = standing.review_on.is_not(None)
    mine = sa.select(standing.member).where(standing.member == night.c.member, sa.or_(new, birthday, late))
    return [night.c.due_at < known.version.at, sa.not_(is_plain(night.c.member)), mine.exists()]


def _hold_ends(stop: datetime) -> sa.ColumnElement[bool]:
    holds = sa.select(t.holds.c.member).where(t.holds.c.member == night.c.member, t.OPEN_HOLD)
    return holds.where(t.holds.c.until <= stop).exists()


def _hard_lots(known: _Night) -> sa.ColumnElement[bool]:
    """Points that follow activity, pay a deficit, set off rewards, count for levels, or come out of their time."""
    lot, stop, programme = t.lots.c, known.stop, known.programme
    mine = sa.select(lot.number).where(lot.member == night.c.member)
    follows = mine.where(sa.text(f"({t.OPEN_LOT.text})"), lot.follows_activity, lot.remaining > 0)
    tiers = programme.tiers
    telling = {reward.wallet for reward in programme.rewards.values() if reward.auto}
    measured = tiers.metric_wallet if tiers is not None and tiers.metric == "balance" else None
    if tiers is not None and tiers.metric_wallet is not None:
        telling.add(tiers.metric_wallet)
    debt = sa.select(t.accounts.c.member).where(
        t.accounts.c.member == lot.member, t.accounts.c.wallet == lot.wallet, t.accounts.c.deficit > 0
    )
    ripening = mine.where(
        lots.due_to_activate(stop),
        sa.or_(
            lot.active_at < night.c.due_at,
            lot.expires_at <= lot.active_at,
            lot.wallet.in_(sorted(telling)),
            debt.exists(),
        ),
    )
    dying = mine.where(
        lots.due_to_die(stop),
        sa.or_(
            lot.expires_at < night.c.due_at,
            sa.and_(sa.not_(lot.active), lot.active_at > stop),
            sa.false() if measured is None else lot.wallet == measured,
        ),
    )
    return sa.or_(follows.exists() if known.follows else sa.false(), ripening.exists(), dying.exists())


# -- when the clock looks again


def _note_next(session: Session, known: _Night) -> None:
    """The next due moment of everybody settled: what `due.next_moment` finds."""
    zone = zone_of(known.programme.timezone)
    days = session.scalars(sa.select(night.c.review_on).where(night.c.review_on.is_not(None)).distinct()).all()
    if days:
        session.execute(sa.insert(midnights), [{"day": day, "moment": start_of_day(day, zone)} for day in days])
    lot, standing, hold = t.lots.c, t.standings.c, t.holds.c
    ripens = sa.select(sa.func.min(lot.active_at)).where(lot.member == standing.member, t.PENDING_LOT)
    dies = sa.select(sa.func.min(lot.expires_at)).where(lot.member == standing.member, t.DYING_LOT)
    ends = sa.select(sa.func.min(hold.until)).where(hold.member == standing.member, t.OPEN_HOLD)
    review_on = sa.select(night.c.review_on).where(night.c.member == standing.member).scalar_subquery()
    review = (
        sa.select(midnights.c.moment)
        .join_from(night, midnights, midnights.c.day == night.c.review_on)
        .where(night.c.member == standing.member)
    )
    moments: list[sa.ColumnElement[datetime]] = [
        *(each.scalar_subquery() for each in (ripens, dies, ends, review)),
        sa.type_coerce(standing.birthday_at, standing.due_at.type),
        sa.cast(sa.literal(known.next_version_at, standing.due_at.type), standing.due_at.type),
    ]
    session.execute(
        sa.update(t.standings)
        .where(standing.arrival.in_(sa.select(night.c.arrival)))
        .values(due_at=earliest(*moments), review_on=review_on)
    )
