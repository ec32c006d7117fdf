"""What happened to a member, the latest first: sales, points, levels and cards in one line of events.

Each source is read from its own index, only as far as one page needs. Pages are cut between moments, so that events of
one moment always stand together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Card, Member, card_events
from loyalty.points.tables import bookings, transfers
from loyalty.points.tables_sale import purchase_changes, purchases, tier_spells
from loyalty.web.backoffice.timeline_record import record_events

PAGE = 20
_SLACK = 30
"""Events that may share the last moment of a page."""


@dataclass(frozen=True)
class PointsRow:
    """One transfer of the ledger; `amount` in the wallet's smallest unit, below zero when it left the member."""

    number: int
    kind: str
    wallet: str
    amount: int
    member: str
    """Whose account: the member's own, or that of a record merged into it."""
    reverses: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Event:
    """kind: purchase, booking, clock, level, card, joined, or one of timeline_record.py. `facts` depend on it."""

    kind: str
    at: datetime
    key: str
    facts: dict[str, Any]
    rows: tuple[PointsRow, ...] = field(default=())


@dataclass(frozen=True)
class Timeline:
    events: tuple[Event, ...]
    older: datetime | None
    """Pass it as `before` for the next page; None when nothing is older."""


def read_timeline(
    session: Session, member: Member, before: datetime | None = None, lowest: str | None = None
) -> Timeline:
    """One page of events that lie before the moment `before`. `lowest` is the level that everybody has."""
    found: list[Event] = []
    people = [member.id, *_part_of(session, member.id)]
    for source in (_purchases, _bookings, _clock, _cards):
        found.extend(source(session, people, before))
    said = record_events(session, people, lambda statement, at: _latest(statement, at, before))
    found.extend(Event(kind, at, key, facts) for kind, at, key, facts in said)
    found.extend(_levels(session, member.id, before, lowest))
    if before is None or member.joined_at < before:
        found.append(Event("joined", member.joined_at, "", {}))
    found.sort(key=lambda event: (event.at, event.kind != "joined", event.key), reverse=True)
    end = _page_end(found)
    page = found[:end]
    older = page[-1].at if end < len(found) else None
    return Timeline(tuple(_with_rows(session, page)), older)


def _part_of(session: Session, member: str) -> list[str]:
    """Records that were merged into this one: what happened to them is shown here."""
    return list(session.scalars(sa.select(Member.id).where(Member.merged_into == member)))


def _page_end(found: Sequence[Event]) -> int:
    """After PAGE events, and after all others of the last one's moment."""
    end = min(PAGE, len(found))
    while 0 < end < len(found) and found[end].at == found[end - 1].at:
        end += 1
    return end


def _latest(statement: sa.Select[Any], at: sa.ColumnElement[Any], before: datetime | None) -> sa.Select[Any]:
    if before is not None:
        statement = statement.where(at < before)
    return statement.order_by(at.desc()).limit(PAGE + _SLACK)


def _purchases(session: Session, people: Sequence[str], before: datetime | None) -> Iterable[Event]:
    sale, change = purchases.c, purchase_changes.c  # never the view of all states: it would be put together whole
    statement = (
        sa.select(
            sale.id,
            sale.member,
            sale.number,
            sale.occurred_at,
            sale.total,
            sale.due,
            sale.store,
            sa.func.coalesce(change.refunded, 0).label("refunded"),
            sa.func.coalesce(change.cancelled, sa.false()).label("cancelled"),
        )
        .outerjoin_from(purchases, purchase_changes, change.purchase == sale.id)
        .where(sale.member.in_(people))
    )
    for row in session.execute(_latest(statement, sale.occurred_at, before)).mappings():
        yield Event("purchase", row["occurred_at"], f"{row['number']:020}", {**row, "booking": row["id"]})


def _bookings(session: Session, people: Sequence[str], before: datetime | None) -> Iterable[Event]:
    """What was booked by hand or by a program, apart from sales and from what moves nothing a member would notice."""
    row_of = bookings.c
    statement = sa.select(row_of.id, row_of.number, row_of.verb, row_of.occurred_at).where(
        row_of.member.in_(people), row_of.verb.not_in(("purchase", "member", "nothing"))
    )
    for row in session.execute(_latest(statement, row_of.occurred_at, before)).mappings():
        yield Event("booking", row["occurred_at"], f"{row['number']:020}", {**row, "booking": row["id"]})


def _clock(session: Session, people: Sequence[str], before: datetime | None) -> Iterable[Event]:
    """What time did: points that expired, birthday points."""
    move = transfers.c
    statement = sa.select(transfers).where(move.member.in_(people), move.booking.is_(None))
    together: dict[tuple[datetime, str], list[PointsRow]] = {}
    for row in session.execute(_latest(statement, move.occurred_at, before)).mappings():
        together.setdefault((row["occurred_at"], row["kind"]), []).append(_points(row))
    for (at, kind), rows in together.items():
        rows.sort(key=lambda row: row.number)
        yield Event("clock", at, f"{rows[0].number:020}", {"kind": kind}, tuple(rows))


def _levels(session: Session, member: str, before: datetime | None, lowest: str | None) -> Iterable[Event]:
    spell = tier_spells.c
    statement = sa.select(spell.number, spell.tier, spell.since, spell.at).where(spell.member == member)
    rows = session.execute(_latest(statement, spell.at, before)).mappings().all()
    for i, row in enumerate(rows):
        earlier = rows[i + 1]["tier"] if i + 1 < len(rows) else None
        if earlier is None and row["tier"] == lowest:
            continue  # everybody begins there: joining says it already
        yield Event("level", row["at"], f"{row['number']:020}", {**row, "before": earlier})


def _cards(session: Session, people: Sequence[str], before: datetime | None) -> Iterable[Event]:
    event = card_events.c
    statement = (
        sa.select(event.id, event.event, event.at, event.staff, event.reason, Card.kind, Card.token)
        .join_from(card_events, Card, Card.id == event.card_id)
        .where(Card.member_id.in_(people), event.event != "stock")  # before it was anybody's
    )
    for row in session.execute(_latest(statement, event.at, before)).mappings():
        yield Event("card", row["at"], row["id"], dict(row))


def _with_rows(session: Session, page: Sequence[Event]) -> Iterable[Event]:
    """The events with the transfers of their bookings."""
    wanted = [event.facts["booking"] for event in page if event.facts.get("booking")]
    found: dict[str, list[PointsRow]] = {}
    if wanted:
        move = transfers.c
        statement = sa.select(transfers).where(move.booking.in_(wanted)).order_by(move.number)
        for row in session.execute(statement).mappings():
            found.setdefault(row["booking"], []).append(_points(row))
    for event in page:
        rows = found.get(event.facts.get("booking") or "", ())
        yield Event(event.kind, event.at, event.key, event.facts, tuple(rows)) if rows else event


def _points(row: Any) -> PointsRow:
    into = str(row["credit"]).startswith("member:")
    return PointsRow(
        number=row["number"],
        kind=row["kind"],
        wallet=row["wallet"],
        amount=row["amount"] if into else -row["amount"],
        member=row["member"],
        reverses=row["reverses"],
        reason=row["reason"],
    )
