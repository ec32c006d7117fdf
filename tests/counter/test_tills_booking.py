"""A till's receipt becomes one sale of the right member: booked once, whatever is asked again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from loyalty.clock import system_clock
from loyalty.contract.commands import RecordPurchase, ReturnPurchase
from loyalty.contract.token import Token
from loyalty.counter import till as till_mind
from loyalty.counter.parts import Parts, put_together
from loyalty.counter.settings import CounterSettings
from loyalty.counter.tills.booking import Booked, NeverSold, sale_id
from loyalty.counter.tills.receipt import read_receipt
from loyalty.counter.tills.settings import TillSettings
from loyalty.errors import Conflict, Invalid
from tests.journeys.programs import free_port

TILL = TillSettings("pos", "http", key="k" * 20)
CHAN, WONG = Token("barcode", "100001", "scanner"), Token("barcode", "100002", "scanner")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A counter whose server is away: what is booked stands in its outbox."""
    nobody = f"http://127.0.0.1:{free_port()}"
    parts = put_together(CounterSettings(id="till-1", data_dir=tmp_path, server=nobody, tills=(TILL,)))
    parts.start()
    yield parts
    parts.stop()


def hand_over(parts: Parts, till: TillSettings = TILL, **body: Any) -> Booked:
    receipt = read_receipt(body, "HKD", parts.settings.zone, parts.clock())
    return parts.tills.booking.book(till, receipt)


def tap(parts: Parts, token: Token) -> None:
    parts.desk.present_token(token, ("cashier",))
    parts.desk.wait_until_asked(token, 20)


def sales(parts: Parts) -> list[RecordPurchase]:
    entries = parts.tills.booking.outbox.latest(20)
    return [entry.command for entry in entries if isinstance(entry.command, RecordPurchase)]


def test_a_receipt_that_comes_twice_is_one_sale(parts: Parts) -> None:
    body = {"receipt": "000123", "amount": "128.50", "card": "100001"}
    first, again = hand_over(parts, **body), hand_over(parts, **body)
    assert (first.new, again.new) == (True, False)
    assert first.entry and again.entry and first.entry.id == again.entry.id == "till-1:pos~000123"
    assert len(sales(parts)) == 1


def test_one_number_cannot_name_two_receipts(parts: Parts) -> None:
    hand_over(parts, receipt="1", amount="10", card="100001")
    with pytest.raises(Conflict, match="used before"):
        hand_over(parts, receipt="1", amount="11", card="100001")
    hand_over(parts, receipt="2", amount="10")
    with pytest.raises(Conflict, match="number of this receipt"):
        hand_over(parts, receipt="2", amount="11")


def test_the_card_read_before_the_receipt_names_the_member_once(parts: Parts) -> None:
    tap(parts, CHAN)
    assert hand_over(parts, receipt="1", amount="10").entry
    assert sales(parts)[0].token == CHAN
    assert hand_over(parts, receipt="2", amount="99").entry is None


def test_asked_again_after_the_next_customer_came_a_receipt_is_still_nobodys(parts: Parts) -> None:
    assert hand_over(parts, receipt="1", amount="10").entry is None
    tap(parts, WONG)
    again = hand_over(parts, receipt="1", amount="10")
    assert again.entry is None and not again.new
    assert hand_over(parts, receipt="2", amount="20").entry
    assert [sale.token for sale in sales(parts)] == [WONG]


def test_a_card_read_long_ago_or_sent_away_is_not_taken(parts: Parts) -> None:
    tap(parts, CHAN)
    assert hand_over(parts, replace(TILL, card_within_s=0), receipt="1", amount="10").entry is None
    parts.desk.act(till_mind.detach)
    assert hand_over(parts, receipt="2", amount="10").entry is None


def test_the_same_card_for_the_next_sale_counts_again(parts: Parts) -> None:
    tap(parts, CHAN)
    hand_over(parts, receipt="1", amount="10")
    parts.desk.act(lambda till: replace(till, last=(CHAN, parts.clock() - till_mind.SAME_AGAIN)))
    tap(parts, CHAN)
    assert hand_over(parts, receipt="2", amount="20").entry
    assert len(sales(parts)) == 2


def test_goods_that_come_back_name_their_receipt(parts: Parts) -> None:
    hand_over(parts, receipt="A 1", amount="50", card="100001")
    back = {"receipt": "A 2", "returns": "A 1", "amount": "20"}
    first, again = hand_over(parts, **back), hand_over(parts, **back)
    assert first.entry and isinstance(first.entry.command, ReturnPurchase)
    assert first.entry.command.purchase == "till-1:pos~A%201"
    assert first.new and not again.new
    with pytest.raises(NeverSold, match="never handed over"):
        hand_over(parts, receipt="A 3", returns="unheard", all=True)
    hand_over(parts, receipt="A 4", amount="5")
    assert hand_over(parts, receipt="A 5", returns="A 4", all=True).entry is None


def test_the_tills_moment_counts_but_no_future_one(parts: Parts) -> None:
    now = parts.clock()
    hand_over(parts, receipt="1", amount="5", card="100001", at=(now - timedelta(hours=3)).isoformat())
    hand_over(parts, receipt="2", amount="5", card="100001", at=(now + timedelta(hours=3)).isoformat())
    late, early = sales(parts)
    assert early.occurred_at == now - timedelta(hours=3)
    assert late.occurred_at <= parts.clock()


@pytest.mark.parametrize(("body", "sentence"), [
    ([], "A receipt is an object"),
    ({"amount": "5"}, "the till's own number"),
    ({"receipt": "1\n", "amount": "5"}, "the till's own number"),
    ({"receipt": "1"}, "either an amount or its lines"),
    ({"receipt": "1", "amount": "5", "id": "x"}, "named by card"),
    ({"receipt": "1", "amount": "5", "colour": "red"}, "no field 'colour'"),
    ({"receipt": "1", "amount": "5", "at": "yesterday"}, "should look like"),
    ({"receipt": "1", "amount": "5", "at": "1990-01-01T00:00:00Z"}, "set the till's clock"),
    ({"receipt": "1", "amount": "-5"}, "above zero"),
    ({"receipt": "1", "returns": "0"}, "Say what comes back"),
])  # fmt: skip
def test_a_bad_receipt_is_one_sentence(body: object, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_receipt(body, "HKD", None, system_clock())


def test_numbers_of_any_length_and_script_make_different_ids() -> None:
    numbers = ["單" * 99 + "一", "單" * 99 + "二", "a/b", "a b", "a:b"]
    ids = {sale_id(TILL, number) for number in numbers}
    assert len(ids) == len(numbers)
    assert all(len(id) < 200 and ":" not in id and id.isascii() for id in ids)
