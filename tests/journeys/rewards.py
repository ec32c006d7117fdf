"""The small shop of the journeys with rewards of each kind, and members who have points for them."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.contract.card_report import hot_name
from loyalty.counter.staff import hash_pin
from tests.databases import NAME
from tests.journeys.programs import call, until
from tests.journeys.world import PROGRAMME, Person, World, running
from tests.neighbours import standing

SUE = Person("sue", "Sue", "0", "04F00DF00D0001")
"""A supervisor, with the PIN 2222 and a card."""


class RewardWorld(World):
    """Coffee is handed out, money comes off the sale; the shop lets 150 points a day and member go without the server,
    and the counter has it from there."""

    programme = PROGRAMME | {
        "wallets": PROGRAMME["wallets"]
        | {"purse": {"kind": "money"}, "visits": {"kind": "count"}, "stamps": {"kind": "count"},
           "gift": {"kind": "money", "bearer": True, "expiry": {"after": {"years": 3}}}},
        "topups": [
            {"name": "cash", "wallet": "purse", "pay": 100, "bonus": 0},
            {"name": "ten visits", "wallet": "visits", "pay": 80, "gives": 10},
        ],
        "rewards": [
            {"name": "Coffee", "cost": 100, "value": {"product": "coffee"}},
            {"name": "$10 off", "cost": 120, "value": {"amount": 10}},
            {"name": "$50 off", "cost": 500, "value": {"amount": 50}, "when": {"min_amount": 60}},
            {"name": "Points as money", "wallet": "points", "per_point": Decimal("0.1"), "step": 10, "min_points": 20},
            {"name": "Ticket", "cost": 50, "value": {"voucher": {"amount": 20}}},
        ],
    }
    more_settings = (
        "[[counter.staff]]", 'id = "amy"', 'name = "Amy"', f'pin_hash = "{hash_pin("1111")}"',
        f'card = "{hot_name("barcode", "STAFF-00042")}"',
        "[[counter.staff]]", 'id = "sue"', 'name = "Sue"', f'pin_hash = "{hash_pin("2222")}"', "supervisor = true",
        f'card = "{hot_name("card_uid", SUE.uid)}"',
    )  # fmt: skip

    def start(self) -> None:
        with closing(sqlite3.connect(self.data_dir / NAME)) as database, database:
            row = ("offline_redeem_points", "150", "2026-01-01 00:00:00")
            database.execute("INSERT INTO shop_settings (name, value, changed_at) VALUES (?, ?, ?)", row)
        super().start()
        until("the shop's limit", 20, lambda: self.state()["offline"]["redeem_points"] == 150)

    def rich(self, place: int = 0, points: int = 1000) -> Person:
        """One of the members, with so many points."""
        person = self.people[place]
        gift = {"id": f"gift-{person.id}", "member": person.id, "points": points, "reason": "gift"}
        assert self.api("POST", "/credits", gift)[0] == 201
        return person

    def choose(self, reward: str, **more: Any) -> tuple[int, Any]:
        return call("POST", f"{self.url}/redemptions", {"reward": reward, **more})

    def settle(self, id: str, how: str) -> tuple[int, Any]:
        return call("POST", f"{self.url}/redemptions/{id}:{how}")

    def chosen(self) -> list[dict[str, Any]]:
        return list(self.state()["chosen"])

    def purse(self, person: Person) -> tuple[Decimal, Decimal]:
        """Points available and held, as the ledger has them."""
        points = self.api("GET", f"/members/{person.id}")[1]["wallets"]["points"]
        return Decimal(str(points["available"])), Decimal(str(points["held"]))

    def comes_to(self, person: Person, available: int, seconds: float = 20) -> None:
        """Nothing is held any more, nothing waits, and the ledger has this many points."""
        self.all_sent(seconds)
        until(f"{available} points and none held", seconds, lambda: self.purse(person) == (available, 0))

    def slips(self) -> list[dict[str, Any]]:
        """Slips of rewards that are not out yet."""
        return [job for job in self.jobs("receipt") if job["reward"]]


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> RewardWorld:
    """Started once for a row of files."""
    found: RewardWorld = standing.get("rewards", lambda: running(RewardWorld(tmp_path_factory.mktemp("r"), shared)))
    return found


@pytest.fixture
def world(shop: RewardWorld) -> RewardWorld:
    shop.anew()
    return shop
