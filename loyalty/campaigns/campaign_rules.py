"""A campaign in the shop's own programme: rules that hold for its days, for the members drawn into a group.

There is no second engine. A member of group A carries the fixed segment `<campaign>:a`, and the rules ask for it; the
budget is a limit of the rule over all members, so that no award can pass it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from loyalty.campaigns.campaign_plan import Mechanic, Plan
from loyalty.errors import Invalid
from loyalty.points.programme import Programme
from loyalty.points.read_programme import read_value

GIVEN_AT_START = ("gift", "level")
"""Kinds that are no rules: each member gets them once, when the campaign starts."""
NO_RULE = (*GIVEN_AT_START, "message")


def tag(campaign_id: str, arm: str) -> str:
    """The fixed segment of a group's members."""
    return f"{campaign_id}:{arm}"


def rule_name(name: str, plan: Plan, arm: str) -> str:
    """How the campaign's rule is called in explanations, statements and limits."""
    return name if len(plan.arms) == 1 else f"{name} ({arm.upper()})"


def with_rules(
    document: Mapping[str, Any], programme: Programme, id: str, name: str, plan: Plan, days: tuple[date, date]
) -> dict[str, Any]:
    """The programme document with the campaign's rules, for the days given. Invalid when a rule cannot be made."""
    found = dict(document)
    for arm, mechanic in zip(plan.arms, plan.mechanics, strict=True):
        if mechanic.kind in NO_RULE:
            _check_given(mechanic, programme)
            continue
        section = "offers" if mechanic.kind in ("percent", "amount") else "earn"
        when: dict[str, Any] = {"segment": [tag(id, arm)]}
        when["date"] = {"from": days[0].isoformat(), "to": days[1].isoformat()}
        rule = {"name": rule_name(name, plan, arm), **_award(mechanic, when), "when": when}
        rule["limit"] = _limits(mechanic, plan.budget / len(plan.arms), programme)
        found[section] = [*found.get(section, ()), rule]
    read_value(found)
    return found


def without_rules(document: Mapping[str, Any], name: str, plan: Plan) -> dict[str, Any]:
    """The document without the campaign's rules; equal when it has none."""
    names = {rule_name(name, plan, arm) for arm in plan.arms}
    found = dict(document)
    for section in ("earn", "offers"):
        if section in found:
            found[section] = [rule for rule in found[section] if rule.get("name") not in names]
    return found


def points_worth(programme: Programme, points: Decimal) -> Decimal:
    """Whole points of the first wallet in money."""
    worth = Fraction(programme.wallet(programme.first_wallet).value_per_point)
    return Decimal(worth.numerator) / Decimal(worth.denominator) * points


def _award(mechanic: Mechanic, when: dict[str, Any]) -> dict[str, Any]:
    """The award; line filters, sums and the code go into `when`."""
    if mechanic.category:
        when["category"] = [mechanic.category]
    if mechanic.code:
        when["code"] = [mechanic.code]
    if mechanic.min_amount is not None:
        when["min_amount"] = mechanic.min_amount
    if mechanic.kind == "percent":
        return {"percent": mechanic.amount, "cap": mechanic.cap}
    return {mechanic.kind: mechanic.amount}


def _limits(mechanic: Mechanic, budget: Decimal, programme: Programme) -> list[dict[str, Any]]:
    """The budget, and how often each member may have it."""
    own: list[dict[str, Any]] = [] if mechanic.times is None else [{"times": mechanic.times, "per": "ever"}]
    if mechanic.kind in ("percent", "amount"):
        each = mechanic.cap if mechanic.kind == "percent" else mechanic.amount
        times = int(budget / (each or budget))
        if times < 1:
            raise Invalid("The budget is smaller than what one sale gets; raise it or give less.", pointer="budget")
        return [{"times": times, "per": "ever", "scope": "all"}, *own]
    worth = points_worth(programme, Decimal(1))
    if worth <= 0:
        raise Invalid(
            "The programme does not say what a point is worth (value_per_point), so a budget cannot be kept.",
            pointer="budget",
        )
    points = int(budget / worth)
    if points < 1:
        raise Invalid("The budget is worth less than one point; raise it.", pointer="budget")
    return [{"points": points, "per": "ever", "scope": "all"}, *own]


def _check_given(mechanic: Mechanic, programme: Programme) -> None:
    levels: Sequence[str] = [level.name for level in programme.tiers.levels] if programme.tiers else []
    if mechanic.kind == "level" and mechanic.level not in levels:
        raise Invalid(f"There is no level {mechanic.level!r} in the programme.", pointer="level")
