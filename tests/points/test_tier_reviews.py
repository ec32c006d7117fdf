"""The clock looks at a member only when something may change: it must find what a look at every midnight finds."""

from datetime import date, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.errors import LoyaltyError
from loyalty.points import due
from loyalty.points.calendar import start_of_day
from loyalty.points.facts_tier import Entitlement, TierSpell
from loyalty.points.plan import Plan
from tests.points.shop import Shop

FIRST = date(2026, 1, 1)

durations = st.one_of(st.integers(1, 40).map(lambda n: {"days": n}), st.integers(1, 3).map(lambda n: {"months": n}))
periods = st.sampled_from(["month", "quarter", "year"])
rolling = durations.map(lambda each: {"rolling": each})
windows = st.one_of(rolling, rolling, periods.map(lambda unit: {"calendar": unit}), st.just("lifetime"))
terms = st.one_of(durations, st.sampled_from([{"until": "end_of_period"}, {"until": "end_of_next_period"}]))
lasts = st.one_of(st.just("while_qualified"), st.just("while_qualified"), terms, st.just("for_ever"))
maybe = st.booleans()


@st.composite
def tier_rules(draw: st.DrawFn) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [{"name": "Basic", "from": 0}]
    for rank, name in enumerate(("Silver", "Gold"), start=1):
        level: dict[str, Any] = {"name": name, "from": 50 * rank}
        if draw(maybe):
            level["window"] = draw(windows)
        if draw(maybe):
            level["lasts"] = draw(lasts)
        if draw(maybe):
            level["keep_from"] = 30 * rank
        levels.append(level)
    rules: dict[str, Any] = {
        "metric": draw(st.sampled_from(["spend", "earned:points"])),
        "window": draw(windows),
        "lasts": draw(lasts),
        "starts": draw(st.sampled_from(["at_once", "at_once", "next_period"])),
        "downgrade": draw(st.sampled_from(["to_qualified", "to_qualified", "one_level", "none"])),
        "levels": levels,
    }
    if draw(maybe):
        rules["extend"] = {"days": draw(st.integers(1, 20))}
    if draw(maybe):
        rules["grace"] = {"days": draw(st.integers(0, 20)), "round_up": "month"} if draw(maybe) else {"days": 3}
    return rules


steps = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 45), st.just("purchase"), st.integers(1, 120)),
        st.tuples(st.integers(0, 45), st.just("return"), st.integers(1, 60)),
        st.tuples(st.integers(0, 45), st.just("assign"), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=8,
)


def plain(**more: Any) -> dict[str, Any]:
    levels = [{"name": "Basic", "from": 0}, {"name": "Silver", "from": 50}, {"name": "Gold", "from": 100}]
    return {"metric": "spend", "levels": levels, **more}


@example(plain(window={"rolling": {"days": 10}}), [(0, "purchase", 120), (3, "purchase", 20)], 0)
@example(plain(window={"calendar": "month"}, grace={"days": 3}), [(0, "purchase", 120)], 0)
@example(plain(lasts={"until": "end_of_period"}, period="month", extend={"days": 9}), [(0, "purchase", 120)], 0)
@example(plain(starts="next_period", period="month", lasts={"days": 9}), [(4, "purchase", 120)], 0)
@example(plain(metric="earned:points", window={"rolling": {"months": 1}}), [(30, "purchase", 70)], 4)
@given(tier_rules(), steps, st.integers(0, 4))
def test_jumping_finds_what_looking_daily_finds(
    rules: dict[str, Any], history: list[tuple[int, str, int]], pending: int
) -> None:
    programme = {
        "wallets": {"points": {"pending": {"days": pending}}},
        "earn": [{"name": "base", "per_amount": {"points": 1}}],
        "tiers": rules,
    }
    jumping, daily = (_tell(Shop(programme), history, every_day) for every_day in (False, True))
    assert _spells(jumping) == _spells(daily)
    assert _levels(jumping) == _levels(daily)


def _tell(shop: Shop, history: list[tuple[int, str, int]], every_day: bool) -> Shop:
    day = FIRST
    sold: list[str] = []
    for gap, verb, number in [*history, (120, "nothing", 0)]:
        _pass(shop, day, gap, every_day)
        day += timedelta(days=gap)
        _do(shop, f"{day}T15:00", verb, number, sold)
    return shop


def _pass(shop: Shop, day: date, days: int, every_day: bool) -> None:
    for each in range(1, days + 1 if every_day else 1):
        midnight = day + timedelta(days=each)
        shop.wait(str(midnight))
        plan = Plan(shop.facts, shop.facts.numbers)
        due.at_moment(plan, shop.context, "alice", start_of_day(midnight, shop.zone))
        shop.facts.absorb(plan)
    shop.wait(f"{day + timedelta(days=days)}T15:00")


def _do(shop: Shop, at: str, verb: str, number: int, sold: list[str]) -> None:
    try:
        if verb == "purchase":
            shop.do("purchase", at, id=f"P{len(sold)}", amount=number)
            sold.append(f"P{len(sold)}")
        elif verb == "return" and sold:
            shop.do("return", at, of=sold[number % len(sold)], amount=number)
        elif verb == "assign":
            until = (date.fromisoformat(at[:10]) + timedelta(days=10)).isoformat()
            level = [None, "Silver", "Gold"][number]
            shop.do("assign_tier", at, tier=level, **({"until": until} if level else {}))
    except LoyaltyError:
        return


def _spells(shop: Shop) -> list[tuple[str | None, date]]:
    return [(row.tier, row.since) for row in shop.facts.of_member(TierSpell, "alice")]


def _levels(shop: Shop) -> set[tuple[Any, ...]]:
    rows = shop.facts.of_member(Entitlement, "alice")
    return {(row.level, row.status, row.start, row.last_day) for row in rows if row.status != "ended"}
