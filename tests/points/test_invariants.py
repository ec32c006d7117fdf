"""Random histories: whatever a shop does, its books agree, and doing a thing again does nothing."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import LoyaltyError
from loyalty.points import calendar, due, engine
from loyalty.points.enrolment import Enrolment
from loyalty.points.facts import Account, Standing
from loyalty.points.plan import Plan
from tests.points import books
from tests.points.shop import Shop

RULES: dict[str, Any] = {
    "currency": "HKD",
    "timezone": "Asia/Hong_Kong",
    "wallets": {
        "points": {"pending": {"days": 2}, "expiry": {"after": {"days": 9}}, "on_return": "allow_negative"},
        "stars": {"decimals": 1, "rounding": "half_up", "negative": "allow", "transferable": True},
        "stored": {"kind": "money", "transferable": True, "expiry": {"inactivity": {"days": 20}}},
    },
    "earn": [
        {"name": "base", "per_amount": {"points": 1, "per": 3}},
        {"name": "twice on a", "multiply": 2, "when": {"sku": "a"}},
        {
            "name": "star",
            "wallet": "stars",
            "per_unit": {"points": Decimal("0.5"), "steps": "exact"},
            "pending": {"days": 0},
        },
        {"name": "visit", "on": "visit", "fixed": 7, "pending": {"days": 0}, "limit": {"times": 2, "per": "day"}},
    ],
    "tiers": {
        "metric": "spend",
        "window": {"rolling": {"days": 7}},
        "grace": {"days": 2},
        "levels": [{"name": "Basic", "from": 0}, {"name": "Gold", "from": 60, "benefits": {"discount_percent": 10}}],
    },
    "rewards": [
        {"name": "cash", "per_point": Decimal("0.5"), "step": 2},
        {"name": "slip", "cost": 5, "value": {"voucher": {"amount": 4}}, "stock": 6},
        {"name": "star mug", "wallet": "stars", "cost": 1, "value": {"product": "mug"}, "auto": True, "stock": 3},
    ],
    "offers": [{"name": "a tenth", "percent": 10, "when": {"min_amount": 30}}],
    "topups": [
        {"name": "big", "wallet": "stored", "pay": 30, "bonus": {"amount": 10, "parts": 3, "every": {"days": 3}}}
    ],
    "transfers": {"max": 50},
}

who = st.sampled_from(["alice", "bob"])
few = st.integers(1, 12)
cents = st.integers(1, 9000).map(lambda each: f"{each / 100:.2f}")
line = st.fixed_dictionaries({"sku": st.sampled_from("abc"), "quantity": st.integers(1, 4), "price": cents})
some_redeem = st.lists(
    st.one_of(few.map(lambda n: {"reward": "cash", "points": n}), st.just({"reward": "slip"})), max_size=1
)
some_pay = st.lists(st.just({"wallet": "stored", "amount": "max"}), max_size=1)
wallet = st.sampled_from(["points", "stars", "stored"])
earlier = st.integers(0, 30)

PURCHASE = st.tuples(
    st.just("purchase"),
    st.fixed_dictionaries(
        {"member": who, "lines": st.lists(line, min_size=1, max_size=3), "redeem": some_redeem, "pay": some_pay}
    ),
)
STEPS = st.one_of(
    PURCHASE,
    PURCHASE,
    PURCHASE,
    st.tuples(st.just("return"), st.fixed_dictionaries({"of": earlier, "amount": cents})),
    st.tuples(st.just("return"), st.fixed_dictionaries({"of": earlier, "all": st.just(True)})),
    st.tuples(st.just("cancel"), st.fixed_dictionaries({"of": earlier})),
    st.tuples(st.just("event"), st.fixed_dictionaries({"member": who, "type": st.just("visit")})),
    st.tuples(st.just("credit"), st.fixed_dictionaries({"member": who, "wallet": wallet, "points": few, "cost": few})),
    st.tuples(st.just("debit"), st.fixed_dictionaries({"member": who, "wallet": wallet, "points": few})),
    st.tuples(st.just("redeem"), st.fixed_dictionaries({"member": who, "reward": st.just("slip")})),
    st.tuples(st.just("reverse"), st.fixed_dictionaries({"of": earlier})),
    st.tuples(st.just("reverse"), st.fixed_dictionaries({"of": earlier, "points": few})),
    st.tuples(st.just("hold"), st.fixed_dictionaries({"member": who, "wallet": wallet, "points": few})),
    st.tuples(st.just("capture"), st.fixed_dictionaries({"hold": earlier})),
    st.tuples(st.just("release"), st.fixed_dictionaries({"hold": earlier})),
    st.tuples(st.just("transfer"), st.fixed_dictionaries({"wallet": wallet, "points": few})),
    st.tuples(st.just("topup"), st.fixed_dictionaries({"member": who, "topup": st.just("big")})),
    st.tuples(st.just("refund_topup"), st.fixed_dictionaries({"member": who, "wallet": st.just("stored")})),
    st.tuples(st.just("refund_topup"), st.fixed_dictionaries(
        {"member": who, "wallet": st.just("stored"), "amount": few})),
    st.tuples(st.just("wait"), st.integers(1, 6)),
)  # fmt: skip


UNDOES = {
    "return": ("purchase",),
    "cancel": ("purchase",),
    "reverse": ("redeem", "debit", "credit", "event", "capture", "transfer"),
    "capture": ("hold",),
    "release": ("hold",),
}
OPENING = {"points": 40, "stars": 100, "stored": 3000}


@given(st.lists(STEPS, min_size=6, max_size=40))
def test_the_books_agree_after_every_step(steps: list[tuple[str, Any]]) -> None:
    shop = Shop(RULES, "bob")
    shop.enrol(Enrolment("alice", wallets=OPENING))
    done: list[tuple[str, str]] = []
    day = 1
    for number, (verb, body) in enumerate(steps):
        if verb == "wait":
            day += body
            shop.wait(f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T12:00")
        elif _step(shop, f"s{number}", verb, _named(verb, body, done)):
            done.append((verb, f"s{number}"))
        books.check(shop.facts)


@given(st.lists(STEPS, min_size=6, max_size=20))
def test_one_jump_of_the_clock_does_what_many_looks_do(steps: list[tuple[str, Any]]) -> None:
    """The clock finds what is due by its own notes; looking at everybody every midnight must find nothing more."""
    jumping, looking = (_tell(steps, every_day) for every_day in (False, True))
    for kind in (Account, Standing):
        assert _unnoted(jumping.facts.rows[kind]) == _unnoted(looking.facts.rows[kind])


def _tell(steps: list[tuple[str, Any]], every_day: bool) -> Shop:
    shop = Shop(RULES, "bob")
    shop.enrol(Enrolment("alice", wallets=OPENING))
    done: list[tuple[str, str]] = []
    for number, (verb, body) in enumerate([*steps, ("wait", 30)]):
        if verb != "wait":
            if _step(shop, f"s{number}", verb, _named(verb, body, done)):
                done.append((verb, f"s{number}"))
            continue
        then = shop.now + body * calendar.DAY
        while every_day and shop.now < then:
            shop.now = min(then, calendar.end_of_day(calendar.day_of(shop.now, shop.zone), shop.zone))
            _look(shop)
        shop.wait(then.isoformat())
    return shop


def _look(shop: Shop) -> None:
    """Looks at both members now, whether something is due or not."""
    shop.wait(shop.now.isoformat())
    plan = Plan(shop.facts, shop.facts.numbers)
    for member in ("alice", "bob"):
        due.at_moment(plan, shop.context, member, shop.now)
    shop.facts.absorb(plan)


def _unnoted(rows: dict[Any, Any]) -> dict[Any, Any]:
    """Rows without the clock's own notes."""
    return {key: replace(row, due_at=None) if isinstance(row, Standing) else row for key, row in rows.items()}


def _named(verb: str, body: dict[str, Any], done: list[tuple[str, str]]) -> dict[str, Any]:
    """Numbers of earlier steps become ids of steps that this verb can undo, where there are any."""
    known = [id for what, id in done if what in UNDOES.get(verb, ())] or ["none"]
    named = {key: known[value % len(known)] if key in ("of", "hold") else value for key, value in body.items()}
    return named | {"from": "alice", "to": "bob"} if verb == "transfer" else named


def _step(shop: Shop, id: str, verb: str, named: dict[str, Any]) -> bool:
    body = {**named, "id": id}
    try:
        first = engine.perform(shop.facts, verb, body, shop.now, shop.context)
    except LoyaltyError as error:
        assert error.code in EXPECTED, error
        return False
    shop.facts.absorb(first.plan)
    again = engine.perform(shop.facts, verb, body, shop.now, shop.context)
    assert again.replayed and again.plan.empty and again.result == first.result
    return True


EXPECTED = ("invalid", "insufficient_points", "not_transferable", "limit_exceeded", "out_of_stock", "expired")
