"""Where points were used outside a sale, and who stood at the till when their own card was shown: facts for reports."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.db.prepared import Cursor, Prepared
from loyalty.members.watch_tables import booking_places, staff_members, staff_sales

_place, _own = booking_places.c, staff_members.c
_keep = Prepared(sa.insert(booking_places).values({one.name: bindparam(one.name) for one in _place}).inline())
_of_booking = Prepared(sa.select(_place.store).where(_place.booking == bindparam("booking")))
_last_of = Prepared(
    sa.select(_place.store).where(_place.counter == bindparam("counter")).order_by(_place.at.desc()).limit(1)
)
_is_own = Prepared(sa.select(_own.staff).where(_own.staff == bindparam("staff"), _own.member_id == bindparam("member")))
_keep_own = Prepared(sa.insert(staff_sales).values({one.name: bindparam(one.name) for one in staff_sales.c}).inline())


def note_place(cursor: Cursor, booking: str, store: str | None, counter: str | None, at: datetime) -> None:
    """Keeps the store of a booking that is no sale, once; nothing where it is not known."""
    if store and cursor.value(_of_booking, booking=booking) is None:
        cursor.run(_keep, [{"booking": booking, "store": store[:200], "counter": counter, "at": at}])


def place_of(cursor: Cursor, hold: str, counter: str | None = None) -> str | None:
    """The store in which points were set aside; else the one that the counter named last."""
    known = cursor.value(_of_booking, booking=hold)
    if known is None and counter is not None:
        known = cursor.value(_last_of, counter=counter)
    return None if known is None else str(known)


def note_own_sale(
    cursor: Cursor, purchase: str, member: str, staff: str | None, counter: str | None, at: datetime
) -> None:
    """Keeps that `staff` at the till collected on their own card, as far as the shop said whose card is whose."""
    if not staff or cursor.value(_is_own, staff=staff[:120], member=member) is None:
        return
    row = {"purchase": purchase, "staff": staff[:120], "member_id": member, "counter": counter, "occurred_at": at}
    cursor.run(_keep_own, [row])
