"""Hints from pairs of categories, proposed relationships, and columns that say what they are."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from loyalty.insight.analyses import ANALYSES
from loyalty.insight.relationships import relationship
from loyalty.insight.what_goes_together import count_pairs, hints_for


def test_hints_follow_the_basket() -> None:
    tea, milk, bread = "tea", "milk", "bread"
    baskets = [frozenset(each) for each in [(tea, milk)] * 6 + [(tea, bread)] * 5 + [(bread,)] * 9 + [("jam",)] * 8]
    pairs = count_pairs(baskets)
    assert [pair.second for pair in hints_for(pairs, frozenset({tea}))] == [milk]  # bread comes as often without
    assert hints_for(pairs, frozenset({tea, milk})) == []
    (one,) = [pair for pair in pairs if (pair.first, pair.second) == (tea, milk)]
    assert (one.support, one.confidence) == (Decimal("21.4"), Decimal("54.5"))
    assert one.lift == round(Decimal(6 * 28) / (11 * 6), 2)


@pytest.mark.parametrize(
    ("share", "ratio", "bond"), [("80", 0, "basic"), ("60", 2, "accountable"), ("2", 5, "partnership")]
)
def test_relationships_by_number_and_yield(share: str, ratio: Any, bond: str) -> None:
    assert relationship(Decimal(share), ratio) == bond


def test_every_column_says_what_it_is() -> None:
    every: list[tuple[str, Callable[..., Any]]] = []
    for analysis in ANALYSES.values():
        assert analysis.question.endswith("?")
        for view in analysis.views:
            assert view.chart in [column.key for column in view.columns]
            assert all(len(column.meaning) > 8 and column.heading for column in view.columns)
            every.append((f"{analysis.name}.{view.name}", view.read))
    assert len(every) == len(dict(every)) == 25
