"""A planned campaign as something that can be tried on recorded sales: its rules on the latest days of the same number.

The groups are those that the kept seed would draw now, so what is tried is what would run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_groups import draw
from loyalty.campaigns.campaign_life import Campaign, in_force
from loyalty.campaigns.campaign_plan import HELD
from loyalty.campaigns.campaign_rules import GIVEN_AT_START, tag, with_rules
from loyalty.campaigns.recorded import span_of
from loyalty.campaigns.replay import Extra
from loyalty.campaigns.segments import members_of
from loyalty.errors import Invalid
from loyalty.points.calendar import day_of, zone_of


@dataclass(frozen=True)
class Attempt:
    """What `run_trial` takes: the programme with the campaign, the days, and what is given beside the rules."""

    document: Mapping[str, Any]
    first: date
    last: date
    extra: Extra


def attempt_of(session: Session, found: Campaign, now: datetime) -> Attempt:
    """Invalid when nothing was sold yet."""
    version, sold, plan = in_force(session, now), span_of(session), found.plan
    if sold is None:
        raise Invalid("There are no recorded sales to try it on; book or import some first.")
    zone = zone_of(version.programme.timezone)
    last = day_of(sold[1], zone)
    first = max(last - timedelta(days=plan.days - 1), day_of(sold[0], zone))
    document = with_rules(version.document, version.programme, found.id, found.name, plan, (first, last))
    groups = draw(members_of(session, plan.segment, now), plan.holdout, plan.arms, found.seed)
    treated = {member: arm for member, arm in groups.items() if arm != HELD}
    by_arm = dict(zip(plan.arms, plan.mechanics, strict=True))
    gifts: list[tuple[str, Mapping[str, Any]]] = []
    for member, arm in sorted(treated.items()):
        mechanic = by_arm[arm]
        if mechanic.kind == "gift":
            gifts.append(("credit", {"member": member, "points": f"{mechanic.amount:f}"}))
        elif mechanic.kind in GIVEN_AT_START:
            body = {"member": member, "tier": mechanic.level, "until": last.isoformat()}
            gifts.append(("assign_tier", body))
    return Attempt(document, first, last, Extra({id: tag(found.id, arm) for id, arm in treated.items()}, gifts))
