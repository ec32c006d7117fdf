"""`event`: a signup, visit, referral, birthday or word of the shop's own."""

from loyalty.errors import Invalid
from loyalty.points import auto, award, enrolment
from loyalty.points.body import Body
from loyalty.points.read_rules import EVENTS
from loyalty.points.step import Step


def event(step: Step, body: Body) -> None:
    """The member, and the other one, earn by the rules of this event. `signup` creates the member."""
    kind = body.needed("type")
    member, other = body.needed("member"), body.text("other")
    known = kind in EVENTS and kind not in ("purchase", "first_purchase")
    if not known and not (kind.startswith("custom:") and len(kind) > 7):
        raise Invalid(f"There is no event {kind!r}.", pointer="type")
    if other == member:
        raise Invalid("The other member must be another one.", pointer="other")
    if kind == "signup" and step.plan.member(member) is None:
        enrolment.create(step, member, step.day, body.day("birthday"))
    step.touch(member)
    if other is not None:
        step.touch(other)
    occur(step, member, kind, other, body)


def occur(step: Step, member: str, kind: str, other: str | None = None, body: Body | None = None) -> None:
    """What an event gives; also for those that the clock raises."""
    where = {"store": body.text("store"), "channel": body.text("channel"), "codes": body.texts("codes")} if body else {}
    occasion = award.occasion_of(step, member, **where)
    award.earn(step, member, occasion, (kind,), None)
    if other is not None:
        award.earn(step, other, occasion, (kind,), None, to_other=True)
    auto.run(step, member, occasion)
    if other is not None:
        auto.run(step, other, award.occasion_of(step, other, store=occasion.store, channel=occasion.channel))
    step.said.unused_codes = [code for code in occasion.codes if code not in occasion.used_codes]
