"""Scores against figures worked out by hand and from tables, and ranges that never lie."""

from datetime import timedelta
from decimal import Decimal

import pytest

from loyalty.care.escalation import level_at
from loyalty.care.scores import SCALES, score_of
from loyalty.care.surveys import link, read_link
from loyalty.care.visits import scored
from loyalty.errors import Invalid
from tests.web.harbour import NOW


def test_nps_is_the_share_for_less_the_share_against():
    score = score_of("nps", {10: 30, 9: 20, 8: 20, 7: 10, 6: 5, 0: 15})
    assert (score.answers, score.value) == (100, Decimal("30.0"))
    # p = 50.75 / 103, q = 20.75 / 103: 29.1 +- 1.96 * sqrt((p + q - (p - q)^2) / 103)
    assert (score.low, score.high) == (Decimal("14.1"), Decimal("44.2"))


def test_csat_has_the_range_of_wilson():
    score = score_of("csat", {5: 50, 4: 31, 3: 12, 1: 7})  # 81 of 100: 0.722 to 0.875 in tables of Wilson's interval
    assert (score.value, score.low, score.high) == (Decimal("81.0"), Decimal("72.2"), Decimal("87.5"))


@pytest.mark.parametrize("kind", ["nps", "csat"])
def test_few_answers_of_one_mind_are_not_certain(kind):
    for mark in (SCALES[kind][0], SCALES[kind][-1]):
        few, many = score_of(kind, {mark: 2}), score_of(kind, {mark: 2_000})
        assert few.high - few.low > 30 > many.high - many.low
        assert few.low <= few.value <= few.high and many.low <= many.value <= many.high
        assert few.low >= -100 and few.high <= 100
    assert score_of(kind, {}).value is None


def test_a_visit_scores_what_counted_only():
    questions = [{"text": "A", "points": 2}, {"text": "B", "points": 1}, {"text": "C", "points": 3}]
    assert scored(questions, ["yes", "half", "none"]) == (5, 6)
    assert scored(questions, ["no", "no", "no"]) == (0, 12)
    for wrong in (["yes"], ["yes", "yes", "maybe"], ["none", "none", "none"]):
        with pytest.raises(Invalid):
            scored(questions, wrong)


def test_a_case_climbs_by_the_days_it_is_late():
    late = [timedelta(0), timedelta(seconds=1), timedelta(days=2), timedelta(days=4), timedelta(days=400)]
    assert [level_at(NOW, NOW + each) for each in late] == [0, 1, 2, 3, 3]


def test_a_link_is_ours_only_with_our_key_and_unchanged():
    made = link("srv_1", "mem_2", "secret", "中環.1")
    assert read_link(made, "secret") == ("srv_1", "mem_2", "中環.1")
    assert read_link(link("srv_1", "open", "secret"), "secret") == ("srv_1", "open", "")
    for wrong in (made.replace("mem_2", "mem_3"), made[:-1], "", "a.b", "a.b.c.d.e", "é.é.é"):
        assert read_link(wrong, "secret") is None
    assert read_link(made, "other") is None
