"""Challenges counted once more in plain Python: who has reached the number, who has a streak, points once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.campaigns import challenges as keep
from loyalty.campaigns.campaign_tables import challenge_wins
from loyalty.db.session import open_engine, read, write
from loyalty.errors import Conflict, Invalid
from loyalty.points.tables import transfers
from tests.campaigns.segment_cases import TODAY, Rows
from tests.web.harbour import NOW, copied

TEN = {"kind": "reach", "points": 25, "rules": {"rules": [{"fact": "purchases", "is": "at_least", "value": "10"}]}}


@pytest.fixture
def shop(shared: Path, tmp_path: Path) -> Iterator[Engine]:
    copied(shared, tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    yield engine
    engine.dispose()


def opened(engine: Engine, name: str, plan: dict[str, object]) -> str:
    with write(engine) as session:
        return keep.make_challenge(session, name, plan, "ann@harbour.example", NOW).id


def test_badges_and_points_once_for_whoever_reached_it_and_progress_for_the_rest(shop: Engine) -> None:
    ten = opened(shop, "Ten visits", TEN)
    months = opened(shop, "Three months", {"kind": "months", "target": 3})
    assert keep.award_challenges(shop, NOW) > 0
    assert keep.award_challenges(shop, NOW) == 0
    with read(shop) as session:
        rows = Rows(session)
        won = {(row.challenge_id, row.member_id) for row in session.execute(sa.select(challenge_wins))}
        reached = {id for id in rows.members if len(rows.since(id)) >= 10}
        assert {who for which, who in won if which == ten} == reached
        given = session.scalar(sa.select(sa.func.sum(transfers.c.amount)).where(transfers.c.reason == "Ten visits"))
        assert given == 25 * len(reached)
        bought = {id: {sale[0].year * 12 + sale[0].month for sale in rows.since(id)} for id in rows.members}
        last = TODAY.year * 12 + TODAY.month
        in_a_row = {
            id for id, seen in bought.items()
            if any({end, end - 1, end - 2} <= seen for end in ((last,) if last in seen else (last - 1,)))
        }  # fmt: skip
        assert {who for which, who in won if which == months} == in_a_row
        assert reached and in_a_row and reached != set(rows.members) != in_a_row
        on_the_way = next(id for id in rows.members if id not in reached)
        mine = {each.challenge.name: each for each in keep.progress_of(session, on_the_way, NOW)}
    assert (mine["Ten visits"].reached, mine["Ten visits"].target) == (len(rows.since(on_the_way)), 10)
    assert mine["Ten visits"].won_at is None


def test_bad_plans_are_refused_and_a_closed_one_is_won_by_nobody(shop: Engine) -> None:
    for plan in ({"kind": "weeks", "target": 1}, {**TEN, "points": -1}, {"kind": "reach", "rules": {"rules": []}}):
        with pytest.raises(Invalid), write(shop) as session:
            keep.make_challenge(session, "Wrong", plan, "ann@harbour.example", NOW)
    ten = opened(shop, "Ten visits", TEN)
    with pytest.raises(Conflict), write(shop) as session:
        keep.make_challenge(session, "Ten visits", TEN, "ann@harbour.example", NOW)
    with write(shop) as session:
        keep.close_challenge(session, ten, NOW)
    assert keep.award_challenges(shop, NOW) == 0
