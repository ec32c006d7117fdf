"""The demo's history is the data's own, moved by whole weeks and rounded to cents, and nothing else."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from loyalty.cli.demo.history import LAST_DAY, moved, read_history, receipt_rows
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
    def kinds(moments):
        return Counter((moment.weekday(), moment.time()) for moment in moments)

    stamps = {row["basket_id"]: datetime.fromisoformat(row["transaction_timestamp"]) for row in receipt_rows()}
    assert max(stamps.values()).date() == LAST_DAY
    assert kinds(basket.at for basket in history) == kinds(stamps.values())


def test_the_year_ends_yesterday_and_goes_on_without_a_gap(history):
    days = sorted({basket.at.date() for basket in history})
    assert (days[-1], TODAY - days[0]) == (TODAY - timedelta(days=1), timedelta(days=364))
    assert max(after - before for before, after in pairwise(days)) == timedelta(days=2)  # Christmas
    assert [basket.at for basket in history] == sorted(basket.at for basket in history)


@pytest.mark.parametrize("ahead", range(14))
def test_on_any_day_the_last_day_is_yesterday(ahead):
    today = TODAY + timedelta(days=ahead)
    week = [datetime.combine(LAST_DAY - timedelta(days=back), time(9)) for back in range(7)]
    assert max(moved(at, today).date() for at in week) == today - timedelta(days=1)
    assert all(moved(at, today).weekday() == at.weekday() for at in week)


def test_people_have_three_scripts_and_a_name_each():
    people = invent_people([str(number) for number in range(100)])
    assert len({person.name for person in people}) == 100
    assert len({person.uid for person in people}) == 100
    assert {person.language for person in people} == {"zh-Hant", "zh-Hans", "en"}
