"""What is left of a rule's limits, and the uses that use them up. Spec: programme, section 1.3."""

from collections.abc import Iterable

from loyalty.points.calendar import end_of, start_of
from loyalty.points.facts import Exact
from loyalty.points.facts_sale import RuleUse
from loyalty.points.programme import Limit
from loyalty.points.step import Step
from loyalty.points.store import ALWAYS, Days


def used(step: Step, section: str, name: str, limit: Limit, member: str) -> tuple[int, Exact]:
    """(times, points) of a rule that count against a limit in the period of the step."""
    whose = member if limit.scope == "member" else None
    if limit.per == "event":
        return _in_step(step, section, name, whose)
    days = ALWAYS if limit.per == "ever" else Days(start_of(step.day, limit.per), end_of(step.day, limit.per))
    return step.plan.uses(section, name, whose, days, not limit.reusable)


def _in_step(step: Step, section: str, name: str, whose: str | None) -> tuple[int, Exact]:
    rows = [
        row
        for row in step.plan.changed(RuleUse)
        if row.section == section and row.name == name and row.number > step.number and whose in (None, row.member)
    ]
    return sum(row.times for row in rows), sum((row.points for row in rows), start=0)


def times_left(step: Step, section: str, name: str, limits: Iterable[Limit], member: str) -> int | None:
    """How many more times the limits in times allow; None = no such limit."""
    left = [limit.times - used(step, section, name, limit, member)[0] for limit in limits if limit.times is not None]
    return min(left, default=None)


def points_left(
    step: Step, section: str, name: str, limits: Iterable[Limit], member: str, refuse: bool
) -> Exact | None:
    """How many more points the limits allow that cut (or that refuse); None = no such limit."""
    left: list[Exact] = [
        limit.points - used(step, section, name, limit, member)[1]
        for limit in limits
        if limit.points is not None and limit.refuse == refuse
    ]
    return min(left, default=None)


def allow(step: Step, section: str, name: str, limits: tuple[Limit, ...], member: str) -> bool:
    """Whether no limit is used up."""
    if not limits:
        return True
    times = times_left(step, section, name, limits, member)
    if times is not None and times <= 0:
        return False
    caps = (points_left(step, section, name, limits, member, refuse) for refuse in (False, True))
    return all(cap is None or cap > 0 for cap in caps)


def capped(step: Step, section: str, name: str, limits: tuple[Limit, ...], member: str, points: Exact) -> Exact | None:
    """What a rule may contribute of `points`: cut first, then None where a cap that refuses would be passed."""
    if not limits:
        return points
    cut = points_left(step, section, name, limits, member, refuse=False)
    if cut is not None and points > cut:
        points = cut
    cap = points_left(step, section, name, limits, member, refuse=True)
    return None if cap is not None and points > cap else points


def use(
    step: Step, section: str, name: str, member: str, booking: str | None, times: int = 1, points: Exact = 0
) -> None:
    """Writes down that a rule counted. `booking`: whose undoing gives the use back."""
    step.plan.put(RuleUse(step.context.numbers(), section, name, member, step.day, booking, times, points))
