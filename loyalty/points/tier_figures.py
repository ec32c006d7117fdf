"""What levels are measured by, and when time alone may change one. Spec: programme, section 1.4."""

from collections.abc import Callable, Iterable
from datetime import date

from loyalty.points.calendar import DAY, leaves_on, start_of_next, window_days
from loyalty.points.facts import Standing
from loyalty.points.facts_tier import Entitlement
from loyalty.points.programme import Level, Tiers, Window
from loyalty.points.step import Step
from loyalty.points.store import Days


def figure(step: Step, tiers: Tiers, member: str, window: Window, day: date) -> int:
    """The metric over a window as of `day`, in its smallest unit."""
    if tiers.metric == "balance":
        account = step.account(member, tiers.metric_wallet or "")
        return account.available + account.held
    if window.kind == "lifetime":
        return _lifetime(step, tiers, member)
    return between(step, tiers, member, window_days(window, day))


def _lifetime(step: Step, tiers: Tiers, member: str) -> int:
    if tiers.metric == "earned":
        return step.account(member, tiers.metric_wallet or "").earned
    standing = step.standing(member)
    return standing.spend if tiers.metric == "spend" else standing.purchases


def between(step: Step, tiers: Tiers, member: str, days: Days, after: int = 0) -> int:
    """The metric over these days, counting only what was booked after the number `after`."""
    if tiers.metric == "spend":
        return step.plan.spent(member, days, after)
    if tiers.metric == "purchases":
        return step.plan.bought(member, days, after)
    if tiers.metric == "earned":
        return step.plan.earned(member, tiers.metric_wallet or "", days, after)
    return figure(step, tiers, member, Window(), days.last or step.day)


FirstDay = Callable[[Window], date | None]
"""The first day on which something counts that lies in a window as of today; None = nothing does."""


def first_day_of(step: Step, tiers: Tiers, member: str, day: date) -> FirstDay:
    """Asks the facts for one member."""

    def first_day(window: Window) -> date | None:
        return step.plan.first_day(member, tiers.metric, tiers.metric_wallet, window_days(window, day))

    return first_day


def next_review(
    tiers: Tiers, standing: Standing, rows: Iterable[tuple[Level, Entitlement]], day: date, first_day: FirstDay
) -> date | None:
    """The next local day, after `day`, at whose start time alone may change a level of the member."""
    days: list[date | None] = []
    if standing.floor is not None and standing.floor_until is not None:
        days.append(standing.floor_until + DAY)
    for level, row in rows:
        if row.status == "grace" and row.grace_until is not None:
            days.append(row.grace_until + DAY)
            continue
        if row.status == "scheduled":
            days.append(row.start)
        if row.status == "running" and row.last_day is not None:
            days.append(row.last_day + DAY)
            if level.lasts.kind != "term":
                days.append(start_of_next(day, level.period))  # still qualified, its end moves
        if row.status == "scheduled" or (level.lasts.kind == "while_qualified" and tiers.downgrade != "none"):
            days.append(_fades(tiers, level.window, day, first_day))
    return min((each for each in days if each is not None), default=None)


def _fades(tiers: Tiers, window: Window, day: date, first_day: FirstDay) -> date | None:
    """The first day on which the metric may be lower with nothing done."""
    if tiers.metric == "balance" or window.kind == "lifetime":
        return None
    if window.kind == "calendar":
        return leaves_on(window, day, day)
    first = first_day(window)
    return None if first is None else leaves_on(window, day, first)
