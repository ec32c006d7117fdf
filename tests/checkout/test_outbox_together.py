"""A counter's outbox after days offline: many commands share a commit, and each is booked or undone by itself."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.checkout import outbox
from loyalty.checkout.outbox import AllAnswered, answer_all
from loyalty.checkout.outbox_faults import FIRST_TIME, Again
from loyalty.checkout.tables import staff_work
from loyalty.contract.commands import HoldReward, RecordPurchase, Redeem
from loyalty.contract.outcomes import PurchaseOutcome, Refusal
from loyalty.contract.wire import to_json
from loyalty.db.session import read, writing_connection
from tests.shop import OPENED, Shop, open_shop

PROGRAMME = """
name: Harbour Club
currency: HKD
wallets: {points: {}}
earn: [{name: base, per_amount: {points: 1, per: 1}}]
rewards: [{name: $50 off, cost: 500, value: {amount: 50}, when: {min_amount: 100}}]
"""


@pytest.fixture
def shop(sqlite_engine: Engine) -> Shop:
    return open_shop(sqlite_engine, PROGRAMME)


def tell(shop: Shop, *commands: Any) -> list[Any]:
    raws = [to_json(each) for each in commands]
    return [each.outcome for each in answer_all(shop.engine, "till-1", raws, shop.clock, shop.conventions).done]


def sale(shop: Shop, seq: int, amount: str = "10", **more: Any) -> RecordPurchase:
    return RecordPurchase(f"s{seq}", "till-1", seq, OPENED, member=shop.ann, amount=Decimal(amount), **more)


def test_a_refused_sale_leaves_nothing_and_its_neighbours_all(shop: Shop) -> None:
    shop.perform("credit", id="gift", member=shop.ann, wallet="points", points=500, reason="gift")
    hold = HoldReward("h1", "till-1", 1, OPENED, shop.ann, "$50 off")
    too_small = sale(shop, 3, "20", redeem=(Redeem("$50 off", hold="h1"),))  # gives the hold up before it is refused
    done = tell(shop, hold, sale(shop, 2), too_small, sale(shop, 4))
    assert [type(each) for each in done[1:]] == [PurchaseOutcome, Refusal, PurchaseOutcome]
    assert shop.balance() == 20  # and the 500 are still held
    assert shop.verify().ok
    assert tell(shop, hold, sale(shop, 2), too_small, sale(shop, 4)) == done  # asked again, answered the same
    assert shop.balance() == 20


@pytest.fixture
def power_cut(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server dies with the 15th sale."""
    book, seen = outbox.record_purchase, []

    def cut(*given: Any) -> PurchaseOutcome:
        seen.append(given)
        if len(seen) == 15:
            raise KeyboardInterrupt
        return book(*given)

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "record_purchase", cut)
        yield


def test_a_server_that_dies_on_the_way_has_booked_whole_commits_and_books_the_rest_later(
    shop: Shop, power_cut: None
) -> None:
    sales = [sale(shop, seq) for seq in range(1, 26)]
    with pytest.raises(KeyboardInterrupt):
        tell(shop, *sales)
    assert shop.balance() == 10 * outbox.TOGETHER
    done = tell(shop, *sales)
    assert [each.id for each in done] == [each.id for each in sales]
    assert shop.balance() == 250
    assert shop.verify().ok


def breaking(shop: Shop, id: str | None) -> None:
    """A fault that is nobody's: the database refuses this one sale, until it is mended (None)."""
    with writing_connection(shop.engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS broken")
        if id is not None:
            connection.exec_driver_sql(
                f"CREATE TRIGGER broken BEFORE INSERT ON purchases WHEN NEW.id = '{id}'"
                " BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )


def test_a_command_on_which_the_server_fails_takes_none_of_the_others_with_it(shop: Shop) -> None:
    def told(numbers: Iterable[int], again: Again = FIRST_TIME) -> AllAnswered:
        raws = [to_json(sale(shop, seq)) for seq in numbers]
        return answer_all(shop.engine, "till-1", raws, shop.clock, shop.conventions, again)

    def work() -> list[tuple[str, str, str]]:
        with read(shop.engine) as session:
            return [(row.kind, row.command, row.status) for row in session.execute(sa.select(staff_work))]

    breaking(shop, "s4")
    first = told(range(1, 13))
    assert [each.outcome.id for each in first.done] == ["s1", "s2", "s3"]
    assert first.fault is not None and first.fault.id == "s4"
    assert shop.balance() == 30
    rest = told(range(5, 13), Again(held=(4,)))
    assert (len(rest.done), rest.fault, [each.missing for each in rest.done if each.missing]) == (8, None, [])
    assert told([4], Again(tried=1)).fault == first.fault and work() == []
    for tried in (2, 3):
        assert told([4], Again(tried=tried)).fault == first.fault
        assert work() == [("stuck_command", "s4", "open")]
    breaking(shop, None)
    assert told([4], Again(tried=4)).fault is None
    assert (shop.balance(), work()) == (120, [("stuck_command", "s4", "done")])
    assert shop.verify().ok


def test_balances_follow_one_another_within_a_commit(shop: Shop) -> None:
    done = tell(shop, *(sale(shop, seq) for seq in range(1, 13)))
    assert [each.member.wallets["points"].available for each in done] == [10 * seq for seq in range(1, 13)]
