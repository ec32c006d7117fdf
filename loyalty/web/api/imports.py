"""Members brought along from elsewhere: opening balances, vouchers, level and segments, in one call and transaction.

This is not the way of a new customer (that is POST /members): nothing is earned, no signup is raised, and the key needs
the scope `import`, because points appear that no sale stands behind.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout.member_view import programme_of
from loyalty.errors import Conflict, Invalid
from loyalty.members.cards import add_card
from loyalty.members.enrolment import NewMember, create_member
from loyalty.members.tables import Member
from loyalty.points.calendar import start_of_day, zone_of
from loyalty.points.programme import Programme
from loyalty.points.sql_engine import Ledger
from loyalty.scenarios.backend import enrolment_of
from loyalty.web.api.answers import MemberAnswer
from loyalty.web.api.calls import Answer, Asked, call
from loyalty.web.api.documents import member_document
from loyalty.web.api.schemas_bookings import ImportBody

_PERSON = ("number", "phone", "email", "birthday", "language", "notes")


@call("POST", "/members:import", scope="import", body=ImportBody, status=201, booking=True, gives=MemberAnswer,
      answer="The member.")  # fmt: skip
def bring_along(session: Session, asked: Asked[ImportBody]) -> Answer:
    """A member with what was had elsewhere: `wallets` become one lot each, by the wallet's expiry, not earned."""
    body, ledger = asked.body, Ledger(session)
    programme = programme_of(ledger.facts, asked.now).programme
    if body.member is not None and session.get(Member, body.member) is not None:
        raise Conflict(f"There is a member {body.member[:60]!r} already; import each member once.", pointer="/member")
    new = NewMember(
        body.name,
        id=body.member,
        joined_at=_joined_at(body, programme, asked.now),
        **{key: getattr(body, key) for key in _PERSON},
    )
    member = create_member(session, new, asked.now, asked.conventions)
    ledger.enrol(enrolment_of(member.id, _details(body), programme), asked.now)
    for card in body.cards:
        add_card(session, member.id, card.kind, card.token, asked.now, asked.conventions, staff=asked.key.id)
    document = member_document(session, member.id, asked.now)
    return Answer(document, headers={"ETag": f'"{document["version"]}"'})


def _details(body: ImportBody) -> dict[str, Any]:
    """What the rules know of a member, as an entry of a scenario's `members`."""
    details = body.model_dump(
        exclude_unset=True, include={"joined", "birthday", "wallets", "tier", "vouchers", "segments"}
    )
    for key in ("joined", "birthday"):
        if details.get(key) is not None:
            details[key] = details[key].isoformat()
    if details.get("vouchers"):
        details["vouchers"] = [
            {key: value for key, value in each.items() if value is not None} for each in details["vouchers"]
        ]
    for key in ("segments", "vouchers"):
        if key in details:
            details[key] = list(details[key])
    return {key: value for key, value in details.items() if value is not None}


def _joined_at(body: ImportBody, programme: Programme, now: datetime) -> datetime:
    if body.joined is None:
        return now
    try:
        return start_of_day(body.joined, zone_of(programme.timezone))
    except OverflowError:
        raise Invalid("The day of joining is out of range.", pointer="/joined") from None
