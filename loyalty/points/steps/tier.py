"""`assign_tier`: a floor under a member's tier, by hand."""


from loyalty.errors import Invalid
from loyalty.points.body import Body
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


def assign_tier(step: Step, body: Body) -> None:
    """`tier: null` takes the floor away; `until` is its last day."""
    member = body.needed("member")
    step.touch(member)
    if not body.says("tier"):
        raise Invalid("'tier' is missing; null takes the assigned tier away.", pointer="tier")
    name, until = body.text("tier"), body.day("until")
    levels = step.programme.tiers.levels if step.programme.tiers else ()
    if name is not None and name not in [level.name for level in levels]:
        raise Invalid(f"There is no level {name!r} in the programme.", pointer="tier")
    if until is not None and (name is None or until < step.today):
        raise Invalid("The last day of an assigned tier cannot be in the past.", pointer="until")
    step.plan.put(replace(step.standing(member), floor=name, floor_until=until))
