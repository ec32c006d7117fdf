"""At a newcomer's first purchase the programme's rules for `referral` run, once, for the one who brought them.

Where that purchase comes back in full the points go back too, and the next purchase is the first one.

The event's member is who brought, its second one the newcomer. It is booked in the transaction of the purchase, under
an id of its own: the timeline of both explains it, and nothing can book it twice.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.checkout.member_view import programme_of
from loyalty.db.prepared import Prepared
from loyalty.members.enrolment import get_member
from loyalty.members.identification import going_on
from loyalty.members.referral_tables import referrals
from loyalty.members.referrals import REFUSED, THANKED, WAITING
from loyalty.points.sql_engine import Ledger

BOOKING = "referral:"
"""Before the newcomer's id and a word from that of the purchase: the id of the booking."""
SELF, GONE, PHONE = "self", "gone", "phone"
"""Why nobody is thanked: both are one person by now; who brought is no member any more; the telephone was thanked for
before."""
_waiting = Prepared(
    sa.select(referrals.c.member_id, referrals.c.brought_by)
    .where(referrals.c.member_id == bindparam("member"), referrals.c.status == WAITING)
)  # fmt: skip
_thanked = Prepared(
    sa.select(referrals.c.member_id).where(
        referrals.c.member_id == bindparam("member"),
        referrals.c.purchase == bindparam("purchase"),
        referrals.c.status == THANKED,
    )
)


def thank_for_bringing(ledger: Ledger, member: str, purchase: str, result: Mapping[str, Any], now: datetime) -> None:
    """After `purchase` of `member` was booked with `result`. A sale of nothing is not a first purchase."""
    row = ledger.facts.cursor.row(_waiting, member=member)
    if row is None or Decimal(str(result.get("total", 0))) <= 0:
        return
    session, bringer = ledger.session, going_on(ledger.facts.cursor, str(row[1]))
    phone = get_member(session, member).phone
    why = _objection(ledger, member, bringer, phone)
    rules = programme_of(ledger.facts, now).programme.earn
    if not why and any(rule.on == "referral" and rule.enabled for rule in rules):
        event = {"id": _booking_of(member, purchase), "type": "referral", "member": bringer, "other": member}
        ledger.perform("event", event, now)
    values = {
        "status": REFUSED if why else THANKED, "why": why, "purchase": purchase, "settled_at": now, "phone": phone,
    }  # fmt: skip
    session.execute(sa.update(referrals).where(referrals.c.member_id == member).values(values))


def take_thanks_back(ledger: Ledger, member: str, purchase: str, now: datetime) -> None:
    """After some of `purchase` of `member` came back. Does nothing while a part of it stands, or for records that were
    merged since: there staff decide.
    """
    row = ledger.facts.cursor.row(_thanked, member=member, purchase=purchase)
    state = ledger.facts.purchase_state(purchase)
    if row is None or state is None or state.counts:
        return
    given = ledger.facts.booking(_booking_of(member, purchase))
    if given is not None:
        if any(going_on(ledger.facts.cursor, one) != one for one in (member, given.member or member)):
            return
        ledger.perform("reverse", {"id": f"{given.id}:back", "member": given.member, "of": given.id}, now)
    values: dict[str, Any] = {"status": WAITING, "purchase": None, "settled_at": None, "phone": None}
    ledger.session.execute(sa.update(referrals).where(referrals.c.member_id == member).values(values))


def _booking_of(member: str, purchase: str) -> str:
    return f"{BOOKING}{member}:{sha256(purchase.encode()).hexdigest()[:16]}"


def _objection(ledger: Ledger, member: str, bringer: str, phone: str | None) -> str:
    if bringer == member:
        return SELF
    if get_member(ledger.session, bringer).status != "active":
        return GONE
    at = referrals.c
    before = sa.select(at.member_id).where(at.phone == phone, at.status == THANKED, at.member_id != member).limit(1)
    return PHONE if phone and ledger.session.scalar(before) else ""
