"""What happened, in order: read from what is kept anyway, so that a sale costs nothing more when somebody listens.

The ledger numbers all it keeps in the order in which it was committed, the audit log its entries too: two numbers say
how far somebody has read. Nobody's name, telephone number or card stands in what is told; the API gives those to
whoever may have them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.audit import audit_entries, audit_head
from loyalty.points.result import points_in
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import bookings, counts, transfers
from loyalty.points.tables_sale import tier_spells

BOOKED: Mapping[str, str] = {
    "purchase": "sale.recorded",
    "return": "sale.returned",
    "cancel": "sale.cancelled",
    "event": "activity.recorded",
    "credit": "points.credited",
    "debit": "points.debited",
    "redeem": "reward.redeemed",
    "reverse": "booking.reversed",
    "hold": "hold.placed",
    "capture": "hold.captured",
    "release": "hold.released",
    "transfer": "points.transferred",
    "topup": "topup.recorded",
    "refund_topup": "topup.refunded",
}
NOTED: Mapping[str, str] = {
    "member.create": "member.created",
    "member.edit": "member.changed",
    "member.consent": "member.changed",
    "member.household": "member.changed",
    "member.unsubscribe": "member.changed",
    "member.erase": "member.erased",
    "member.merge": "member.merged",
    "member.unmerge": "member.parted",
    "card.issue": "card.issued",
    "card.activate": "card.activated",
    "card.block": "card.blocked",
    "card.lose": "card.lost",
    "card.replace": "card.replaced",
    "card.retire": "card.retired",
    "programme.put": "programme.changed",
    "campaign.start": "campaign.started",
    "campaign.end": "campaign.ended",
}
TIER, EXPIRED, TEST = "tier.changed", "points.expired", "webhook.test"
TYPES = tuple(sorted({*BOOKED.values(), *NOTED.values(), TIER, EXPIRED}))
_OF_SALES = ("explanation",)
"""Long, and asked for by `/ledger/{id}:explain`."""


@dataclass(frozen=True, order=True)
class Place:
    """Up to where somebody has read: the last number of the ledger and of the audit log."""

    ledger: int
    audit: int

    def __str__(self) -> str:
        return f"{self.ledger}-{self.audit}"


@dataclass(frozen=True)
class Happening:
    """`id` is the same whoever is told. `place`: who has been told this one goes on from there."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]
    place: Place


def place_of(text: str) -> Place | None:
    """As `str(place)` wrote it; None for anything else."""
    ledger, dash, audit = text.partition("-")
    fits = dash and all(part.isascii() and part.isdigit() and len(part) < 19 for part in (ledger, audit))
    return Place(int(ledger), int(audit)) if fits else None


def present(session: Session) -> Place:
    """Behind everything that has happened so far."""
    ledger = session.scalar(sa.select(counts.c.value).where(counts.c.name == "numbers"))
    return Place(int(ledger or 0), int(session.scalar(sa.select(audit_head.c.entries)) or 0))


def since(session: Session, place: Place, types: Sequence[str] = (), limit: int = 200) -> tuple[list[Happening], Place]:
    """What came after `place`, in order, of `types` (none: all); and the place to go on from, also where nothing fits.

    What the audit log tells comes before what the ledger tells: a member, then their first sale.
    """
    end, wanted = present(session), frozenset(types or TYPES)
    told, read = _audit(session, place, end.audit, limit)
    place = Place(place.ledger, read)
    if len(told) < limit:
        booked, read = _ledger(session, place, end.ledger, limit - len(told))
        told, place = [*told, *booked], Place(read, place.audit)
    return [each for each in told if each.type in wanted], place


def _ledger(session: Session, place: Place, end: int, limit: int) -> tuple[list[Happening], int]:
    """`end` is the last number taken: what is greater was committed after it was looked up, and comes next time."""
    found = [
        *_bookings(session, place, end, limit),
        *_levels(session, place, end, limit),
        *_expiries(session, place, end, limit),
    ]
    found.sort(key=lambda each: each.place)
    some = found[:limit]
    return some, some[-1].place.ledger if len(some) == limit else max(end, place.ledger)


def _between(column: sa.Column[Any], place: Place, end: int) -> sa.ColumnElement[bool]:
    return sa.and_(column > place.ledger, column <= end)


def _id(log: str, number: int) -> str:
    """Of one width, so that later ones are greater as text."""
    return f"evt_{log}{number:015d}"


def _bookings(session: Session, place: Place, end: int, limit: int) -> Iterator[Happening]:
    c = bookings.c
    found = sa.select(c.number, c.id, c.verb, c.member, c.occurred_at, c.recorded_at, c.result)
    found = found.where(_between(c.number, place, end), c.verb.in_(BOOKED)).order_by(c.number).limit(limit)
    for row in session.execute(found):
        told = {name: value for name, value in row.result.items() if name not in _OF_SALES}
        data = {**told, "id": row.id, "member": row.member, "occurred_at": row.occurred_at}
        yield Happening(_id("l", row.number), BOOKED[row.verb], row.recorded_at, data, Place(row.number, place.audit))


def _levels(session: Session, place: Place, end: int, limit: int) -> Iterator[Happening]:
    c = tier_spells.c
    found = sa.select(tier_spells).where(_between(c.number, place, end)).order_by(c.number).limit(limit)
    for row in session.execute(found):
        data = {"member": row.member, "tier": row.tier, "since": row.since}
        yield Happening(_id("l", row.number), TIER, row.at, data, Place(row.number, place.audit))


def _expiries(session: Session, place: Place, end: int, limit: int) -> Iterator[Happening]:
    c = transfers.c
    found = sa.select(c.number, c.member, c.wallet, c.amount, c.balance_after, c.occurred_at)
    found = found.where(_between(c.number, place, end), c.kind == "expire").order_by(c.number).limit(limit)
    rows = session.execute(found).all()
    version = SqlFacts(session).latest() if rows else None
    for row in rows:
        assert version is not None  # points that ran out were given by one
        points = points_in(version.programme, row.wallet, row.amount)
        data = {"member": row.member, "wallet": row.wallet, "points": points, "ledger_row": str(row.number)}
        yield Happening(_id("l", row.number), EXPIRED, row.occurred_at, data, Place(row.number, place.audit))


def _audit(session: Session, place: Place, end: int, limit: int) -> tuple[list[Happening], int]:
    c = audit_entries.c
    found = sa.select(c.number, c.at, c.action, c.subject, c.after)
    found = found.where(c.number > place.audit, c.number <= end, c.action.in_(NOTED)).order_by(c.number).limit(limit)
    told = []
    for row in session.execute(found):
        data = {"id": row.subject.partition(":")[2], "fields": sorted(row.after)}
        told.append(Happening(_id("a", row.number), NOTED[row.action], row.at, data, Place(place.ledger, row.number)))
    return told, told[-1].place.audit if len(told) == limit else max(end, place.audit)
