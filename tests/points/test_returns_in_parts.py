"""Returning everything, in whatever parts, gives back exactly everything: never more, never less."""

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import Invalid
from loyalty.points.enrolment import Enrolment
from loyalty.points.facts_sale import Voucher
from tests.points import books
from tests.points.shop import Shop

PROGRAMME: dict[str, Any] = {
    "currency": "HKD",
    "wallets": {"points": {"on_return": "allow_negative"}, "stars": {"decimals": 2}, "stored": {"kind": "money"}},
    "earn": [
        {"name": "base", "per_amount": {"points": 1, "per": 7}},
        {"name": "half more", "multiply": Decimal("1.5"), "when": {"sku": ["a", "b"]}},
        {"name": "bonus", "bonus": 5, "expiry": {"after": {"days": 30}}},
        {"name": "stars", "wallet": "stars", "per_amount": {"points": Decimal("0.03"), "steps": "exact"}},
    ],
    "rewards": [
        {"name": "cash", "per_point": Decimal("0.1")},
        {"name": "five off", "cost": 30, "value": {"amount": 5}},
    ],
    "offers": [{"name": "some", "percent": Decimal("12.5"), "when": {"not": {"sku": "c"}}}],
}
OPENING = {"points": 300, "stars": 0, "stored": 4000}

prices = st.integers(1, 30000).map(lambda cents: Decimal(cents) / 100)
lines = st.lists(
    st.fixed_dictionaries({"sku": st.sampled_from("abcd"), "quantity": st.integers(1, 5), "price": prices}),
    min_size=1,
    max_size=4,
)
spends = st.lists(
    st.sampled_from([{"reward": "cash", "points": 70}, {"reward": "five off"}, {"reward": "cash", "points": 13}]),
    max_size=2,
)
parts = st.lists(
    st.one_of(
        st.integers(1, 9000).map(lambda cents: {"amount": Decimal(cents) / 100}),
        st.tuples(st.sampled_from("abcd"), st.integers(1, 3)).map(
            lambda each: {"lines": [{"sku": each[0], "quantity": each[1]}]}
        ),
    ),
    max_size=8,
)


@given(lines, spends, st.integers(0, 4000), st.booleans(), parts)
def test_all_parts_make_the_whole(
    bought: list[dict[str, Any]], redeem: list[dict[str, Any]], pay: int, voucher: bool, pieces: list[dict[str, Any]]
) -> None:
    shop = Shop(PROGRAMME, "nobody")
    in_hand = [Voucher("TEN", 0, "", amount=1000)]
    shop.enrol(Enrolment("alice", wallets=OPENING, vouchers=in_hand))
    payment = [{"wallet": "stored", "amount": Decimal(pay) / 100}] if pay else []
    vouchers = ["TEN"] if voucher else []
    sale = shop.do("purchase", id="A", lines=bought, redeem=redeem, pay=payment, vouchers=vouchers)
    back: Counter[str] = Counter()
    for piece in pieces:
        _return(shop, back, **piece)
    _return(shop, back, all=True)
    earned, spent, paid = sale.get("earned", {}), sale.get("spent", {}), sale.get("paid", {})
    assert back["refund"] + back["stored"] == Decimal(sale["total"])
    assert back["stored"] == Decimal(paid.get("stored", 0))
    assert back["given_back"] == spent.get("points", 0)
    assert back["reversed points"] == earned.get("points", 0)
    assert back["reversed stars"] == Decimal(earned.get("stars", 0))
    assert {name: shop.account(name).balance for name in OPENING} == OPENING
    assert shop.standing().spend == shop.standing().purchases == 0
    _vouchers_came_back(shop, sale, voucher)


def _return(shop: Shop, back: Counter[str], **piece: Any) -> None:
    try:
        last = shop.do("return", of="A", **piece)
    except Invalid:
        return  # more than is left
    finally:
        books.check(shop.facts)
    back["refund"] += Decimal(last["refund"])  # type: ignore[assignment]
    back["stored"] += Decimal(last.get("refund_wallets", {}).get("stored", 0))  # type: ignore[assignment]
    back["given_back"] += last.get("given_back", {}).get("points", 0)
    back["reversed points"] += last.get("reversed", {}).get("points", 0)
    back["reversed stars"] += Decimal(last.get("reversed", {}).get("stars", 0))  # type: ignore[assignment]


def _vouchers_came_back(shop: Shop, sale: Any, used: bool) -> None:
    """Together the new vouchers are worth what the old one took off."""
    if used:
        taken_off = shop.facts.rows[Voucher]["TEN"].taken_off
        assert sum(each.amount or 0 for each in shop.facts.open_vouchers("alice")) == taken_off
