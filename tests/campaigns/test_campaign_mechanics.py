"""Each thing that a campaign can give, lived through in simulated time: tried, given, counted, taken away again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_groups import groups_of
from loyalty.campaigns.campaign_result import Arm, result_of
from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.campaign_trial import attempt_of
from loyalty.campaigns.trial import run_trial
from loyalty.db.session import open_engine, read
from loyalty.ops.day_jobs import run_day_jobs
from loyalty.points.tables import standings
from tests.campaigns.campaign_shop import START, noon, planned, sell
from tests.web.harbour import NOW, copied

pytestmark = pytest.mark.slow
DAYS = 14
"""From the first to the last day, both included."""


@pytest.fixture
def shop(shared: Path, tmp_path: Path) -> Iterator[Engine]:
    copied(shared, tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    yield engine
    engine.dispose()


def tried_and_run(engine: Engine, *mechanics: dict[str, Any], bought: str) -> tuple[dict[str, Arm], dict[str, str]]:
    """Everybody buys tea for `bought` on the second day and again on the third, those of A for double; the result after
    the end, and who was in which group.
    """
    id = planned(engine, *mechanics, budget="9000", stop_harm=False)
    with read(engine) as session:
        attempt = attempt_of(session, life.campaign(session, id), NOW)
        assert run_trial(session, attempt.document, NOW, attempt.first, attempt.last, extra=attempt.extra) is not None
    assert run_campaigns(engine, START) == 1
    with read(engine) as session:
        groups = groups_of(session, id)
    for place, (member, arm) in enumerate(sorted(groups.items())):
        for day in (1, 2):
            sell(engine, member, noon(day) + timedelta(seconds=place), f"{int(bought) * (1 + (arm == 'a'))}.00",
                 100 * day + place)  # fmt: skip
    over = START + timedelta(days=DAYS)
    run_day_jobs(engine, over)
    assert run_campaigns(engine, over) == 1
    with read(engine) as session:
        found = life.campaign(session, id)
        assert (found.state, found.end_reason) == ("ended", "days")
        return {arm.name: arm for arm in result_of(session, found, over).groups}, groups


def test_money_off_and_points_once_are_variants_of_which_the_better_is_seen(shop: Engine) -> None:
    amount = {"kind": "amount", "amount": "3", "min_amount": "30"}  # taken off B's 40 too
    bonus = {"kind": "bonus", "amount": "7", "times": 1, "category": "tea"}
    arms, groups = tried_and_run(shop, amount, bonus, bought="40")
    sizes = {arm: list(groups.values()).count(arm) for arm in ("a", "b", "hold")}
    assert (arms["a"].takers, arms["a"].cost) == (sizes["a"], sizes["a"] * 2 * 300)
    assert (arms["b"].takers, arms["b"].cost) == (sizes["b"], sizes["b"] * 70), "a point is worth 0.10"
    assert arms["hold"].cost == 0
    assert arms["a"].uplift is not None and arms["a"].uplift.low > 0, "twice as much, surely"
    assert arms["b"].uplift is not None and arms["b"].uplift.low <= 0 <= arms["b"].uplift.high


def test_a_level_is_had_until_the_last_day_and_percent_never_above_its_most(shop: Engine) -> None:
    level = {"kind": "level", "level": "Platinum"}
    percent = {"kind": "percent", "amount": "50", "cap": "4", "category": "tea"}
    arms, groups = tried_and_run(shop, level, percent, bought="10")
    sizes = {arm: list(groups.values()).count(arm) for arm in ("a", "b")}
    assert arms["b"].cost == sizes["b"] * 2 * 400, "half of 10 would be 5"
    with read(shop) as session:
        left = [row.tier for row in session.execute(standings.select()) if groups.get(row.member) == "a"]
    assert len(left) == sizes["a"] and "Platinum" not in left
