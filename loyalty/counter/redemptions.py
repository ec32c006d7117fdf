"""Rewards between the cashier's choice and the customer's hands, on this counter's disk.

asking -> held -> sold -> captured           the way of a reward that goes well
asking -> refused | released                 the server says no, or the cashier thinks better of it
held, sold -> released                       cancelled, not handed out, or left by a counter that was killed

`asking` and `held` belong to the till's open sale; a row in one of them that the till does not know is given back.
"""

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from loyalty.clock import rfc3339
from loyalty.contract.outcomes import RewardOffer
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.store import Store

ASKING, HELD, SOLD = "asking", "held", "sold"
CAPTURED, RELEASED, REFUSED = "captured", "released", "refused"


@dataclass(frozen=True)
class Redemption:
    """`id` names the hold. `offline`: no hold could be asked for; it stays within the counter's floor limit.

    `handed`: something comes out for the customer; else the reward lowers the sale. `points` are those set aside.
    """

    id: str
    member: str
    offer: RewardOffer
    made_at: datetime
    state: str = ASKING
    quantity: int = 1
    points: Decimal = Decimal(0)
    handed: bool = False
    offline: bool = False
    sale: str | None = None
    until: datetime | None = None

    @property
    def by_point(self) -> bool:
        """Points as money: the sale takes as many as it needs of those held."""
        return self.offer.kind == "per_point"


class Redemptions:
    """Rows are kept; the state of each is written before anything follows from it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, id: str) -> Redemption | None:
        rows = self._store.rows("SELECT * FROM redemption WHERE id = ?", id)
        return _read(rows[0]) if rows else None

    def open(self) -> list[Redemption]:
        """All that are not settled yet, the oldest first."""
        rows = self._store.rows(
            "SELECT * FROM redemption WHERE state IN ('asking', 'held', 'sold') ORDER BY made_at, id"
        )
        return [_read(row) for row in rows]

    def of_sale(self, sale: str) -> list[Redemption]:
        return [_read(row) for row in self._store.rows("SELECT * FROM redemption WHERE sale = ?", sale)]

    def given_offline(self, member: str, since: datetime) -> Decimal:
        """Points that this counter gave away for the member since then without asking the server."""
        rows = self._store.rows(
            "SELECT body FROM redemption WHERE member = ? AND made_at >= ? AND state IN ('held', 'sold', 'captured')",
            member, rfc3339(since),
        )  # fmt: skip
        found = (json.loads(row["body"]) for row in rows)
        return sum((Decimal(body["points"]) for body in found if body["offline"]), Decimal(0))

    def save(self, row: Redemption) -> None:
        with self._store.writing() as connection:
            write(connection, row)


def write(connection: sqlite3.Connection, *rows: Redemption) -> None:
    """Within a transaction of somebody else's."""
    connection.executemany(
        "INSERT OR REPLACE INTO redemption (id, member, body, state, sale, made_at) VALUES (?, ?, ?, ?, ?, ?)",
        [(row.id, row.member, json.dumps(to_json(row), ensure_ascii=False), row.state, row.sale, rfc3339(row.made_at))
         for row in rows],
    )  # fmt: skip


def sold(row: Redemption, sale: str | None) -> Redemption:
    return replace(row, state=SOLD, sale=sale)


def _read(row: sqlite3.Row) -> Redemption:
    return from_json(Redemption, json.loads(row["body"]))
