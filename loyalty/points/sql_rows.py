"""Fact types and their tables: how a row becomes a frozen fact and back. Columns are named as the fields."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from operator import attrgetter
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from loyalty.db.prepared import KEY, Cursor, Prepared
from loyalty.points import facts, facts_sale, facts_tier
from loyalty.points import tables as t
from loyalty.points import tables_sale as ts

Row = TypeVar("Row")


class Mapping(Generic[Row]):
    """One fact type, its table and the statements that write it."""

    def __init__(self, kind: type[Row], table: sa.Table) -> None:
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        self.kind = kind
        self.table = table
        self.names = self.column_names(names)
        self.columns = [table.c[name] for name in self.names]
        self._get = attrgetter(*names)
        keys = [column for column in table.primary_key if column.name in self.names]
        self.keys = keys or [table.c.member]  # standings are counted by arrival, but found by member
        values: dict[str, Any] = {name: sa.bindparam(name) for name in self.names}
        self.insert = Prepared(sa.insert(table).values(values).inline())
        self._cells = attrgetter(*self.names)
        self._updates: dict[tuple[str, ...], Prepared] = {}

    def column_names(self, names: list[str]) -> list[str]:
        return names

    def make(self, row: Sequence[Any]) -> Row:
        return self.kind(*row)

    def values(self, row: Row) -> dict[str, Any]:
        return dict(zip(self.names, self._get(row), strict=True))

    def changed(self, before: Row, after: Row) -> tuple[str, ...]:
        """Names of the columns that differ."""
        pairs = zip(self.names, self._cells(before), self._cells(after), strict=True)
        return tuple(name for name, old, new in pairs if old is not new and old != new)

    def update(self, names: tuple[str, ...]) -> Prepared:
        """Writes these columns of a row that is there: SQLite writes every index anew that a named column is in."""
        found = self._updates.get(names)
        if found is None:
            where = [column == sa.bindparam(f"{KEY}{column.name}") for column in self.keys]
            changing: dict[str, Any] = {name: sa.bindparam(name) for name in names}
            found = self._updates[names] = Prepared(sa.update(self.table).where(*where).values(changing))
        return found

    def query(self, *where: Any, order: Sequence[Any] = (), first: bool = False) -> "Query[Row]":
        """A prepared SELECT of whole facts; `where` names its values with `sa.bindparam`."""
        statement = sa.select(*self.columns).where(*where).order_by(*order)
        return Query(self.make, Prepared(statement.limit(1) if first else statement))


@dataclass(frozen=True)
class Query(Generic[Row]):
    make: Callable[[Sequence[Any]], Row]
    prepared: Prepared

    def one(self, cursor: Cursor, **values: Any) -> Row | None:
        row = cursor.row(self.prepared, **values)
        return None if row is None else self.make(row)

    def many(self, cursor: Cursor, **values: Any) -> list[Row]:
        return [self.make(row) for row in cursor.rows(self.prepared, **values)]


class _RuleUses(Mapping[facts_sale.RuleUse]):
    """Points of a use lie in two columns, so that SQL can add them up exactly."""

    def column_names(self, names: list[str]) -> list[str]:
        return [*(name for name in names if name != "points"), "points_over", "points_under"]

    def make(self, row: Sequence[Any]) -> facts_sale.RuleUse:
        values = dict(zip(self.names, row, strict=True))
        points = Fraction(values.pop("points_over"), values.pop("points_under"))
        return facts_sale.RuleUse(**values, points=points.numerator if points.denominator == 1 else points)


members = Mapping(facts.Member, t.point_members)
standings = Mapping(facts.Standing, t.standings)
accounts = Mapping(facts.Account, t.accounts)
lots = Mapping(facts.Lot, t.lots)
transfers = Mapping(facts.Transfer, t.transfers)
bookings = Mapping(facts.Booking, t.bookings)
spends = Mapping(facts.Spend, t.spends)
settlements = Mapping(facts.Settlement, t.settlements)
holds = Mapping(facts.Hold, t.holds)
purchases = Mapping(facts_sale.Purchase, ts.purchases)
purchase_lines = Mapping(facts_sale.PurchaseLine, ts.purchase_lines)
purchase_states = Mapping(facts_sale.PurchaseState, ts.purchase_states)
purchase_changes = Mapping(facts_sale.PurchaseState, ts.purchase_changes)
awards = Mapping(facts_sale.Award, ts.awards)
clock_awards = Mapping(facts_sale.Award, ts.clock_awards)
rule_uses = _RuleUses(facts_sale.RuleUse, ts.rule_uses)
vouchers = Mapping(facts_sale.Voucher, ts.vouchers)
topups = Mapping(facts_sale.TopUp, ts.topups)
entitlements = Mapping(facts_tier.Entitlement, ts.entitlements)
tier_spells = Mapping(facts_tier.TierSpell, ts.tier_spells)
versions = Mapping(facts_tier.VersionRow, ts.programme_versions)

PLAIN: tuple[Mapping[Any], ...] = (
    members,
    standings,
    lots,
    spends,
    settlements,
    holds,
    purchases,
    purchase_lines,
    rule_uses,
    vouchers,
    topups,
    tier_spells,
    versions,
)
"""Written row by row as they are. The others, see ledger.py."""
