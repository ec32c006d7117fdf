"""Levels: each is an entitlement of its own; the tier is the highest one running. Spec: programme, section 1.4."""

from datetime import date

from loyalty.points.calendar import DAY, add, end_of, round_up, start_of_next
from loyalty.points.facts import Standing
from loyalty.points.facts_tier import Entitlement, TierSpell
from loyalty.points.programme import Level, Programme, Tiers
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step
from loyalty.points.store import Days, Facts
from loyalty.points.tier_figures import between, figure, first_day_of, next_review


def for_everybody(level: Level) -> bool:
    """A first level from 0 needs no entitlement: it is everybody's."""
    return level.rank == 0 and level.threshold == 0


def _rows(facts: Facts, member: str) -> dict[str, Entitlement]:
    return {row.level: row for row in facts.entitlements(member)}


# -- starting, extending, ending one level


def term_from(tiers: Tiers, level: Level, start: date) -> tuple[date | None, date | None]:
    """(last day, last day with `extend`) of a term from `start`; None = open."""
    kind = level.lasts.kind
    if not level.lasts.is_term or tiers.downgrade == "none":
        return None, None
    if kind == "term" and level.lasts.duration is not None:
        until = add(start, level.lasts.duration)
    else:
        until = end_of(start if kind == "end_of_period" else start_of_next(start, level.period), level.period)
    return until, _extended(tiers, until)


def _extended(tiers: Tiers, day: date) -> date:
    return add(day, tiers.extend) if tiers.extend else day


def begin(step: Step, tiers: Tiers, member: str, level: Level, start: date) -> None:
    """A fresh term from `start`; scheduled when that is a later day."""
    until, last = term_from(tiers, level, start)
    status = "scheduled" if start > step.today else "running"
    after = step.context.numbers()
    step.plan.put(Entitlement(member, level.name, status, start, until, last, None, after))


def _renew(step: Step, tiers: Tiers, level: Level, row: Entitlement) -> None:
    assert row.until is not None and row.last_day is not None
    if level.lasts.kind == "term" and level.lasts.duration is not None:
        until = add(row.until, level.lasts.duration)
    else:
        until = end_of(start_of_next(row.until, level.period), level.period)
    last = _extended(tiers, until)
    step.plan.put(replace(row, start=row.last_day + DAY, until=until, last_day=last, grace_until=None))


def _end(step: Step, tiers: Tiers, level: Level, row: Entitlement, lost: date, was_tier: bool) -> None:
    """The level ends, or its grace begins (counted from `lost`, the last day of the term or the day of the loss)."""
    if tiers.grace is not None and row.status != "grace":
        last = round_up(add(lost, tiers.grace), tiers.grace_round_up)
        if last >= step.today:
            step.plan.put(replace(row, status="grace", grace_until=last))
            return
    step.plan.put(replace(row, status="ended"))
    if tiers.downgrade == "one_level" and level.lasts.is_term and was_tier and level.rank:
        below = tiers.levels[level.rank - 1]
        if not for_everybody(below) and not _runs(_rows(step.plan, row.member).get(below.name)):
            begin(step, tiers, row.member, below, step.today)


def _runs(row: Entitlement | None) -> bool:
    return row is not None and row.status in ("running", "grace")


# -- the clock at midnight


def end_terms(step: Step, member: str) -> None:
    """Terms and graces whose last day is past, lowest level first."""
    tiers = step.programme.tiers
    if tiers is None:
        return
    tier = step.standing(member).tier
    rows = _rows(step.plan, member)
    for level in tiers.levels:
        row = rows.get(level.name)
        if row is None:
            continue
        if row.status == "grace" and row.grace_until is not None and row.grace_until < step.today:
            _end(step, tiers, level, row, row.grace_until, tier == level.name)
        elif row.status == "running" and row.last_day is not None and row.last_day < step.today:
            if _keeps(step, tiers, member, level, row, row.last_day):
                _renew(step, tiers, level, row)
            else:
                _end(step, tiers, level, row, row.last_day, tier == level.name)


def _keeps(step: Step, tiers: Tiers, member: str, level: Level, row: Entitlement, last: date) -> bool:
    if level.keep_from is not None:
        if level.keep_window is not None:
            return figure(step, tiers, member, level.keep_window, last) >= level.keep_from
        return between(step, tiers, member, Days(row.start, last), row.after) >= level.keep_from
    return level.lasts.kind == "term" and figure(step, tiers, member, level.window, last) >= level.threshold


# -- the test


def test(step: Step, member: str) -> None:
    """Tests all levels with today's figures, and notes the next day on which time alone may change one."""
    tiers = step.programme.tiers
    if tiers is None:
        if step.standing(member).review_on is not None:
            step.plan.put(replace(step.standing(member), review_on=None))
        return
    day = step.today
    rows = _rows(step.plan, member)
    for level in tiers.levels:
        if not for_everybody(level):
            _test_level(step, tiers, member, level, rows.get(level.name), day)
    standing = step.standing(member)
    if standing.floor_until is not None and standing.floor_until < day:
        standing = replace(standing, floor=None, floor_until=None)
    rows = _rows(step.plan, member)
    present = [(level, rows[level.name]) for level in tiers.levels if level.name in rows]
    review = next_review(tiers, standing, present, day, first_day_of(step, tiers, member, day))
    if standing != step.plan.standing(member) or review != standing.review_on:
        step.plan.put(replace(standing, review_on=review))


def _test_level(step: Step, tiers: Tiers, member: str, level: Level, row: Entitlement | None, day: date) -> None:
    if row is not None and row.status == "scheduled" and row.start <= day:
        row = replace(row, status="running")
        step.plan.put(row)
    qualified = figure(step, tiers, member, level.window, day) >= level.threshold
    start = start_of_next(day, level.period) if level.next_period else day
    if qualified and row is None:
        begin(step, tiers, member, level, start)
    elif qualified and row is not None:
        _qualified_again(step, tiers, level, row, start)
    elif row is not None and row.status == "scheduled":
        step.plan.put(replace(row, status="ended"))
    elif row is not None and row.status == "running" and _is_lost(tiers, level, row):
        _end(step, tiers, level, row, day, step.standing(member).tier == level.name)


def _is_lost(tiers: Tiers, level: Level, row: Entitlement) -> bool:
    """Whether a level ends as soon as its holder no longer qualifies; a term of an earlier version is kept."""
    return level.lasts.kind == "while_qualified" and tiers.downgrade != "none" and row.last_day is None


def _qualified_again(step: Step, tiers: Tiers, level: Level, row: Entitlement, start: date) -> None:
    until, last = term_from(tiers, level, start)
    if row.status == "grace":
        after = step.context.numbers()
        step.plan.put(Entitlement(row.member, row.level, "running", step.today, until, last, None, after))
        return
    moves = row.status == "running" and level.lasts.kind in ("end_of_period", "end_of_next_period")
    if moves and until is not None and row.until is not None and until > row.until:
        step.plan.put(replace(row, until=until, last_day=last))


# -- the member's tier


def present_tier(facts: Facts, programme: Programme, standing: Standing, day: date) -> Level | None:
    """The highest level running on `day`, the assigned floor included."""
    if programme.tiers is None:
        return None
    rows = _rows(facts, standing.member)
    for level in reversed(programme.tiers.levels):
        if for_everybody(level) or _runs(rows.get(level.name)) or _is_floor(standing, level, day):
            return level
    return None


def _is_floor(standing: Standing, level: Level, day: date) -> bool:
    return standing.floor == level.name and (standing.floor_until is None or standing.floor_until >= day)


def until(facts: Facts, standing: Standing, level: Level | None, day: date) -> date | None:
    """The last day of the present tier as things stand; None = open."""
    if level is None or for_everybody(level):
        return None
    ends: list[date | None] = []
    row = _rows(facts, standing.member).get(level.name)
    if row is not None and _runs(row):
        ends.append(row.grace_until if row.status == "grace" else row.last_day)
    if _is_floor(standing, level, day):
        ends.append(standing.floor_until)
    return None if None in ends else max((end for end in ends if end is not None), default=None)


def settle(step: Step, member: str) -> None:
    """Compares the tier with what it was, after a step or a moment of the clock."""
    standing = step.standing(member)
    level = present_tier(step.plan, step.programme, standing, step.today)
    name = level.name if level else None
    if standing.started and name == standing.tier:
        return
    since = step.today
    if not standing.started and level is not None and for_everybody(level):
        since = step.member(member).joined
    row = replace(standing, tier=name, tier_since=since if name else None, started=True)
    step.plan.put(row)
    step.plan.put(TierSpell(step.context.numbers(), member, name, since, step.now))


def missing(step: Step, member: str) -> tuple[str, int] | None:
    """(name, what is missing) of the level above the present tier; None at the top."""
    tiers = step.programme.tiers
    if tiers is None:
        return None
    level = present_tier(step.plan, step.programme, step.standing(member), step.today)
    rank = level.rank + 1 if level else 0
    if rank >= len(tiers.levels):
        return None
    above = tiers.levels[rank]
    have = figure(step, tiers, member, above.window, step.today)
    return above.name, max(0, _ceil(above) - have)


def _ceil(level: Level) -> int:
    return -int(-level.threshold // 1)
