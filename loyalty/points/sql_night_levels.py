"""The night's reviews of levels, for all members of a chunk at once: where time changes nothing, only a date moves.

The same questions as in tiers.py and tier_figures.py. Members for whom some level starts, ends or falls due are taken
out of `night`: the engine does those.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from loyalty.points import tables as t
from loyalty.points import tables_sale as ts
from loyalty.points.calendar import start_of_next, window_days
from loyalty.points.facts import Standing
from loyalty.points.facts_tier import Entitlement
from loyalty.points.programme import Level, Tiers, Window
from loyalty.points.sql_night_bench import Bench
from loyalty.points.sql_night_tables import night
from loyalty.points.tier_figures import next_review
from loyalty.points.tiers import for_everybody, term_from

_row, _state, _lot, _account = ts.entitlements.c, ts.purchase_states.c, t.lots.c, t.accounts.c


def review(bench: Bench, tiers: Tiers, day: date) -> None:
    """Tests the levels of those to be reviewed on `day`, drops whom a change awaits, dates the rest anew."""
    if not bench.value(_reviewed, day):
        return
    bench.do(_drop_floors, day)
    for level in tiers.levels:
        _measure(bench, tiers, level, day)
        bench.do(_drop_changing, tiers, level, day)
    for level in tiers.levels:
        if level.lasts.kind in ("end_of_period", "end_of_next_period") and _fresh(tiers, level, day)[0] is not None:
            _measure(bench, tiers, level, day)
            bench.do(_prolong, tiers, level, day)
    _date_anew(bench, tiers, day)


def _reviewed(day: date) -> sa.Select[Any]:
    return sa.select(sa.literal(1)).where(night.c.review_on == day).limit(1)


def _drop_floors(day: date) -> sa.Delete:
    return sa.delete(night).where(night.c.review_on == day, _floor_ends(day))


def _drop_changing(tiers: Tiers, level: Level, day: date) -> sa.Delete:
    return sa.delete(night).where(night.c.review_on == day, _changes(tiers, level, day))


def _prolong(tiers: Tiers, level: Level, day: date) -> sa.Update:
    until, last = _fresh(tiers, level, day)
    who = sa.select(night.c.member).where(night.c.review_on == day, night.c.figure >= _least(level))
    return (
        sa.update(ts.entitlements)
        .where(_row.member.in_(who), _row.level == level.name, _row.status == "running", _row.until < until)
        .values(until=until, last_day=last)
    )


def _floor_ends(day: date) -> sa.ColumnElement[bool]:
    ending = sa.select(t.standings.c.member).where(t.standings.c.floor_until < day)
    return ending.where(t.standings.c.member == night.c.member).exists()


def _fresh(tiers: Tiers, level: Level, day: date) -> tuple[date | None, date | None]:
    return term_from(tiers, level, start_of_next(day, level.period) if level.next_period else day)


def _least(level: Level) -> int:
    return -int(-level.threshold // 1)


def _measure(bench: Bench, tiers: Tiers, level: Level, day: date) -> None:
    """Fills `night.figure` with what the level is measured by."""
    if not for_everybody(level):
        bench.do(_measured, tiers, level.window, day)


def _measured(tiers: Tiers, window: Window, day: date) -> sa.Update:
    return sa.update(night).where(night.c.review_on == day).values(figure=_figure(tiers, window, day))


def _figure(tiers: Tiers, window: Window, day: date) -> sa.ColumnElement[int]:
    if tiers.metric == "balance":
        return _of_account(_account.active - _account.deficit + _account.held, tiers)
    if window.kind == "lifetime":
        if tiers.metric == "earned":
            return _of_account(_account.earned, tiers)
        total = t.standings.c.spend if tiers.metric == "spend" else t.standings.c.purchases
        return sa.select(total).where(t.standings.c.member == night.c.member).scalar_subquery()
    value = {"spend": sa.func.sum(_state.net), "purchases": sa.func.count(), "earned": sa.func.sum(_lot.earned)}
    counted = sa.select(sa.func.coalesce(sa.cast(value[tiers.metric], sa.BigInteger), 0))
    counts = {"spend": sa.true(), "purchases": _state.counts, "earned": _lot.active}
    return counted.where(*_within(tiers, window, day), counts[tiers.metric]).scalar_subquery()


def _of_account(figure: sa.ColumnElement[int], tiers: Tiers) -> sa.ColumnElement[int]:
    mine = (_account.member == night.c.member, _account.wallet == (tiers.metric_wallet or ""))
    return sa.func.coalesce(sa.select(figure).where(*mine).scalar_subquery(), 0)


def _within(tiers: Tiers, window: Window, day: date) -> Iterator[sa.ColumnElement[bool]]:
    """What counts for the metric in the window as of `day`: sales, or lots."""
    days = window_days(window, day)
    if tiers.metric == "earned":
        yield from (_lot.member == night.c.member, _lot.wallet == (tiers.metric_wallet or ""))
        yield _lot.start_day.between(days.first, days.last)
    else:
        yield from (_state.member == night.c.member, _state.day.between(days.first, days.last))


def _changes(tiers: Tiers, level: Level, day: date) -> sa.ColumnElement[bool]:
    """Whether time changes this level of a member, beyond moving the end of a term that runs until a period's end."""
    row = sa.select(_row.member).where(_row.member == night.c.member, _row.level == level.name)
    over = [
        sa.and_(_row.status == "grace", _row.grace_until < day),
        sa.and_(_row.status == "running", _row.last_day < day),
    ]
    if for_everybody(level):
        return row.where(sa.or_(*over)).exists()
    qualified = night.c.figure >= _least(level)
    over.append(sa.and_(_row.status == "scheduled", sa.or_(_row.start <= day, sa.not_(qualified))))
    over.append(sa.and_(_row.status == "grace", qualified))
    if level.lasts.kind == "while_qualified" and tiers.downgrade != "none":
        over.append(sa.and_(_row.status == "running", _row.last_day.is_(None), sa.not_(qualified)))
    return sa.or_(row.where(sa.or_(*over)).exists(), sa.and_(qualified, sa.not_(row.exists())))


# -- the next day on which time may change something


def _date_anew(bench: Bench, tiers: Tiers, day: date) -> None:
    windows = tuple(dict.fromkeys(level.window for level in tiers.levels if level.window.kind == "rolling"))
    known: dict[Sequence[Any], date | None] = {}
    fresh = []
    for member, *rest in bench.rows(_histories, tiers, windows, day):
        key = tuple(rest)
        if key not in known:
            known[key] = _next_review(tiers, windows, key, day)
        fresh.append({"who": member, "day": known[key]})
    bench.many(_dated, fresh)


def _dated() -> sa.Update:
    return sa.update(night).where(night.c.member == sa.bindparam("who")).values(review_on=sa.bindparam("day"))


def _histories(tiers: Tiers, windows: Sequence[Window], day: date) -> sa.Select[Any]:
    """Member, floor, its end, four columns for each level, one for each rolling window."""
    standing = t.standings.c
    found = sa.select(standing.member, standing.floor, standing.floor_until)
    joined = night.join(t.standings, standing.member == night.c.member)
    for level in tiers.levels:
        row = ts.entitlements.alias()
        joined = joined.outerjoin(row, sa.and_(row.c.member == night.c.member, row.c.level == level.name))
        found = found.add_columns(row.c.status, row.c.start, row.c.last_day, row.c.grace_until)
    for window in windows:
        found = found.add_columns(_first_day(tiers, window, day))
    return found.select_from(joined).where(night.c.review_on == day)


def _first_day(tiers: Tiers, window: Window, day: date) -> sa.ColumnElement[date | None]:
    if tiers.metric == "balance":
        return sa.cast(sa.null(), sa.Date)
    if tiers.metric == "earned":
        first = sa.select(sa.func.min(_lot.start_day)).where(_lot.earned != 0, _lot.active)
    else:
        first = sa.select(sa.func.min(_state.day)).where(_state.net != 0 if tiers.metric == "spend" else _state.counts)
    return first.where(*_within(tiers, window, day)).scalar_subquery()


def _next_review(tiers: Tiers, windows: Sequence[Window], row: Sequence[Any], day: date) -> date | None:
    standing = Standing("", floor=row[0], floor_until=row[1])
    present = []
    for place, level in enumerate(tiers.levels):
        status, start, last_day, grace_until = row[2 + 4 * place : 6 + 4 * place]
        if status is not None:
            held = Entitlement("", level.name, status, start, None, last_day, grace_until)
            present.append((level, held))
    first_days = dict(zip(windows, row[2 + 4 * len(tiers.levels) :], strict=True))
    return next_review(tiers, standing, present, day, first_days.get)
