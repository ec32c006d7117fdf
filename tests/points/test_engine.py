"""The engine's door: ids, refusals, quotes, the clock."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyalty.errors import Conflict, Invalid, LoyaltyError, UnknownMember
from loyalty.points import engine, shapes
from loyalty.points.facts import Account, Transfer
from loyalty.points.plan import Plan
from loyalty.points.store import Days
from tests.points.shop import Shop

BASE: dict[str, Any] = {"wallets": {"points": {}}, "earn": [{"name": "base", "per_amount": {"points": 1}}]}


def test_numbers_in_a_body_count_by_value() -> None:
    shop = Shop(BASE)
    first = shop.do("purchase", id="A", amount=Decimal("10.50"))
    assert shop.do("purchase", id="A", amount="10.5") == first
    assert shop.do("purchase", amount=Decimal("10.500"), id="A") == first
    assert len(shop.facts.rows[Transfer]) == 1


@pytest.mark.parametrize("other", [{"amount": 11}, {"amount": 10, "store": "S"}, {"lines": [{"amount": 10}]}])
def test_another_body_under_the_same_id_is_a_conflict(other: dict[str, Any]) -> None:
    shop = Shop(BASE)
    shop.do("purchase", id="A", amount=10)
    with pytest.raises(Conflict):
        shop.do("purchase", id="A", **other)
    with pytest.raises(Conflict):
        shop.do("credit", id="A", points=10)


def test_null_is_the_same_as_leaving_out_but_not_where_it_means_never() -> None:
    assert shapes.digest("purchase", {"amount": 1, "store": None}) == shapes.digest("purchase", {"amount": 1})
    assert shapes.digest("credit", {"points": 1, "expires_on": None}) != shapes.digest("credit", {"points": 1})


def test_a_refused_step_changes_nothing_and_leaves_its_id_free() -> None:
    shop = Shop({**BASE, "rewards": [{"name": "mug", "cost": 5, "value": {"product": "mug"}}]})
    before = {kind: dict(rows) for kind, rows in shop.facts.rows.items() if rows}
    with pytest.raises(LoyaltyError):
        shop.do("purchase", id="A", amount=10, redeem=[{"reward": "mug"}])
    assert {kind: dict(rows) for kind, rows in shop.facts.rows.items() if rows} == before
    assert shop.do("purchase", id="A", amount=10)["earned"] == {"points": 10}


def test_checks_come_in_order() -> None:
    shop = Shop(BASE)
    shop.do("purchase", id="A", amount=10)
    with pytest.raises(Invalid, match="must be text"):
        shop.do("purchase", id="A", member="nobody", amount=-1, store=7)
    with pytest.raises(Conflict):
        shop.do("purchase", id="A", member="nobody", amount=-1)
    with pytest.raises(UnknownMember):
        shop.do("purchase", id="B", member="nobody", amount=-1)
    with pytest.raises(Invalid, match="not below zero"):
        shop.do("purchase", id="B", amount=-1)


def test_a_quote_says_what_a_purchase_would_and_books_nothing() -> None:
    shop = Shop({**BASE, "rewards": [{"name": "v", "cost": 1, "value": {"voucher": {"amount": 1}}}]})
    shop.do("credit", points=3)
    asked = {"amount": 10, "redeem": [{"reward": "v"}]}
    quoted = shop.do("quote", **asked)
    assert shop.account().balance == 3
    assert shop.do("purchase", **asked) == quoted


@pytest.mark.parametrize("verb", [verb for verb in shapes.SHAPES if verb != "advance"])
def test_unknown_keys_are_refused_by_every_verb(verb: str) -> None:
    with pytest.raises(Invalid, match="Unknown key 'colour'"):
        Shop(BASE).do(verb, colour="red")


@pytest.mark.parametrize(
    "body",
    [
        {"amount": "10,50"},
        {"amount": 1.5},
        {"amount": True},
        {"amount": 10**30},
        {"amount": "1e5"},
        {"amount": Decimal("NaN")},
        {"lines": [{"price": 1}] * 10_001},
        {"lines": [{"price": 1, "quantity": -1}]},
        {"lines": [{"price": 1, "amount": 1}]},
        {"lines": {"price": 1}},
        {"amount": 1, "id": "x" * 256},
        {"amount": 1, "id": ""},
        {"amount": 1, "discount": -1},
        {"amount": 1, "pay": [{"wallet": "points", "amount": "max"}]},
        {"amount": 1, "redeem": [{"reward": "nothing"}]},
        {"amount": 1, "vouchers": ["V1"]},
    ],
)
def test_absurd_bodies_are_invalid(body: dict[str, Any]) -> None:
    shop = Shop(BASE)
    with pytest.raises(Invalid):
        shop.do("purchase", **body)
    assert not shop.facts.rows[Account]


def test_the_clock_is_safe_to_run_twice_and_to_stop() -> None:
    shop = Shop({"wallets": {"points": {"expiry": {"after": {"days": 5}}}}}, "alice", "bob")
    for member in ("alice", "bob"):
        shop.do("credit", member=member, points=9)
    shop.now = shop.time("2026-02-01T00:00")
    first = next(iter(engine.advance(shop.facts, shop.now, shop.context)))
    shop.facts.absorb(first)  # and then the power went
    assert [shop.account(member=member).balance for member in ("alice", "bob")] == [0, 9]
    shop.wait("2026-02-01T00:00")
    shop.wait("2026-02-01T00:00")
    assert (
        shop.facts.row_counts("alice", "points") == shop.facts.row_counts("bob", "points") == {"credit": 1, "expire": 1}
    )


def test_a_member_is_brought_up_to_date_without_the_clock_of_all() -> None:
    """A server may be asked before its nightly job has run: the step does what is due for its own members."""
    shop = Shop({**BASE, "wallets": {"points": {"expiry": {"after": {"days": 5}}}}})
    shop.do("credit", points=9)
    shop.now = shop.time("2026-02-01T00:00")
    with pytest.raises(LoyaltyError, match="does not hold that much"):
        shop.do("debit", points=1)
    shop.do("purchase", amount=4)
    assert shop.account().balance == 4


def test_a_moment_may_come_in_any_zone() -> None:
    shop = Shop(BASE)
    at = datetime(2026, 1, 2, 8, tzinfo=UTC).astimezone(shop.zone)
    outcome = engine.perform(shop.facts, "credit", {"member": "alice", "points": 1}, at, shop.context)
    (row,) = outcome.plan.changed(Transfer)
    assert row.occurred_at == datetime(2026, 1, 2, 8, tzinfo=UTC)


def test_a_plan_answers_as_if_it_had_been_posted() -> None:
    shop = Shop({**BASE, "tiers": {"metric": "spend", "levels": [{"name": "Basic", "from": 0}]}})
    shop.do("purchase", id="A", amount=10)
    outcome = engine.perform(shop.facts, "return", {"of": "A", "amount": 4}, shop.now, shop.context)
    plan = outcome.plan
    assert (shop.facts.spent("alice", Days()), plan.spent("alice", Days())) == (1000, 600)
    assert (shop.facts.earned("alice", "points", Days()), plan.earned("alice", "points", Days())) == (10, 6)
    again = engine.perform(plan, "purchase", {"id": "B", "member": "alice", "amount": 5}, shop.now, shop.context)
    assert isinstance(again.plan, Plan) and again.plan.bought("alice", Days()) == 2
    assert again.plan.uses("earn", "base", "alice", Days(), False) == (2, 15)
