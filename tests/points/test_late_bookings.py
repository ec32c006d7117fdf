"""A counter was offline: what happened earlier is judged as of then, booked now, and levels are tested now."""

from datetime import date
from typing import Any

import pytest

from loyalty.errors import Invalid
from tests.points.shop import Shop

POINTS: dict[str, Any] = {"points": {"expiry": {"after": {"days": 30}}}}
BASE: dict[str, Any] = {"name": "base", "per_amount": {"points": 1}}
GOLD: dict[str, Any] = {
    "metric": "spend",
    "levels": [{"name": "Basic", "from": 0}, {"name": "Gold", "from": 100, "benefits": {"earn_multiplier": 2}}],
}


def test_dates_of_the_lot_count_from_the_sale() -> None:
    shop = Shop({"wallets": POINTS, "earn": [BASE]})
    shop.do("purchase", at="2026-01-10T12:00", occurred="2026-01-05T09:00", amount=7)
    (lot,) = shop.facts.open_lots("alice", "points")
    assert lot.last_day == date(2026, 2, 4)
    assert shop.standing().due_at == shop.time("2026-02-05")


def test_points_past_their_last_day_die_at_once() -> None:
    shop = Shop({"wallets": POINTS, "earn": [BASE]})
    shop.do("purchase", at="2026-03-10T12:00", occurred="2026-01-05T09:00", amount=7)
    assert shop.account().balance == 0
    assert shop.facts.row_counts("alice", "points") == {"earn": 1, "expire": 1}
    assert shop.standing().spend == 700


def test_pending_points_whose_day_has_come_are_there_at_once() -> None:
    shop = Shop({"wallets": {"points": {"pending": {"days": 3}}}, "earn": [BASE]})
    shop.do("purchase", at="2026-01-10T12:00", occurred="2026-01-05T09:00", amount=7)
    assert shop.account().active == 7
    shop.do("purchase", occurred="2026-01-08T09:00", amount=5)
    assert (shop.account().active, shop.account().pending) == (7, 5)


def test_the_programme_of_that_moment_rules() -> None:
    shop = Shop({"wallets": {"points": {}}, "earn": [BASE]})
    shop.wait("2026-01-10T12:00")
    shop.do("set_programme", change={"earn": [{"name": "base", "per_amount": {"points": 10}}]})
    assert shop.do("purchase", occurred="2026-01-10T11:59:59", amount=3)["earned"] == {"points": 3}
    assert shop.do("purchase", amount=3)["earned"] == {"points": 30}


def test_the_level_of_that_moment_earns_and_levels_are_tested_now() -> None:
    shop = Shop({"wallets": {"points": {}}, "earn": [BASE], "tiers": GOLD})
    shop.do("purchase", at="2026-01-10T12:00", amount=100)
    late = shop.do("purchase", occurred="2026-01-09T12:00", amount=10)
    assert late["earned"] == {"points": 10}, "it was Basic then"
    assert shop.do("purchase", occurred="2026-01-10T12:00:00", amount=10)["earned"] == {"points": 20}
    assert shop.standing().tier_since == date(2026, 1, 10)


def test_a_late_sale_can_lift_the_level_today() -> None:
    shop = Shop({"wallets": {"points": {}}, "tiers": GOLD})
    shop.do("purchase", at="2026-01-10T12:00", amount=60)
    shop.do("purchase", at="2026-01-12T12:00", occurred="2026-01-09T12:00", amount=40)
    assert (shop.standing().tier, shop.standing().tier_since) == ("Gold", date(2026, 1, 12))


def test_levels_are_tested_by_the_programme_of_today() -> None:
    shop = Shop({"wallets": {"points": {}}, "tiers": GOLD})
    shop.wait("2026-01-10T12:00")
    higher = {**GOLD, "levels": [{"name": "Basic", "from": 0}, {"name": "Gold", "from": 500}]}
    shop.do("set_programme", change={"tiers": higher})
    shop.do("purchase", occurred="2026-01-05T12:00", amount=200)
    assert (shop.standing().tier, list(shop.facts.entitlements("alice"))) == ("Basic", [])


def test_a_level_reached_by_a_late_sale_begins_today() -> None:
    rules = {**GOLD, "earn_at": "tier_after", "lasts": {"days": 30}}
    shop = Shop({"wallets": {"points": {}}, "earn": [BASE], "tiers": rules})
    late = shop.do("purchase", at="2026-01-10T12:00", occurred="2026-01-05T12:00", amount=100)
    (row,) = shop.facts.entitlements("alice")
    assert (row.start, row.last_day) == (date(2026, 1, 10), date(2026, 2, 9))
    assert late["earned"] == {"points": 200}


def test_the_limit_of_that_day_is_the_one_used_up() -> None:
    rule = {"name": "daily", "on": "visit", "fixed": 1, "limit": {"times": 1, "per": "day"}}
    shop = Shop({"wallets": {"points": {}}, "earn": [rule]})
    shop.do("event", at="2026-01-10T12:00", type="visit")
    assert shop.do("event", occurred="2026-01-09T12:00", type="visit")["earned"] == {"points": 1}
    assert "earned" not in shop.do("event", occurred="2026-01-09T18:00", type="visit")
    assert "earned" not in shop.do("event", type="visit")


def test_the_number_of_a_late_purchase_is_that_of_its_moment() -> None:
    rule = {"name": "first", "bonus": 9, "when": {"first_purchase": True}}
    shop = Shop({"wallets": {"points": {}}, "earn": [rule]})
    shop.do("purchase", at="2026-01-10T12:00", amount=1)
    assert shop.do("purchase", occurred="2026-01-09T12:00", amount=1)["earned"] == {"points": 9}
    assert "earned" not in shop.do("purchase", amount=1)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_arrival_makes_no_difference(order: tuple[int, ...]) -> None:
    """Sales of one day that reach the server in any order: the same figures, level and dates."""
    sales = [("2026-01-05T09:00", 40), ("2026-01-05T10:00", 50), ("2026-01-05T11:00", 30)]
    shop = Shop({"wallets": POINTS, "earn": [BASE], "tiers": {**GOLD, "window": {"rolling": {"days": 10}}}})
    shop.wait("2026-01-06T12:00")
    for index in order:
        at, amount = sales[index]
        shop.do("purchase", occurred=at, amount=amount)
    lots = sorted((lot.credited_at, lot.remaining, lot.last_day) for lot in shop.facts.open_lots("alice", "points"))
    assert [remaining for _, remaining, _ in lots] == [40, 50, 30]
    assert {last for *_, last in lots} == {date(2026, 2, 4)}
    assert (shop.account().balance, shop.standing().spend, shop.standing().tier) == (120, 12000, "Gold")
    shop.wait("2026-01-16T00:00")
    assert shop.standing().tier == "Basic"


def test_nothing_happens_in_the_future() -> None:
    shop = Shop({"wallets": {"points": {}}})
    with pytest.raises(Invalid, match="future"):
        shop.do("purchase", occurred="2026-01-01T12:06", amount=1)
    assert shop.do("purchase", occurred="2026-01-01T12:04", amount=1)["total"] == "1.00"
