"""Gift cards in the office: what is on them and on all of them, found by the end of the code; none is a member."""

import re
from decimal import Decimal

from loyalty.checkout.outbox import answer
from loyalty.contract.gift_cards import ReplaceGift, SellGift
from loyalty.contract.wire import to_json
from loyalty.db.session import write
from loyalty.members.conventions import Conventions
from loyalty.points.sql_engine import Ledger


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_gift_cards_stand_there_without_a_name_and_are_found_by_their_end(staff, shop):
    person = staff("supervisor")
    assert "No gift cards" in words(person.get("/cards/gifts").text)
    with write(shop.engine) as session:
        ledger = Ledger(session)
        now = ledger.facts.version(shop.clock())
        wallets = dict(now.document["wallets"]) | {"gift": {"kind": "money", "bearer": True}}
        ledger.put_programme(dict(now.document) | {"wallets": wallets}, shop.clock())
    before = words(person.get("/programme").text)
    at, told = shop.clock(), Conventions()
    for command in (
        SellGift("till-9:g1", "till-9", 1, at, "GIFT-0001", Decimal(300)),
        SellGift("till-9:g2", "till-9", 2, at, "GIFT-0002", Decimal(50)),
        ReplaceGift("till-9:g3", "till-9", 3, at, "till-9:g2", "GIFT-0007"),
    ):
        answer(shop.engine, "till-9", to_json(command), shop.clock(), told)
    page = words(person.get("/cards/gifts").text)
    assert "2 in use, HK$350 on them" in page and "…0002 replaced" in page and "till-9:g1" in page
    assert "GIFT" not in page
    found = words(person.get("/cards/gifts?q=0007").text)
    assert "…0007" in found and "…0001" not in found
    assert words(person.get("/programme").text) == before  # nobody more has the first level
