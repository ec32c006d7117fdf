"""Why one transfer of points happened: rule, version, inputs, arithmetic, rounding, lots, and what reversed it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.tables import outcomes
from loyalty.errors import NotFound
from loyalty.points.facts import Exact
from loyalty.points.facts_sale import PurchaseLine
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import bookings, lot_moves, lots, spends, transfers
from loyalty.points.tables_sale import awards, programme_versions, purchases

_STEPS = re.compile(
    r"(?P<each>[\d./-]+) x (?P<steps>[\d./-]+) \((?P<sum>[\d./-]+) (?P<unit>pieces|paid) / (?P<per>[\d./-]+)\)"
)
_FACTOR = re.compile(r"x (?P<factor>[\d./]+)(?P<level> of the level)?")


@dataclass(frozen=True)
class Sum:
    """`each` points for every `per` of `total`: `steps` times. Money in its smallest unit unless `pieces`."""

    each: Exact
    steps: Exact
    total: Exact
    per: Exact
    pieces: bool


@dataclass(frozen=True)
class Entry:
    """What one rule gave, exactly. One of `sum`, `factor` or `said` (the engine's own words) tells how."""

    rule: str
    points: Exact
    sum: Sum | None
    factor: Exact | None
    said: str
    cut: bool
    """A limit left less than the arithmetic gives."""


@dataclass(frozen=True)
class LotPart:
    """What the transfer put into (above zero) or took out of one lot."""

    number: int
    moved: int
    amount: int
    remaining: int
    active_at: datetime
    last_day: date | None
    expires_at: datetime | None
    follows_activity: bool


@dataclass(frozen=True)
class Link:
    """Another transfer that took this one back, or was taken back by it."""

    number: int
    kind: str
    amount: int
    occurred_at: datetime


@dataclass(frozen=True)
class Explanation:
    """`amount` in the wallet's smallest unit, below zero when points left the member."""

    number: int
    kind: str
    wallet: str
    amount: int
    reason: str | None
    occurred_at: datetime
    recorded_at: datetime
    booking: str | None
    verb: str | None
    counter: str | None
    version: int | None
    version_at: datetime | None
    rounding: str
    entries: tuple[Entry, ...]
    rounded_by: Exact
    lines: tuple[PurchaseLine, ...]
    lots: tuple[LotPart, ...]
    reward: str | None
    reverses: Link | None
    reversed_by: tuple[Link, ...]
    balance_after: int
    hash: str

    @property
    def exact_total(self) -> Exact:
        """What the entries add up to, before rounding."""
        return sum((Fraction(entry.points) for entry in self.entries), Fraction(0))


def explain(session: Session, member: str, number: int) -> Explanation:
    """The story of transfer `number` of this member. NotFound when there is no such transfer."""
    row = (
        session.execute(sa.select(transfers).where(transfers.c.number == number, transfers.c.member == member))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("There is no such movement of points; go back to the member's page and open it again.")
    booking = row["booking"]
    version, version_at = _version(session, booking)
    entries, rounded_by, rounding = _award(session, row)
    return Explanation(
        number=number,
        kind=row["kind"],
        wallet=row["wallet"],
        amount=_signed(row),
        reason=row["reason"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        booking=booking,
        verb=session.scalar(sa.select(bookings.c.verb).where(bookings.c.id == booking)) if booking else None,
        counter=session.scalar(sa.select(outcomes.c.counter).where(outcomes.c.id == booking)) if booking else None,
        version=version,
        version_at=version_at,
        rounding=rounding,
        entries=entries,
        rounded_by=rounded_by,
        lines=tuple(SqlFacts(session).lines_of(booking)) if booking and row["kind"] == "earn" else (),
        lots=_lots(session, number),
        reward=_reward(session, row),
        reverses=_link(session, row["reverses"]),
        reversed_by=_reversals(session, number),
        balance_after=row["balance_after"],
        hash=row["hash"],
    )


def _signed(row: Any) -> int:
    amount = int(row["amount"])
    return amount if str(row["credit"]).startswith("member:") else -amount


def _version(session: Session, booking: str | None) -> tuple[int | None, datetime | None]:
    """The programme's version that judged the booking."""
    if booking is None:
        return None, None
    row = session.execute(
        sa.select(programme_versions.c.number, programme_versions.c.at)
        .join_from(programme_versions, bookings, bookings.c.programme == programme_versions.c.number)
        .where(bookings.c.id == booking)
    ).first()
    return (row[0], row[1]) if row else (None, None)


def _award(session: Session, row: Any) -> tuple[tuple[Entry, ...], Exact, str]:
    """The entries that made an earning, what rounding added, and how it rounded."""
    if row["kind"] != "earn":
        return (), 0, ""
    award = awards.c
    found = [
        entry
        for (entries,) in session.execute(
            sa.select(award.entries).where(
                _same(award.booking, row["booking"]), award.member == row["member"], award.wallet == row["wallet"]
            )
        )
        for entry in entries
    ]
    rounding = next((entry for entry in found if entry.rule == "rounding"), None)
    smallest = 10 ** (latest.programme.digits if (latest := SqlFacts(session).latest()) else 0)
    entries = tuple(_entry(entry, smallest) for entry in found if entry.rule != "rounding")
    return entries, rounding.points if rounding else 0, rounding.why if rounding else ""


def _same(column: Any, value: str | None) -> Any:
    return column.is_(None) if value is None else column == value


def _entry(entry: Any, smallest: int) -> Entry:
    found = _STEPS.match(entry.why)
    factor = _FACTOR.match(entry.why)
    return Entry(
        rule=entry.rule,
        points=entry.points,
        sum=_sum(found, smallest) if found else None,
        factor=Fraction(factor["factor"]) if factor else None,
        said=entry.why,
        cut="cut by its limit" in entry.why,
    )


def _sum(found: re.Match[str], smallest: int) -> Sum:  # the engine writes whole money, pages count the smallest unit
    each, steps, total, per = (Fraction(found[name]) for name in ("each", "steps", "sum", "per"))
    scale = 1 if found["unit"] == "pieces" else smallest
    return Sum(each, steps, total * scale, per * scale, pieces=found["unit"] == "pieces")


def _lots(session: Session, number: int) -> tuple[LotPart, ...]:
    lot, move = lots.c, lot_moves.c
    rows = session.execute(
        sa.select(
            lot.number, move.amount, lot.amount, lot.remaining, lot.active_at, lot.last_day, lot.expires_at,
            lot.follows_activity,
        )
        .join_from(lot_moves, lots, lot.number == move.lot)
        .where(move.transfer == number)
        .order_by(move.position)
    )  # fmt: skip
    return tuple(LotPart(*row) for row in rows)


def _reward(session: Session, row: Any) -> str | None:
    if row["kind"] != "spend" or row["booking"] is None:
        return None
    spend = spends.c
    found: str | None = session.scalar(
        sa.select(spend.reward).where(spend.booking == row["booking"], spend.wallet == row["wallet"]).limit(1)
    )
    return found


def _link(session: Session, number: int | None) -> Link | None:
    if number is None:
        return None
    row = session.execute(sa.select(transfers).where(transfers.c.number == number)).mappings().first()
    return None if row is None else Link(number, row["kind"], _signed(row), row["occurred_at"])


def _reversals(session: Session, number: int) -> tuple[Link, ...]:
    """Later transfers that name this one. Found through the member's own, so that no further index is needed."""
    mine = sa.select(transfers.c.member).where(transfers.c.number == number).scalar_subquery()
    rows = session.execute(
        sa.select(transfers)
        .where(transfers.c.member == mine, transfers.c.number > number, transfers.c.reverses == number)
        .order_by(transfers.c.number)
    ).mappings()
    return tuple(Link(row["number"], row["kind"], _signed(row), row["occurred_at"]) for row in rows)


def purchase_total(session: Session, booking: str) -> int | None:
    """What was paid for the sale, in the currency's smallest unit; None when the booking is none."""
    found: int | None = session.scalar(sa.select(purchases.c.total).where(purchases.c.id == booking))
    return found
