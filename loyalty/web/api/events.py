"""What happens to members beside sales, and levels given by hand, over the API."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.errors import LoyaltyError
from loyalty.members.enrolment import NewMember, create_member
from loyalty.members.tables import Member
from loyalty.points.body import day
from loyalty.web.api.answers import BookedAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas_bookings import EventBody, TierBody
from loyalty.web.api.steps import book


@call("POST", "/events", scope="book", body=EventBody, status=201, booking=True, gives=BookedAnswer,
      answer="What was earned, and why.")  # fmt: skip
def event(session: Session, asked: Asked[EventBody]) -> dict[str, Any]:
    """A signup, visit, referral, birthday or `custom:` word. A `signup` of an unknown member enrols them."""
    body = asked.body
    if body.type == "signup" and session.get(Member, body.member) is None:
        _enrol(session, asked)
    return book(session, asked, "event", without=("name",))


def _enrol(session: Session, asked: Asked[EventBody]) -> None:
    body = asked.body
    if not asked.key.may("members"):
        raise LoyaltyError("A signup of somebody new needs a key with the scope 'members'.", code="forbidden")
    birthday = day(body.birthday, "birthday") if body.birthday else None
    new = NewMember(body.name or body.member, id=body.member, birthday=birthday)
    create_member(session, new, asked.now, asked.conventions)


@call("PUT", "/members/<id>/tier", scope="book", body=TierBody, gives=BookedAnswer,
      answer="The member's level and wallets.")  # fmt: skip
def assign(session: Session, asked: Asked[TierBody]) -> dict[str, Any]:
    """Sets a floor under the member's level, up to its last day `until`; `tier: null` takes it away."""
    return book(session, asked, "assign_tier", member=asked.path["id"])
