"""Campaigns in simulated time: groups drawn and kept, the engine's own rules, budget and stop rules, the uplift."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_groups import draw, groups_of, sizes
from loyalty.campaigns.campaign_result import result_of
from loyalty.campaigns.campaign_run import run_campaigns, stop
from loyalty.db.session import open_engine, read, write
from loyalty.errors import Conflict
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import transfers
from tests.campaigns.campaign_shop import DOUBLE, LAST, START, noon, planned, sell
from tests.web.harbour import NOW, copied


@pytest.fixture
def shop(shared: Path, tmp_path: Path) -> Iterator[Engine]:
    copied(shared, tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    yield engine
    engine.dispose()


def groups(engine: Engine, id: str) -> dict[str, list[str]]:
    with read(engine) as session:
        found = groups_of(session, id)
    return {arm: [member for member in found if found[member] == arm] for arm in set(found.values())}


def rules_in_force(engine: Engine) -> set[str]:
    with read(engine) as session:
        version = SqlFacts(session).latest()
    assert version is not None
    return {rule.name for rule in (*version.programme.earn, *version.programme.offers)}


def test_nobody_agrees_to_their_own_and_it_starts_on_its_day_not_before(shop: Engine) -> None:
    id = planned(shop)
    with write(shop) as session:
        life.take_back(session, id, NOW)
        found = life.ask(session, id, "Once more.", NOW)
        with pytest.raises(Conflict, match="own campaign"):
            life.agree(session, id, found.version, "ann@harbour.example", NOW)
        life.agree(session, id, found.version, "bob@harbour.example", NOW)
    assert run_campaigns(shop, NOW) == 0
    assert "November" not in rules_in_force(shop)
    assert run_campaigns(shop, START) == 1
    assert run_campaigns(shop, START) == 0, "twice is once"
    assert "November" in rules_in_force(shop)
    with read(shop) as session:
        assert sizes(session, id) == {"a": 24, "hold": 6}
        kept = life.campaign(session, id)
        assert groups_of(session, id) == draw(list(groups_of(session, id)), 20, ("a",), kept.seed)


def test_the_group_earns_twice_those_held_out_once_and_after_the_last_day_nobody(shop: Engine) -> None:
    id = planned(shop)
    run_campaigns(shop, START)
    inside, outside = groups(shop, id)["a"][0], groups(shop, id)["hold"][0]
    bought = [sell(shop, member, noon(1), "100.00", place) for place, member in enumerate((inside, outside))]
    told = [{part.rule for part in each.explanation} for each in bought]
    assert "November" in told[0]
    assert "November" not in told[1]
    after = START.replace(month=LAST.month, day=LAST.day) + timedelta(days=1)
    assert run_campaigns(shop, after) == 1
    assert "November" not in rules_in_force(shop)
    with read(shop) as session:
        assert life.campaign(session, id).end_reason == "days"


def test_no_award_passes_the_budget_and_the_campaign_ends_when_it_is_used_up(shop: Engine) -> None:
    id = planned(shop, {"kind": "bonus", "amount": "30"}, budget="10")  # 100 points at 0.10
    run_campaigns(shop, START)
    for place, member in enumerate(groups(shop, id)["a"][:6]):
        sell(shop, member, noon(1), "50.00", place)
    with read(shop) as session:
        result = result_of(session, life.campaign(session, id), noon(2))
    assert (result.cost, result.arms[0].takers) == (1000, 4), "30 + 30 + 30 + what was left"
    assert run_campaigns(shop, noon(2)) == 1
    with read(shop) as session:
        assert life.campaign(session, id).end_reason == "budget"


def test_stopped_by_a_person_it_ends_for_everybody_at_once(shop: Engine) -> None:
    id = planned(shop)
    run_campaigns(shop, START)
    inside = groups(shop, id)["a"][0]
    with write(shop) as session:
        stop(session, id, noon(1))
    assert "November" not in {part.rule for part in sell(shop, inside, noon(2), "100.00", 1).explanation}


def test_gifts_come_once_and_never_above_the_budget(shop: Engine) -> None:
    id = planned(shop, {"kind": "gift", "amount": "20"}, {"kind": "gift", "amount": "10"}, budget="500")
    assert run_campaigns(shop, START) == 1
    run_campaigns(shop, noon(1))
    with read(shop) as session:
        assert sizes(session, id) == {"a": 12, "b": 12, "hold": 6}
        total = session.scalar(sa.select(sa.func.sum(transfers.c.amount)).where(transfers.c.reason == "November"))
        result = result_of(session, life.campaign(session, id), noon(1))
    assert total == 12 * 20 + 12 * 10
    assert [arm.cost for arm in result.arms] == [2400, 1200]


def test_a_gift_that_costs_more_than_the_budget_never_starts(shop: Engine) -> None:
    id = planned(shop, {"kind": "gift", "amount": "20"}, budget="10")
    run_campaigns(shop, START)
    with read(shop) as session:
        found = life.campaign(session, id)
    assert (found.state, found.end_reason, found.started_at) == ("ended", "budget", None)


def test_it_ends_when_the_groups_buy_surely_less_than_those_held_out(shop: Engine) -> None:
    id = planned(shop, DOUBLE)
    run_campaigns(shop, START)
    for place, member in enumerate(groups(shop, id)["hold"]):
        sell(shop, member, noon(1), f"{300 + place}.00", place)
    assert run_campaigns(shop, noon(2)) == 1
    with read(shop) as session:
        assert life.campaign(session, id).end_reason == "harm"
    assert "November" not in rules_in_force(shop)


def test_a_coupon_takes_off_only_with_its_code_and_costs_what_it_took(shop: Engine) -> None:
    id = planned(shop, {"kind": "percent", "amount": "10", "cap": "5", "code": "NOV10", "times": 1})
    run_campaigns(shop, START)
    inside, outside = groups(shop, id)["a"][0], groups(shop, id)["hold"][0]
    sales = ((inside, ("NOV10",)), (inside, ("NOV10",)), (outside, ("NOV10",)), (inside, ()))
    for place, (member, codes) in enumerate(sales):
        sell(shop, member, noon(1) + timedelta(minutes=place), "30.00", place, codes)
    with read(shop) as session:
        result = result_of(session, life.campaign(session, id), noon(1) + timedelta(hours=1))
    assert (result.arms[0].cost, result.arms[0].takers, result.arms[0].buyers) == (300, 1, 1)
