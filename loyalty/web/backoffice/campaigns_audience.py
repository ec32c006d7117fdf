"""Whom a planned campaign would reach now."""

import sqlalchemy as sa

from loyalty.campaigns.campaign_life import Campaign
from loyalty.campaigns.segments import count, members_query
from loyalty.errors import LoyaltyError
from loyalty.members.tables import Member
from loyalty.messages.post import forecast
from loyalty.messages.templates import template
from loyalty.web.database import reading
from loyalty.web.shop import shop

LOOKED_AT = 300
"""Members of a plan's segment of whom it is counted whether they can be written to."""


def audience(found: Campaign) -> int | None:
    """How many the segment has now; None when it is gone."""
    try:
        return count(reading(), members_query(reading(), found.plan.segment, shop().now))
    except LoyaltyError:
        return None


def reach(found: Campaign) -> tuple[int, int] | None:
    """Of a plan with a message: how many of the segment could be written to now, and how many it has."""
    told = [each.message for each in found.plan.mechanics if each.message]
    if not told or found.started_at is not None:
        return None
    try:
        words = template(reading(), told[0])
        ids = reading().scalars(members_query(reading(), found.plan.segment, shop().now).limit(LOOKED_AT)).all()
    except LoyaltyError:
        return None
    people = reading().scalars(sa.select(Member).where(Member.id.in_(ids))).all()
    return forecast(reading(), people, words, shop().now).get("", 0), len(people)
