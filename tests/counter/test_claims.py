"""A sale without a card gets a receipt with a code, also while the server is away; only its hash goes to the server."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.contract.claim import hashed
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.paper import QrCode
from loyalty.counter import till as till_mind
from loyalty.counter.claims import NotOffered
from loyalty.counter.known import Known
from loyalty.counter.parts import Parts, put_together
from loyalty.counter.sale_request import read_sale
from loyalty.counter.settings import CounterSettings, DeviceSettings
from loyalty.counter.tills.receipt import read_receipt
from loyalty.counter.tills.settings import TillSettings
from loyalty.errors import Invalid
from loyalty.printing.receipt import lay_out_receipt
from tests.journeys.programs import free_port

OFFER = '{"address": "https://club.example/claim/", "days": 7}'
TILL = TillSettings("pos", "http", key="k" * 20)
PRINTER = DeviceSettings("paper", "receipt_printer", "escpos-80mm", f"socket://127.0.0.1:{free_port()}")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A counter that heard of the offer before its server went away."""
    nobody = f"http://127.0.0.1:{free_port()}"
    parts = put_together(
        CounterSettings(id="till-1", data_dir=tmp_path, server=nobody, tills=(TILL,), devices=(PRINTER,), shop="Club")
    )
    parts.sender.start()
    yield parts
    parts.sender.stop()
    parts.store.close()


def test_the_code_is_on_paper_and_its_hash_in_the_outbox(parts: Parts) -> None:
    asked = read_sale({"id": "a1", "amount": "1128.50", "claim": True}, "HKD")
    with pytest.raises(NotOffered, match="back office"):
        parts.selling.sell(asked)
    Known(parts.store).put("receipt_claims", OFFER)
    parts.desk.act(lambda till: till_mind.typed(till, Decimal("1128.50")))
    entry, new = parts.selling.sell(asked)
    again, twice = parts.selling.sell(asked)
    assert (new, twice, again.id) == (True, False, entry.id)
    receipt = parts.jobs.receipt_of(entry.id)
    assert receipt is not None and receipt.receipt is not None
    address, _, code = receipt.receipt.claim.rpartition("/")
    assert address == "https://club.example/claim" and receipt.receipt.total == "1,128.50"
    assert isinstance(entry.command, RecordPurchase) and entry.command.token is not None
    assert (entry.command.token.kind, entry.command.token.value) == ("claim", hashed(code))
    assert parts.desk.till.amount is None and not parts.desk.till.committing  # the next customer can be served
    parts_of_paper = lay_out_receipt(receipt.receipt, 48, 576, lambda text: text.isascii())
    assert [part.data for part in parts_of_paper if isinstance(part, QrCode)] == [receipt.receipt.claim]


def test_a_till_of_another_make_gets_codes_where_its_settings_ask_for_them(parts: Parts) -> None:
    Known(parts.store).put("receipt_claims", OFFER)
    booking, zone = parts.tills.booking, parts.settings.zone

    def book(till: TillSettings, number: str) -> str | None:
        done = booking.book(till, read_receipt({"receipt": number, "amount": "8"}, "HKD", zone, parts.clock()))
        return done.entry.id if done.entry else None

    assert book(TILL, "1") is None
    asks = replace(TILL, claims=True)
    assert (book(asks, "2"), book(asks, "2"), book(asks, "1")) == ("till-1:pos~2", "till-1:pos~2", None)


def test_a_code_and_a_card_exclude_each_other() -> None:
    for body in ({"amount": "8", "claim": True, "member": "mem_1"}, {"amount": "8", "claim": "yes"}):
        with pytest.raises(Invalid, match=r"claim|code"):
            read_sale(body, "HKD")
