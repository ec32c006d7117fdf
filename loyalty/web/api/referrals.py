"""Who brought a member, and whom the member brought, over the API."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.clock import rfc3339
from loyalty.members.enrolment import get_member
from loyalty.members.referrals import Referral, brought_by, referral_of
from loyalty.web.api.answers import Given, Moment
from loyalty.web.api.calls import Asked, call


class ReferralAnswer(Given):
    member: str
    brought_by: str
    how: str
    """office, portal, api or prospect."""
    status: str
    """waiting (for the first purchase), thanked, known (written down after it, nothing given), refused."""
    why: str
    """Of a refused one: self, gone or phone; else empty."""
    at: Moment
    purchase: str | None


class ReferralsAnswer(Given):
    referral: ReferralAnswer | None
    """How this member came; null when nobody is known to have brought them."""
    brought: list[ReferralAnswer]


@call("GET", "/members/<id>/referrals", scope="read", gives=ReferralsAnswer, answer="The latest first.")
def of_member(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Who brought the member, whom the member brought, and whether thanks were given."""
    member = get_member(session, asked.path["id"]).id
    came = referral_of(session, member)
    return {
        "referral": _document(came) if came else None,
        "brought": [_document(each) for each in brought_by(session, member)],
    }


def _document(found: Referral) -> dict[str, Any]:
    return {
        "member": found.member,
        "brought_by": found.brought_by,
        "how": found.how,
        "status": found.status,
        "why": found.why,
        "at": rfc3339(found.recorded_at),
        "purchase": found.purchase,
    }
