"""Shops to be measured: a plain programme, one with twenty rules, and members who buy."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import event

from loyalty.db.session import in_turn, open_engine, write
from loyalty.db.upgrade import upgrade
from loyalty.points.enrolment import Enrolment
from loyalty.points.sql_engine import Ledger

OPENED = datetime(2026, 3, 1, 9, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "currency": "HKD",
    "timezone": "Asia/Hong_Kong",
    "wallets": {"points": {"expiry": {"after": {"months": 12}, "round_up": "month"}}},
    "earn": [{"name": "base", "per_amount": {"points": 1, "per": 1}}],
    "tiers": {"metric": "spend", "levels": [{"name": "Basic", "from": 0}, {"name": "Gold", "from": 100000000}]},
}
_SHELVES = ("tea", "cake", "fruit", "wine", "flowers")
RICH: dict[str, Any] = PLAIN | {
    "earn": [
        {"name": "base", "per_amount": {"points": 1, "per": 1}},
        *({"name": f"more {name}", "multiply": 2, "when": {"category": name}} for name in _SHELVES),
        *({"name": f"gift {name}", "bonus": 5, "when": {"category": name, "min_amount": 50}} for name in _SHELVES),
        *({"name": f"sku {n}", "fixed": 3, "when": {"sku": f"s{n}"}} for n in range(5)),
        {"name": "Sunday", "multiply": 3, "when": {"weekday": ["sun"]}, "group": "days"},
        {"name": "evening", "multiply": 2, "when": {"time": {"from": "18:00", "to": "21:00"}}, "group": "days"},
        {"name": "first", "on": "first_purchase", "bonus": 100},
        {"name": "Gold's", "bonus": 10, "when": {"tier": "Gold"}},
    ],
}
BASKET = [{"sku": f"s{n}", "category": name, "amount": 20 + 9 * n} for n, name in enumerate(_SHELVES)]


def _less_careful(connection: Any, _record: Any) -> None:
    """For comparison only: work that was answered may be lost in a power cut."""
    connection.execute("PRAGMA synchronous = NORMAL")


class Shop:
    """A database file with a programme and members `m0`, `m1`, …, in FULL (as shipped) or NORMAL."""

    def __init__(self, file: Path, programme: Mapping[str, Any], members: int, synchronous: str = "FULL") -> None:
        self.engine = open_engine(f"sqlite:///{file}")
        if synchronous != "FULL":
            event.listen(self.engine, "connect", _less_careful)
        upgrade(self.engine)
        self.members, self._done, self._lock = members, 0, Lock()
        with write(self.engine) as session:
            ledger = Ledger(session)
            ledger.put_programme(programme, OPENED)
            for number in range(members):
                ledger.enrol(Enrolment(f"m{number}"), OPENED)

    def buy(self, **basket: Any) -> None:
        """One purchase from BEGIN to the disk."""
        with self._lock:
            self._done += 1
            number = self._done
        body = {"id": f"p{number:012}", "member": f"m{number * 7 % self.members}", **basket}
        self.book(body, OPENED + timedelta(milliseconds=number))

    def book(self, body: Mapping[str, Any], now: datetime) -> None:
        in_turn(self.engine, lambda session: Ledger(session).perform("purchase", body, now).result)

    def buy_simple(self) -> None:
        self.buy(amount="105.00")

    def buy_basket(self) -> None:
        self.buy(lines=BASKET)

    def close(self) -> None:
        self.engine.dispose()
