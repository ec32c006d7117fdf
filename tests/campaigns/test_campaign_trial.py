"""A planned campaign tried on recorded sales: what the trial says, counted once more from the ledger's own rows."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_trial import attempt_of
from loyalty.campaigns.trial import run_trial
from loyalty.campaigns.trial_result import TrialResult
from loyalty.db.session import open_engine, read
from loyalty.points.tables_sale import purchase_states
from tests.campaigns.campaign_shop import planned
from tests.web.harbour import NOW, copied


@pytest.fixture
def shop(shared: Path, tmp_path: Path) -> Iterator[Engine]:
    copied(shared, tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    yield engine
    engine.dispose()


def tried(engine: Engine, id: str) -> tuple[TrialResult, dict[str, str], int]:
    """What was found, who would have got something, and how many sales those had in the tried days."""
    with read(engine) as session:
        attempt = attempt_of(session, life.campaign(session, id), NOW)
        result = run_trial(session, attempt.document, NOW, attempt.first, attempt.last, extra=attempt.extra)
        sale = purchase_states.c
        days = sale.counts, sale.day >= attempt.first, sale.day <= attempt.last
        rows = session.execute(sa.select(sale.member).where(*days)).all()
    assert result is not None
    return result, dict(attempt.extra.tags), sum(row.member in attempt.extra.tags for row in rows)


def test_a_bonus_costs_what_the_drawn_members_sales_of_those_days_would_have_brought(shop: Engine) -> None:
    id = planned(shop, {"kind": "bonus", "amount": "7"}, budget="5000")
    result, inside, sales = tried(shop, id)
    assert len(inside) == 24 and sales > 10
    assert (result.last - result.first).days == 13
    assert result.candidate.cost - result.present.cost == sales * 7 * 10  # a point is worth 0.10
    assert {each.member for each in result.winners} <= set(inside)


def test_the_budget_holds_in_the_trial_too(shop: Engine) -> None:
    result, _inside, sales = tried(shop, planned(shop, {"kind": "bonus", "amount": "7"}, budget="5"))
    assert sales * 70 > 500
    assert result.candidate.cost - result.present.cost == Fraction(500)


def test_gifts_and_levels_given_at_the_start_are_tried(shop: Engine) -> None:
    result, inside, _sales = tried(
        shop, planned(shop, {"kind": "gift", "amount": "20"}, {"kind": "level", "level": "Platinum"})
    )
    assert len(inside) == 24
    assert result.candidate.cost > result.present.cost + 12 * 200 - 1
    assert any(each.candidate == "Platinum" for each in result.levels)
