"""`redeem`: a reward without a sale."""

from loyalty.points import award, rewards
from loyalty.points.body import Body
from loyalty.points.step import Step


def redeem(step: Step, body: Body) -> None:
    member = body.needed("member")
    step.touch(member)
    occasion = award.occasion_of(step, member, store=body.text("store"), channel=body.text("channel"))
    rewards.redeem(step, member, rewards.request(step, body.values), occasion, None)
