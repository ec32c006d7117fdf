"""What waits for a decision of the person who looks at the home page: nobody agrees to their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_tables import campaigns
from loyalty.checkout.adjust_points import point_requests
from loyalty.members.care_tables import care_cases
from loyalty.members.referral_tables import prospects
from loyalty.members.watch_tables import odd_findings
from loyalty.ops.programme_drafts import programme_drafts


@dataclass(frozen=True)
class Decisions:
    """How many of each wait for this person; 0 where they may not decide."""

    points: int = 0
    drafts: int = 0
    campaigns: int = 0
    late_cases: int = 0
    prospects: int = 0
    odd: int = 0

    @property
    def none(self) -> bool:
        return not any(vars(self).values())


def read_decisions(session: Session, who: str, may: Callable[[str], bool], now: datetime, today: date) -> Decisions:
    """`who`: the person's address; `may`: whether they may do an action of the table in access.py; `today`: local."""
    points, draft, campaign, case = point_requests.c, programme_drafts.c, campaigns.c, care_cases.c
    prospect = prospects.c

    def count(action: str, *conditions: sa.ColumnElement[bool]) -> int:
        if not may(action):
            return 0
        return int(session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0)

    return Decisions(
        points=count("points.adjust", points.status == "waiting", points.asked_by != who),
        drafts=count("programme.put", draft.state == "asked", draft.staff != who),
        campaigns=count("campaign.agree", campaign.state == "asked", campaign.made_by != who),
        late_cases=count("care.view", case.step != "closed", case.due_at < now),
        prospects=count("prospect.edit", prospect.status == "open", prospect.next_contact_on <= today),
        odd=count("work.settle", odd_findings.c.done_at.is_(None)),
    )
