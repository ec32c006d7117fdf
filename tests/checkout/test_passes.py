"""A pass bought at a counter: its visits used one by one, undone, gone after their last day; stamps given by hand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from loyalty.checkout.outbox import answer
from loyalty.checkout.top_up import topups_offered
from loyalty.contract.commands import GivePieces, TopUp, UndoPieces, UndoTopUp, UsePass
from loyalty.contract.outcomes import Refusal, TopUpOutcome
from loyalty.contract.wire import to_json
from loyalty.db.session import read
from loyalty.points.calendar import add
from loyalty.points.facts import Duration
from loyalty.points.sql_engine import Ledger
from tests.shop import OPENED, Shop, open_shop

PROGRAMME = """
name: Harbour Club
currency: HKD
timezone: Asia/Hong_Kong
wallets: {points: {}, visits: {kind: count, value_per_point: 8}, stamps: {kind: count}}
topups: [{name: ten visits, wallet: visits, pay: 80, gives: 10, expiry: {after: {months: 6}}}]
"""


@pytest.fixture
def shop(sqlite_engine: Engine) -> Shop:
    return open_shop(sqlite_engine, PROGRAMME)


def tell(shop: Shop, command: Any) -> Any:
    return answer(shop.engine, "till-1", to_json(command), shop.clock(), shop.conventions).outcome


def test_ten_visits_are_bought_used_and_undone(shop: Shop) -> None:
    bought = TopUp("t1", "till-1", 1, OPENED, shop.ann, Decimal(80), "ten visits")
    assert tell(shop, bought).credited == {"visits": 10}
    visit = UsePass("v1", "till-1", 2, OPENED + timedelta(hours=1), shop.ann, "visits")
    used = tell(shop, visit)
    assert isinstance(used, TopUpOutcome) and used == tell(shop, visit)
    assert (used.status, used.credited, used.member and used.member.wallets["visits"].available) == (
        "used", {"visits": -1}, 9
    )  # fmt: skip
    assert used.receipt and used.receipt.notes[0] == "visits：尚餘 9"
    assert "used or paid back" in tell(shop, UndoTopUp("u0", "till-1", 3, OPENED, "t1")).sentence
    undone = tell(shop, UndoPieces("u1", "till-1", 4, OPENED, "v1"))
    assert (undone.status, undone.topup, undone.credited) == ("undone", "v1", {"visits": 1})
    assert tell(shop, UndoPieces("u2", "till-1", 5, OPENED, "v1")).credited == {}
    with read(shop.engine) as session:
        (lot,) = Ledger(session).facts.open_lots(shop.ann, "visits")
    assert (lot.remaining, lot.cost, lot.last_day) == (10, 8000, add(OPENED.date(), Duration("months", 6)))
    assert tell(shop, UndoTopUp("u3", "till-1", 6, OPENED, "t1")).paid == 80


def test_an_empty_pass_or_what_is_none_is_refused(shop: Shop) -> None:
    empty = tell(shop, UsePass("v1", "till-1", 1, OPENED, shop.ann, "visits"))
    assert isinstance(empty, Refusal) and empty.code == "insufficient_points"
    for n, wrong in enumerate(("points", "stamps")):
        assert "no pass" in tell(shop, UsePass(f"w{n}", "till-1", 2, OPENED, shop.ann, wrong)).sentence
    for n, of in enumerate(("v1", "nothing")):
        assert "no visit or stamp" in tell(shop, UndoPieces(f"x{n}", "till-1", 3, OPENED, of)).sentence


def test_a_stamp_by_hand_has_a_reason_and_can_be_undone(shop: Shop) -> None:
    given = tell(shop, GivePieces("g1", "till-1", 1, OPENED, shop.ann, "stamps", "missed_sale", staff="amy"))
    assert (given.status, given.credited, given.receipt) == ("given", {"stamps": 1}, None)
    assert "reason" in tell(shop, GivePieces("g2", "till-1", 2, OPENED, shop.ann, "stamps", "because")).sentence
    assert tell(shop, UndoPieces("u1", "till-1", 3, OPENED, "g1")).credited == {"stamps": -1}
    with read(shop.engine) as session:
        version = Ledger(session).facts.version(shop.clock())
    assert version is not None
    offered = topups_offered(version.programme)
    assert (offered["passes"], offered["stamps"], offered["topups"][0]["gives"]) == (["visits"], ["stamps"], "10")
