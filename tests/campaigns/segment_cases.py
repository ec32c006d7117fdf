"""The shop's rows as plain lists, and for every fact of segments a condition with whom it chooses by plain counting."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.record_tables import member_consents, member_tags
from loyalty.members.referral_tables import referrals
from loyalty.members.tables import Member
from loyalty.members.value_tables import member_values
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.tables import accounts, bookings, standings
from loyalty.points.tables_sale import purchase_lines, purchase_states, purchases, rule_uses
from tests.web.harbour import NOW

ZONE = zone_of("Asia/Hong_Kong")
TODAY = day_of(NOW, ZONE)


class Rows:
    """The shop's rows as plain lists; figures of one member from them."""

    def __init__(self, session: Session) -> None:
        self.members = {each.id: each for each in session.scalars(sa.select(Member)) if each.status == "active"}
        self.names = {each.id: each.name for each in self.members.values()}
        store = {row.id: row.store for row in session.execute(sa.select(purchases))}
        lines = defaultdict(list)
        for line in session.execute(sa.select(purchase_lines)):
            lines[line.purchase].append((line.category, line.amount))
        self.sales: dict[str, list[tuple[date, int, str | None, list[tuple[str, int]]]]] = defaultdict(list)
        for row in session.execute(sa.select(purchase_states)):
            if row.counts:
                self.sales[row.member].append((row.day, row.net, store[row.purchase], lines[row.purchase]))
        self.tables = {
            table.name: list(session.execute(sa.select(table)))
            for table in (
                *(standings, accounts, bookings, rule_uses),
                *(member_tags, member_consents, member_values, referrals),
            )
        }

    def since(self, id: str, days: int | None = None) -> list[Any]:
        first = date.min if days is None else TODAY - timedelta(days=days - 1)
        return [sale for sale in self.sales[id] if sale[0] >= first]

    def of(self, table: str, id: str) -> list[Any]:
        return [row for row in self.tables[table] if id in (row._mapping.get("member"), row._mapping.get("member_id"))]

    def value(self, id: str) -> Any:
        return next(iter(self.of("member_values", id)), None)


def consented(rows: Rows, id: str) -> bool:
    said = sorted(rows.of("member_consents", id), key=lambda row: row.id)
    return bool(said) and said[-1].given


def spent(rows: Rows, id: str, days: int | None = None) -> int:
    return sum(sale[1] for sale in rows.since(id, days))


def born(rows: Rows, id: str) -> date:
    found = rows.members[id].birthday
    assert found is not None
    return found


Fits = Callable[[Rows, str], bool]
CASES: dict[str, tuple[dict[str, Any], Fits]] = {
    "language": ({"value": ["zh-Hant"]}, lambda r, id: r.members[id].language == "zh-Hant"),
    "level": ({"value": ["Gold", "Silver"]}, lambda r, id: r.of("standings", id)[0].tier in ("Gold", "Silver")),
    "tag": ({"value": "staff"}, lambda r, id: bool(r.of("member_tags", id))),
    "consent": ({"value": "marketing"}, consented),
    "birthday_month": ({"value": ["3", "11"]}, lambda r, id: born(r, id).month in (3, 11)),
    "age": ({"value": 40}, lambda r, id: (TODAY.replace(year=TODAY.year - 40)) >= born(r, id)),
    "joined_days": (
        {"value": 180, "is": "at_most"},
        lambda r, id: (TODAY - day_of(r.members[id].joined_at, ZONE)).days <= 180,
    ),
    "points": ({"value": 100}, lambda r, id: sum(
        row.active - row.deficit for row in r.of("accounts", id) if row.wallet == "points") >= 100),
    "purchases": ({"value": 5, "days": 60}, lambda r, id: len(r.since(id, 60)) >= 5),
    "spend": ({"value": "500.50", "days": 30}, lambda r, id: spent(r, id, 30) >= 50050),
    "average": ({"value": 250}, lambda r, id: bool(r.since(id)) and spent(r, id) / len(r.since(id)) >= 25000),
    "last_days": ({"value": 14, "is": "at_most"}, lambda r, id: any((TODAY - s[0]).days <= 14 for s in r.since(id))),
    "store": ({"value": "Central", "days": 20}, lambda r, id: any(s[2] == "Central" for s in r.since(id, 20))),
    "channel": ({"value": "online"}, lambda r, id: False),
    "category": ({"value": "tea", "days": 25}, lambda r, id: any(
        line[0] == "tea" for s in r.since(id, 25) for line in s[3])),
    "store_purchases": ({"value": 3, "of": "Central"}, lambda r, id: sum(s[2] == "Central" for s in r.since(id)) >= 3),
    "category_spend": ({"value": 200, "of": "coffee", "days": 90}, lambda r, id: sum(
        line[1] for s in r.since(id, 90) for line in s[3] if line[0] == "coffee") >= 20000),
    "rewards": ({"value": 1, "days": 7}, lambda r, id: any(row.verb == "redeem" for row in r.of("bookings", id))),
    "friends": ({"value": 2, "days": 30}, lambda r, id: sum(row.brought_by == id and row.status != "refused" and (
        NOW - row.recorded_at).days < 30 for row in r.tables["referrals"]) >= 2),
    "rule": ({"value": "weekend", "days": 40}, lambda r, id: any(
        row.name == "weekend" and not row.undone and (TODAY - row.day).days < 40 for row in r.of("rule_uses", id))),
    "recency_score": ({"value": 4}, lambda r, id: bool(r.value(id)) and r.value(id).recency_score >= 4),
    "frequency_score": ({"value": 2, "is": "at_most"}, lambda r, id: bool(r.value(id)) and (
        r.value(id).frequency_score <= 2)),
    "money_score": ({"value": 5}, lambda r, id: bool(r.value(id)) and r.value(id).money_score >= 5),
    "cell": ({"value": ["4-*-5", "5-*-5"]}, lambda r, id: bool(r.value(id)) and (
        r.value(id).recency_score >= 4 and r.value(id).money_score == 5)),
    "top_percent": ({"value": 20, "is": "at_most"}, lambda r, id: bool(r.value(id)) and r.value(id).rank_share <= 200),
    "sales_percent": ({"value": 50, "is": "at_most"}, lambda r, id: bool(r.value(id)) and (
        r.value(id).money_share < 500)),
    "pyramid": ({"value": ["top", "big"]}, lambda r, id: bool(r.value(id)) and r.value(id).pyramid in ("top", "big")),
    "alive": ({"value": 80, "is": "at_most"}, lambda r, id: bool(r.value(id)) and r.value(id).alive <= 800),
    "next_year": ({"value": 9000}, lambda r, id: bool(r.value(id)) and r.value(id).next_year >= 900000),
    "lifetime": ({"value": 8000}, lambda r, id: bool(r.value(id)) and r.value(id).lifetime >= 800000),
}  # fmt: skip
