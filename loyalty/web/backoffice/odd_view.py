"""Findings as the pages show them: names as far as the person may see them, and the sales they rest on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.insight.odd_kept import PAGE, listed, open_by_rule, stores_with_some
from loyalty.members.tables import Member
from loyalty.members.watch_tables import staff_members
from loyalty.points.tables import transfers
from loyalty.points.tables_sale import purchases
from loyalty.web.backoffice.care_view import names_of


@dataclass(frozen=True)
class Findings:
    """`counts`: open ones by rule. `next`: how many rows to skip for the next page."""

    rows: tuple[Row[Any], ...]
    names: dict[str, str]
    counts: dict[str, int]
    next: int | None
    stores: tuple[str, ...]


def read_findings(session: Session, rule: str, store: str, settled: bool, skip: int, full_names: bool) -> Findings:
    found = listed(session, rule, store=store, settled=settled, skip=skip)
    names = names_of(session, (row.member_id for row in found), full_names)
    more = skip + PAGE if len(found) > PAGE else None
    return Findings(tuple(found[:PAGE]), names, open_by_rule(session), more, tuple(stores_with_some(session, settled)))


@dataclass(frozen=True)
class Sale:
    """`total` in the currency's smallest units. `transfer`: explains its points; None where it gave none."""

    id: str
    member: str
    store: str | None
    occurred_at: datetime
    total: int
    transfer: int | None


def sales_of(session: Session, finding: Row[Any]) -> list[Sale]:
    """Those that the finding names, the oldest first."""
    at, ids = purchases.c, list(finding.facts.get("sales", ()))
    why = sa.select(sa.func.min(transfers.c.number)).where(
        transfers.c.booking == at.id, transfers.c.member == at.member
    )
    statement = sa.select(at.id, at.member, at.store, at.occurred_at, at.total, why.scalar_subquery().label("transfer"))
    rows = session.execute(statement.where(at.id.in_(ids)).order_by(at.occurred_at, at.id))
    return [Sale(row.id, row.member, row.store, row.occurred_at, int(row.total), row.transfer) for row in rows]


def own_cards(session: Session) -> list[Row[Any]]:
    """Staff at tills whose own card is known: staff, member_id, number."""
    at = staff_members.c
    found = sa.select(at.staff, at.member_id, Member.number).join(Member, Member.id == at.member_id)
    return list(session.execute(found.order_by(at.staff)))
