"""What the shop has on record, as a trial replays it: sales and rewards taken, in the order they were booked, imported
ones in the order they were made.

What came back of a sale counts as never sold. What a person did by hand (credits, transfers, levels given) is not the
programme's doing and is left out; so are events, and what a till took off by itself. Reads a few hundred bookings at a
time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.booking_order import Place
from loyalty.members.tables import Member
from loyalty.points.calendar import start_of_day
from loyalty.points.enrolment import Enrolment
from loyalty.points.exact import exact, half_up
from loyalty.points.facts import Exact
from loyalty.points.sale_lines import KnownLines
from loyalty.points.tables import bookings, point_members, spends, standings
from loyalty.points.tables_sale import purchase_changes, purchase_lines, purchases

AT_ONCE = 400
"""Bookings read together; SQLite takes at most some thousands of values in a statement."""
REPLAYED = ("purchase", "redeem")
_OF_BOOKINGS = [bookings.c[name] for name in ("number", "id", "verb", "member", "occurred_at")]
_QUANTITY = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Taken:
    """A reward somebody took: `pieces` of one with a price, or `points` (smallest units) of one paid by the point."""

    reward: str
    wallet: str
    pieces: int
    points: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A booking to be done again. `body` without rewards, as the engine's verb takes it; moments are aware.

    `recorded_at`: of an imported sale its own moment, see booking_order.py.
    """

    verb: str
    body: dict[str, Any]
    member: str
    occurred_at: datetime
    recorded_at: datetime
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A member comes in at `at`, with nothing brought along."""

    at: datetime
    enrolment: Enrolment


def span_of(session: Session) -> tuple[datetime, datetime] | None:
    """When the first and the last recorded sale happened; None when there is none."""
    first, last = session.execute(
        sa.select(sa.func.min(purchases.c.occurred_at), sa.func.max(purchases.c.occurred_at))
    ).one()
    return None if first is None else (first, last)


def left_out(session: Session, until: datetime) -> dict[str, int]:
    """Bookings before `until` that are not replayed, by verb. Returns and signups count, each in its own way."""
    rows = session.execute(
        sa.select(bookings.c.verb, sa.func.count())
        .where(bookings.c.recorded_at < until, bookings.c.verb.not_in([*REPLAYED, "return", "cancel"]))
        .where(sa.not_(bookings.c.id.like("signup:%")))
        .group_by(bookings.c.verb)
        .order_by(bookings.c.verb)
    )
    return {verb: int(many) for verb, many in rows}


def arrivals(session: Session, zone: ZoneInfo) -> list[Arrival]:
    """Everybody, in the order they came."""
    rows = session.execute(
        sa.select(point_members.c.id, point_members.c.joined, point_members.c.birthday, point_members.c.segments)
        .add_columns(Member.joined_at)
        .join(standings, standings.c.member == point_members.c.id)
        .outerjoin(Member, Member.id == point_members.c.id)
        .order_by(standings.c.arrival)
    )
    return [
        Arrival(joined_at or start_of_day(joined, zone), Enrolment(id, joined, birthday, tuple(segments)))
        for id, joined, birthday, segments, joined_at in rows
    ]


def marked(arrivals: Sequence[Arrival], tags: Mapping[str, str]) -> list[Arrival]:
    """The same people, some of them with one fixed segment more."""
    return [
        replace(each, enrolment=replace(each.enrolment, segments=(*each.enrolment.segments, tags[member])))
        if (member := each.enrolment.member) in tags
        else each
        for each in arrivals
    ]


def recorded(session: Session, order: Sequence[Place]) -> Iterator[tuple[int, list[Recorded]]]:
    """Portions of the bookings in `order`: how many were looked at, and those to be done again."""
    for begin in range(0, len(order), AT_ONCE):
        places = order[begin : begin + AT_ONCE]
        found = session.execute(
            sa.select(*_OF_BOOKINGS, purchases.c.store, purchases.c.channel, purchases.c.tender, purchases.c.codes)
            .outerjoin(purchases, purchases.c.id == bookings.c.id)
            .where(bookings.c.number.in_([number for _moment, number in places]))
        )
        rows = {row.number: row for row in found}
        yield len(places), _portion(session, [(moment, rows[number]) for moment, number in places])


def _portion(session: Session, placed: Sequence[tuple[datetime, Any]]) -> list[Recorded]:
    rows = [row for _moment, row in placed]
    sold = [row.id for row in rows if row.verb == "purchase"]
    lines, shares = _lines_of(session, sold), _shares_of(session, sold)
    taken = _taken_by(session, [row.id for row in rows])
    found = []
    for moment, row in placed:
        body = _body(row, lines, shares)
        if body is not None:
            rewards = tuple(taken.get(row.id, ()))
            found.append(Recorded(row.verb, body, row.member, row.occurred_at, moment, rewards))
    return found


def _body(row: Any, lines: dict[str, list[Any]], shares: dict[str, Any]) -> dict[str, Any] | None:
    """None for what is not replayed."""
    body: dict[str, Any] = {"id": row.id, "member": row.member}
    if row.verb == "redeem":
        return body
    if row.verb != "purchase":
        return None
    for name in ("store", "channel", "tender"):
        if (value := getattr(row, name)) is not None:
            body[name] = value
    if row.codes:
        body["codes"] = list(row.codes)
    body["lines"] = KnownLines(_kept(lines.get(row.id, []), shares.get(row.id)))
    return body if body["lines"] else None


def _kept(lines: Sequence[Any], shares: Sequence[Exact] | None) -> Iterator[tuple[Any, ...]]:
    """The lines of a sale, less what came back of them; as KnownLines holds them."""
    position = 0
    for place, (sku, category, labels, quantity, amount) in enumerate(lines):
        if shares and (left := 1 - shares[place]) != 1:
            if left <= 0:
                continue
            quantity, amount = _shortened(quantity * left), half_up(amount * left)
        yield position, amount, quantity, sku, category, tuple(labels or ())
        position += 1


def _shortened(value: Exact) -> Exact:
    """To six places, and never nothing."""
    if not isinstance(value, Fraction):
        return value
    return exact(max((Decimal(value.numerator) / Decimal(value.denominator)).quantize(_QUANTITY), _QUANTITY))


def _lines_of(session: Session, sales: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    line = purchase_lines.c
    wanted = sa.select(line.purchase, line.sku, line.category, line.labels, line.quantity, line.amount)
    for sale, *row in session.execute(wanted.where(line.purchase.in_(sales)).order_by(line.purchase, line.position)):
        found[sale].append(row)
    return found


def _shares_of(session: Session, sales: Sequence[str]) -> dict[str, Any]:
    """Of sales that came back: the share of each line, 0 to 1."""
    change = purchase_changes.c
    wanted = sa.select(change.purchase, change.returned).where(change.purchase.in_(sales))
    return {purchase: shares for purchase, shares in session.execute(wanted) if shares}


def _taken_by(session: Session, ids: Sequence[str]) -> dict[str, list[Taken]]:
    found: dict[str, list[Taken]] = defaultdict(list)
    spend = spends.c
    wanted = sa.select(spend.booking, spend.reward, spend.wallet, spend.pieces, spend.amount)
    wanted = wanted.where(spend.booking.in_(ids), spend.kind == "reward", spend.restored < spend.amount)
    for row in session.execute(wanted.order_by(spend.number)):
        found[row.booking].append(Taken(row.reward, row.wallet, row.pieces, row.amount))
    return found
