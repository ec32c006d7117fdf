"""Which members belong to a segment. Spec: programme, section 1.7."""

from fractions import Fraction

from loyalty.points.facts import Exact, Member, Standing
from loyalty.points.programme import Programme
from loyalty.points.programme_offers import Criteria, Range
from loyalty.points.store import Facts


def belongs(facts: Facts, programme: Programme, member: Member, name: str, today_ordinal: int) -> bool:
    """Whether `member` is in the segment on the local day with this ordinal: fixed, or by one of its criteria."""
    if name in member.segments:
        return True
    criteria = programme.segments.get(name, ())
    return any(_meets(facts, member, each, today_ordinal) for each in criteria)


def _meets(facts: Facts, member: Member, criteria: Criteria, today: int) -> bool:
    standing = facts.standing(member.id) or Standing(member.id)
    if not _within(criteria.purchases, standing.purchases) or not _within(criteria.spend, standing.spend):
        return False
    if criteria.average is not None and not standing.purchases:
        return False
    if criteria.average is not None and not _within(criteria.average, Fraction(standing.spend, standing.purchases)):
        return False
    if criteria.store and not facts.bought_at(member.id, criteria.store):
        return False
    single = criteria.single
    if single is not None and not facts.bought_for(member.id, _exact(single.min), _exact(single.max)):
        return False
    return criteria.last_days is None or _recent(facts, member, criteria.last_days, today)


def _recent(facts: Facts, member: Member, days: Range, today: int) -> bool:
    last = facts.last_bought(member.id)
    return last is not None and _within(days, today - last.toordinal())


def _within(bounds: Range | None, value: Exact) -> bool:
    if bounds is None:
        return True
    return (bounds.min is None or value >= bounds.min) and (bounds.max is None or value <= bounds.max)


def _exact(bound: Exact | None) -> Fraction | None:
    return None if bound is None else Fraction(bound)
