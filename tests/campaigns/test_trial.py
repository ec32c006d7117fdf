"""A trial gives what booking the same purchases for real gives, member by member; and it books nothing."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from loyalty.campaigns import recorded
from loyalty.campaigns.booking_order import order_of
from loyalty.campaigns.replay import Replay
from loyalty.campaigns.trial import run_trial
from loyalty.campaigns.trial_json import as_json
from loyalty.db.base import Base
from loyalty.db.session import read
from loyalty.errors import Invalid
from loyalty.points.calendar import end_of_day, zone_of
from loyalty.points.facts import Account
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import accounts, standings
from loyalty.points.yaml_core import load
from tests.campaigns.history_books import book, households_baskets, opening, settle
from tests.databases import new_sqlite

pytestmark = pytest.mark.timeout(900)  # the whole year is booked twice, each sale with a commit of its own

PRESENT = load("""
name: Harbour Club
currency: USD
timezone: America/New_York
wallets: {points: {expiry: {after: {months: 12}, round_up: month}, value_per_point: 0.01}}
earn: [{name: base, per_amount: {points: 1, per: 1}}]
tiers:
  metric: spend
  window: {rolling: {years: 1}}
  levels: [{name: Member, from: 0}, {name: Silver, from: 500}, {name: Gold, from: 1500}]
rewards: [{name: $5 off, cost: 300, value: {amount: 5}}]
""").value
STEEP = load("""
name: Steep Club
currency: USD
timezone: America/New_York
wallets:
  points: {pending: {days: 2}, expiry: {after: {months: 2}, round_up: month}, value_per_point: 0.02}
  stars: {kind: count}
earn:
  - {name: base, per_amount: {points: 1, per: 1}}
  - {name: welcome, on: signup, fixed: 100, limit: {times: 1}}
  - {name: visit, fixed: 5, limit: {times: 1, per: day}}
  - {name: star, wallet: stars, fixed: 1, limit: {points: 3, per: month}}
offers: [{name: tenth off, percent: 10, limit: {times: 1, per: month}}]
tiers:
  metric: spend
  window: {rolling: {months: 1}}
  levels:
    - {name: Member, from: 0}
    - {name: Silver, from: 150, benefits: {earn_multiplier: 1.5}}
    - {name: Gold, from: 400, benefits: {earn_multiplier: 2, discount_percent: 5}}
rewards: [{name: $5 off, cost: 500, value: {amount: 5}}]
""").value


@pytest.fixture(scope="module", params=[3, pytest.param(0, marks=pytest.mark.slow)], ids=["some", "all"])
def books(request, shared, tmp_path_factory):
    """The same purchases booked for real under two programmes, in two databases."""
    baskets = households_baskets(request.param)
    folders = [tmp_path_factory.mktemp(name) for name in ("present", "steep")]
    present, steep = (new_sqlite(shared, folder) for folder in folders)
    first = book(present, PRESENT, baskets)
    second = book(steep, STEEP, baskets, first.rewarded)
    settle(steep, end_of_day(baskets[-1].at.date(), zone_of("America/New_York")))
    assert 0 < len(second.rewarded) < len(first.rewarded)  # some of them cannot be had under the other
    yield present, steep, first, second, baskets
    present.dispose()
    steep.dispose()


def state_of(engine, members):
    """Household -> accounts by wallet without the chain, level, spend and purchases, as the database holds them."""
    household = {member: name for name, member in members.items()}
    found = {}
    with read(engine) as session:
        facts = SqlFacts(session)
        for member, name in household.items():
            standing = facts.standing(member)
            found[name] = (figures_of(facts.accounts(member)), standing.tier, standing.spend, standing.purchases)
    return found


def figures_of(rows: list[Account]):
    return {
        row.wallet: (row.active, row.pending, row.held, row.deficit, row.earned, row.cost)
        for row in rows
        if row.active or row.pending or row.earned
    }


def test_a_trial_equals_booking_for_real(books):
    present, steep, first, second, baskets = books
    end = end_of_day(baskets[-1].at.date(), zone_of("America/New_York"))
    with read(present) as session:
        replay = Replay([(opening(baskets), STEEP)], recorded.arrivals(session, zone_of("America/New_York")), None)
        for _, portion in recorded.recorded(session, order_of(session, end)):
            for one in portion:
                replay.book(one)
    replay.advance(end)
    tried = {}
    for name, member in first.members.items():
        standing = replay.facts.standing(member)
        assert standing is not None
        own = figures_of(replay.facts.accounts(member))
        tried[name] = (own, standing.tier, standing.spend, standing.purchases)
    assert tried == state_of(steep, second.members)
    assert replay.refused_rewards == len(first.rewarded) - len(second.rewarded)
    assert replay.facts.tally.discount > 0 and sum(replay.facts.tally.expired.values()) > 0


def test_what_it_says_of_both_programmes_stands_in_their_books(books):
    present, steep, *_, baskets = books
    now = end_of_day(baskets[-1].at.date(), zone_of("America/New_York"))
    before = everything(present)
    heard = []
    with read(present) as session:
        result = run_trial(session, STEEP, now, progress=lambda done, total: heard.append((done, total)) or True)
    assert result is not None
    assert heard[-1][0] == heard[-1][1] == len(baskets)
    assert result.present.wallets["points"].outstanding == outstanding(present, "points")
    assert result.candidate.wallets["points"].outstanding == outstanding(steep, "points")
    assert result.candidate.wallets["stars"].outstanding == outstanding(steep, "stars")
    assert dict(result.candidate.levels) == levels(steep)
    assert dict(result.present.levels) == levels(present)
    assert result.liability[-1].candidate == result.candidate.liability == outstanding(steep, "points") * 2
    assert 51 <= len(result.liability) <= 53
    assert "down" in {each.direction for each in result.levels}
    assert result.candidate.risen > 0 and result.candidate.fallen > 0
    document = as_json(result)
    assert document["difference"]["liability"] == f"{(result.candidate.liability - result.present.liability) / 100:.2f}"
    assert sum(map(len, document["levels"].values())) == len(result.levels)
    assert everything(present) == before, "a trial books nothing"


def outstanding(engine, wallet):
    with read(engine) as session:
        return SqlFacts(session).outstanding(wallet)


def levels(engine):
    with read(engine) as session:
        rows = session.execute(sa.select(standings.c.tier, sa.func.count()).group_by(standings.c.tier))
        return {level: many for level, many in rows}


def everything(engine):
    with read(engine) as session:
        many = [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in Base.metadata.sorted_tables]
        return many, session.scalars(sa.select(accounts.c.head)).all()


def test_from_a_day_on_only_what_comes_after_counts(books):
    present, *_, baskets = books
    now, day = baskets[-1].at, date(2026, 6, 1)
    with read(present) as session:
        whole, part = run_trial(session, STEEP, now), run_trial(session, STEEP, now, first=day)
        same = run_trial(session, PRESENT, now, first=day)
    assert whole is not None and part is not None and same is not None
    after = [basket for basket in baskets if basket.at.date() >= day]
    assert (part.present.sales, part.candidate.sales) == (len(after), len(after))
    assert part.first == day and part.liability[0].day >= day
    assert part.present.wallets["points"].outstanding == whole.present.wallets["points"].outstanding
    assert (same.touched, same.winners, same.levels, same.present.cost) == (0, (), (), same.candidate.cost)


def test_it_stops_when_it_is_told_to(books):
    present, *_, baskets = books
    with read(present) as session:
        assert run_trial(session, STEEP, baskets[-1].at, progress=lambda done, total: False) is None


def test_what_cannot_be_tried_is_said(books, sqlite_engine):
    present, *_, baskets = books
    now = baskets[-1].at
    with read(present) as session:
        with pytest.raises(Invalid, match="counts in HKD, the recorded sales in USD"):
            run_trial(session, {**PRESENT, "currency": "HKD"}, now)
        with pytest.raises(Invalid, match="no recorded sales in that time; they go from"):
            run_trial(session, PRESENT, now, first=(now + timedelta(days=9)).date())
    with read(sqlite_engine) as session, pytest.raises(Invalid, match="no recorded sales to try it on"):
        run_trial(session, PRESENT, now)
