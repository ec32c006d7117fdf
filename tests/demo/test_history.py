"""The demo's history is the data's own, moved by whole weeks and rounded to cents, and nothing else."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty.cli.demo.history import LAST_DAY, read_history, receipt_rows, whole_weeks
from loyalty.cli.demo.people import invent_people

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def history():
    return read_history(TODAY)


def test_every_line_is_there(history):
    assert sum(len(basket.lines) for basket in history) == 60_405
    assert len(history) == 6_789
    assert len({basket.household for basket in history}) == 100


def test_amounts_are_rounded_to_cents_and_quantities_count_at_least_one(history):
    lines = [line for basket in history for line in basket.lines]
    assert sum(line.amount for line in lines) == Decimal("187124.45")
    assert min(line.quantity for line in lines) == 1
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in lines)


def test_weekdays_and_times_of_day_stay(history):
    stamps = sorted(datetime.fromisoformat(row["transaction_timestamp"]) for row in receipt_rows())
    first, last = history[0].at, history[-1].at
    assert (first.weekday(), first.time()) == (stamps[0].weekday(), stamps[0].time())
    assert stamps[-1].date() == LAST_DAY
    assert (last.weekday(), last.time()) == (stamps[-1].weekday(), stamps[-1].time())


@pytest.mark.parametrize("ahead", range(14))
def test_the_last_day_is_the_latest_same_weekday_before_today(ahead):
    today = TODAY + timedelta(days=ahead)
    last = LAST_DAY + whole_weeks(LAST_DAY, today)
    assert timedelta(days=1) <= today - last <= timedelta(days=7)
    assert last.weekday() == LAST_DAY.weekday()


def test_people_have_three_scripts_and_a_name_each():
    people = invent_people([str(number) for number in range(100)])
    assert len({person.name for person in people}) == 100
    assert len({person.uid for person in people}) == 100
    assert {person.language for person in people} == {"zh-Hant", "zh-Hans", "en"}
