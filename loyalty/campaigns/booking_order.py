"""In which order recorded bookings are lived through again, and when each of them counts as booked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points.tables import bookings

BROUGHT_ALONG = timedelta(days=31)
"""A sale told of later than that was not made at an offline counter but imported, when the shop was new."""

Place = tuple[datetime, int]
"""The moment from which a booking stood, and its number."""


def order_of(session: Session, until: datetime) -> Sequence[Place]:
    """Bookings that stood before `until`, the earliest first: when they were recorded, late ones late; what was
    imported at its own moment, as if the shop had had this system then.
    """
    at = bookings.c
    early = sa.or_(at.occurred_at < until, at.recorded_at < until)
    rows = session.execute(sa.select(at.number, at.occurred_at, at.recorded_at).where(early))
    found = [
        (occurred if recorded - occurred > BROUGHT_ALONG else recorded, number) for number, occurred, recorded in rows
    ]
    return sorted(place for place in found if place[0] < until)
