"""Two records of one person in a campaign and a challenge: one member in one group, nothing twice, and parted again."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_groups import groups_of
from loyalty.campaigns.campaign_result import result_of
from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.challenges import award_challenges, make_challenge, progress_of
from loyalty.checkout.merge_members import merge_members, undo_merge
from loyalty.db.session import read, write
from loyalty.points.tables_sale import purchase_states
from tests.campaigns.campaign_shop import noon, planned, sell
from tests.campaigns.test_campaign_run import groups, shop

__all__ = ["shop"]
STAFF = "ann@harbour.example"


def merged(engine: Engine, keep: str, merge: str) -> str:
    with write(engine) as session:
        return merge_members(session, keep, merge, STAFF, "one person", noon(1))


def earned_double(engine: Engine, member: str, place: int) -> bool:
    outcome = sell(engine, member, noon(2) + timedelta(minutes=place), "100.00", place)
    return "November" in {part.rule for part in outcome.explanation}


def test_whoever_got_something_under_either_number_is_not_held_out(shop: Engine) -> None:
    id = planned(shop)
    run_campaigns(shop, noon(0))
    before = groups(shop, id)
    held, other, inside = before["hold"][0], before["hold"][1], before["a"][0]
    sell(shop, inside, noon(0), "70.00", 90)
    merge = merged(shop, held, inside)
    run_campaigns(shop, noon(1))
    after = groups(shop, id)
    assert {arm: len(after[arm]) for arm in after} == {"a": 24, "hold": 5} and held in after["a"]
    assert [earned_double(shop, member, place) for place, member in enumerate((held, other))] == [True, False]
    with read(shop) as session:
        (arm,) = result_of(session, life.campaign(session, id), noon(2) + timedelta(hours=1)).arms
        state = purchase_states.c
        net = session.scalar(sa.select(sa.func.sum(state.net)).where(state.purchase.in_(["c_0090", "c_0000"])))
    assert (arm.members, arm.buyers, arm.sales, arm.takers) == (24, 1, net, 1), "sales of both numbers, one member"
    with write(shop) as session:
        undo_merge(session, merge, STAFF, noon(2) + timedelta(hours=2))
    run_campaigns(shop, noon(3))
    assert groups(shop, id) == before
    assert [earned_double(shop, member, place) for place, member in enumerate((held, inside), 10)] == [False, True]


def test_a_gift_and_a_badge_come_once_for_one_person(shop: Engine) -> None:
    id = planned(shop, {"kind": "gift", "amount": "20"})
    with write(shop) as session:
        rules = {"match": "all", "rules": [{"fact": "spend", "is": "at_least", "value": "900", "days": 1}]}
        prize = make_challenge(session, "Big day", {"kind": "reach", "rules": rules, "points": 5}, STAFF, noon(0))
    run_campaigns(shop, noon(0))
    keep, merge = groups(shop, id)["hold"][0], groups(shop, id)["a"][0]
    sell(shop, merge, noon(0), "950.00", 1)
    assert award_challenges(shop, noon(0)) == 1
    done = merged(shop, keep, merge)
    sell(shop, keep, noon(1), "950.00", 2)
    run_campaigns(shop, noon(1))
    assert award_challenges(shop, noon(1)) == 0
    with read(shop) as session:
        (arm,) = result_of(session, life.campaign(session, id), noon(1)).arms
        assert (arm.takers, arm.cost) == (24, 24 * 200), "24 gifts at 20 points of 0.10, none twice"
        assert groups_of(session, id)[keep] == "a"
        (badge,) = [each for each in progress_of(session, keep, noon(1)) if each.challenge.id == prize.id]
        assert badge.won_at == noon(0)
    with write(shop) as session:
        undo_merge(session, done, STAFF, noon(1) + timedelta(hours=1))
    assert award_challenges(shop, noon(1) + timedelta(hours=2)) == 1, "parted again, the other has met it too"
