"""A row of the members' list: what may stand in it, and how it is read for the members of one page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from loyalty.members.names import masked_name
from loyalty.members.tables import Member
from loyalty.points.calendar import end_of_day
from loyalty.points.tables import OPEN_LOT, accounts, lots, standings
from loyalty.points.tables_sale import purchase_states
from loyalty.web.backoffice.members_filter import SOON
from loyalty.web.shop import Shop


@dataclass(frozen=True)
class Row:
    """`available` and `expiring` in the main wallet's smallest unit, `spend` of a lifetime in the currency's."""

    id: str
    number: str
    name: str
    language: str
    level: str | None
    available: int
    expiring: int
    visited_on: date | None
    joined_at: datetime
    closed: bool
    spend: int = 0
    phone: str = ""
    email: str = ""
    """Empty for who may not read contacts."""


class RowColumns:
    """What a row shows, as expressions over the member's own row."""

    def __init__(self, shop: Shop) -> None:
        lot, state = lots.c, purchase_states.c
        self.available: ColumnElement[int] = sa.func.coalesce(accounts.c.active - accounts.c.deficit, 0)
        self.spend: ColumnElement[int] = sa.func.coalesce(standings.c.spend, 0)
        self.visited = (
            sa.select(sa.func.max(state.day)).where(state.member == Member.id, state.counts.is_(True)).scalar_subquery()
        )
        self.dying: tuple[ColumnElement[bool], ...] = (
            lot.expires_at.is_not(None),
            lot.remaining > 0,
            sa.literal_column(f"({OPEN_LOT.text})", sa.Boolean),  # the words of the index of open lots
            lot.wallet == shop.main_wallet,
            lot.expires_at > shop.now,
            lot.expires_at <= end_of_day(shop.today + SOON, shop.zone),
        )
        self.expiring = sa.func.coalesce(
            sa.select(sa.func.sum(lot.remaining)).where(lot.member == Member.id, *self.dying).scalar_subquery(), 0
        )


def joined(statement: sa.Select[Any], shop: Shop) -> sa.Select[Any]:
    """`statement` over members with their standing and the account of the main wallet."""
    return (
        statement.select_from(Member)
        .outerjoin(standings, standings.c.member == Member.id)
        .outerjoin(accounts, sa.and_(accounts.c.member == Member.id, accounts.c.wallet == shop.main_wallet))
    )


def rows_of(session: Session, shop: Shop, ids: list[str], full: bool) -> tuple[Row, ...]:
    """Rows of these members, in this order. `full`: may this person read names and contacts; else they are masked."""
    columns = RowColumns(shop)
    statement = sa.select(
        Member.id,
        Member.number,
        Member.name,
        Member.language,
        Member.joined_at,
        Member.status,
        Member.phone,
        Member.email,
        standings.c.tier.label("level"),
        columns.available.label("available"),
        columns.expiring.label("expiring"),
        columns.spend.label("spend"),
        columns.visited.label("visited"),
    )
    rows = session.execute(joined(statement, shop).where(Member.id.in_(ids)))
    found = {row.id: _row(row, full) for row in rows}
    return tuple(found[id] for id in ids if id in found)


def _row(row: Any, full: bool) -> Row:
    visited = row.visited
    return Row(
        id=row.id,
        number=row.number,
        name=row.name if full else masked_name(row.name),
        language=row.language,
        level=row.level,
        available=int(row.available),
        expiring=int(row.expiring),
        visited_on=date.fromisoformat(visited) if isinstance(visited, str) else visited,
        joined_at=row.joined_at.astimezone(UTC),
        closed=row.status != "active",
        spend=int(row.spend),
        phone=(row.phone or "") if full else "",
        email=(row.email or "") if full else "",
    )
