"""What can be exported: for each kind its headings and its rows, read piece by piece from one state of the database.

The headings are those that `loyalty import` knows, so that a file can come back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Card, Member
from loyalty.ops.exports.table import Cell
from loyalty.points.calendar import start_of_day, zone_of
from loyalty.points.programme import Programme
from loyalty.points.tables import lots, transfers
from loyalty.points.tables_sale import purchase_states, purchases

_AT_ONCE = 2_000


@dataclass(frozen=True)
class Ways:
    """How amounts and moments are shown: the programme in force, and the first and last local day (inclusive)."""

    programme: Programme
    first: date | None = None
    last: date | None = None

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.programme.timezone)

    def money(self, units: int) -> Decimal:
        return Decimal(units).scaleb(-self.programme.digits)

    def points(self, wallet: str, units: int) -> Decimal:
        known = self.programme.wallets.get(wallet)
        return Decimal(units).scaleb(-(known.decimals if known else 0))

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def within(self, column: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
        """Conditions on a column of moments."""
        found = [column >= start_of_day(self.first, self.zone)] if self.first else []
        return [*found, column < start_of_day(self.last + timedelta(days=1), self.zone)] if self.last else found


@dataclass(frozen=True)
class Export:
    """`personal`: holds names, phones or e-mails, which not everybody may see."""

    headings: Sequence[str]
    rows: Callable[[Session, Ways], Iterator[Sequence[Cell]]]
    personal: bool = False


def _stream(session: Session, statement: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
    return iter(session.execute(statement.execution_options(yield_per=_AT_ONCE)))


def _members(session: Session, ways: Ways) -> Iterator[Sequence[Cell]]:
    m = Member.__table__.c
    statement = sa.select(*(m[name] for name in MEMBERS), m.status).order_by(m.id).where(*ways.within(m.joined_at))
    for row in _stream(session, statement):
        cells = dict(zip(MEMBERS, row, strict=False))
        cells["joined_at"] = ways.local(row.joined_at)
        yield [*cells.values(), row.status]


MEMBERS = (
    *("number", "name", "family_name", "given_name", "phone", "email", "birthday", "language", "joined_at", "notes"),
)


def _cards(session: Session, ways: Ways) -> Iterator[Sequence[Cell]]:
    card = Card.__table__.c
    statement = (
        sa.select(Member.number, card.kind, card.token, card.status, card.issued_at)
        .join(Member, Member.id == card.member_id)
        .where(*ways.within(card.issued_at))
        .order_by(card.id)
    )
    for row in _stream(session, statement):
        yield row.number, row.kind, row.token, row.status, ways.local(row.issued_at)


def _transfers(session: Session, ways: Ways) -> Iterator[Sequence[Cell]]:
    t = transfers.c
    statement = (
        sa.select(t.number, t.occurred_at, t.recorded_at, Member.number.label("of"), t.wallet, t.kind, t.debit)
        .add_columns(t.amount, t.balance_after, t.booking, t.reason, t.member)
        .outerjoin(Member, Member.id == t.member)
        .where(*ways.within(t.occurred_at))
        .order_by(t.number)
    )
    for row in _stream(session, statement):
        change = -row.amount if row.debit == f"member:{row.member}:{row.wallet}" else row.amount
        yield (
            *(row.number, ways.local(row.occurred_at), ways.local(row.recorded_at), row.of or row.member, row.wallet),
            *(row.kind, ways.points(row.wallet, change), ways.points(row.wallet, row.balance_after), row.booking),
            row.reason,
        )


def _balances(session: Session, ways: Ways) -> Iterator[Sequence[Cell]]:
    """A row for each member, wallet and last day, so that the file brings the same points into another shop."""
    lot = lots.c
    statement = (
        sa.select(Member.number, lot.wallet, lot.last_day, sa.func.sum(lot.remaining).label("units"))
        .add_columns(sa.func.sum(lot.cost).label("cost"))
        .join(Member, Member.id == lot.member)
        .where(lot.remaining > 0)
        .group_by(Member.number, lot.wallet, lot.last_day)
        .order_by(Member.number, lot.wallet, lot.last_day)
    )
    for row in _stream(session, statement):
        cost = ways.money(int(row.cost)) if row.cost else None
        yield row.number, row.wallet, ways.points(row.wallet, int(row.units)), row.last_day, cost


def _sales(session: Session, ways: Ways) -> Iterator[Sequence[Cell]]:
    p, s = purchases.c, purchase_states.c
    statement = (
        sa.select(p.id, Member.number, p.total, p.due, s.net, p.occurred_at, p.store, p.channel, p.tender, s.cancelled)
        .join(purchase_states, s.purchase == p.id)
        .outerjoin(Member, Member.id == p.member)
        .where(*ways.within(p.occurred_at))
        .order_by(p.number)
    )
    for row in _stream(session, statement):
        yield (
            *(row.id, row.number, ways.money(row.total), ways.money(row.due), ways.money(row.net)),
            *(ways.local(row.occurred_at), row.store, row.channel, row.tender, "yes" if row.cancelled else "no"),
        )


EXPORTS: Mapping[str, Export] = {
    "members": Export((*MEMBERS, "status"), _members, personal=True),
    "cards": Export(("member", "kind", "token", "status", "issued_at"), _cards, personal=True),
    "transfers": Export(
        (
            *("number", "occurred_at", "recorded_at", "member", "wallet", "kind", "points", "balance_after", "booking"),
            "reason",
        ),
        _transfers,
    ),
    "balances": Export(("member", "wallet", "points", "expires_on", "cost"), _balances),
    "sales": Export(
        ("id", "member", "amount", "due", "net", "occurred_at", "store", "channel", "tender", "cancelled"), _sales
    ),
}

