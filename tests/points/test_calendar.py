"""Days, months and midnights, where they are not as usual."""

from datetime import UTC, date, datetime

import pytest

from loyalty.errors import Invalid
from loyalty.points import calendar
from loyalty.points.facts import Duration
from loyalty.points.programme import Window
from loyalty.points.store import Days


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_months_keep_the_day_or_take_the_last(day: date, months: int, then: date) -> None:
    assert calendar.add_months(day, months) == then


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Asia/Hong_Kong", date(2026, 1, 1), "2025-12-31T16:00:00"),
        ("America/New_York", date(2026, 3, 9), "2026-03-09T04:00:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00"),  # 00:00 does not exist
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00"),  # 00:00 comes twice: the first one
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30:00"),  # the jump from 23:30 leads into the day
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00:00"),  # the day before does not exist
    ],
)
def test_a_day_begins_with_its_first_moment(zone: str, day: date, moment: str) -> None:
    start = calendar.start_of_day(day, calendar.zone_of(zone))
    assert start == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert calendar.is_midnight(start, calendar.zone_of(zone))


def test_periods_begin_and_end() -> None:
    day = date(2026, 5, 20)  # a Wednesday
    assert calendar.start_of(day, "week") == date(2026, 5, 18)
    assert calendar.end_of(day, "week") == date(2026, 5, 24)
    assert (calendar.start_of(day, "quarter"), calendar.end_of(day, "quarter")) == (date(2026, 4, 1), date(2026, 6, 30))
    assert calendar.start_of_next(day, "year") == date(2027, 1, 1)
    assert calendar.start_of_next(day, "day") == date(2026, 5, 21)


def test_windows_hold_both_ends() -> None:
    rolling = Window("rolling", duration=Duration("months", 1))
    assert calendar.window_days(rolling, date(2026, 3, 31)) == Days(date(2026, 2, 28), date(2026, 3, 31))
    assert calendar.window_days(Window("calendar", unit="month"), date(2026, 2, 3)).last == date(2026, 2, 28)


@pytest.mark.parametrize("entered", [date(2026, 1, 28), date(2026, 1, 31), date(2026, 2, 28), date(2028, 2, 29)])
@pytest.mark.parametrize("unit", ["days", "months", "years"])
def test_what_leaves_a_rolling_window_leaves_it_on_that_day_and_not_before(entered: date, unit: str) -> None:
    window = Window("rolling", duration=Duration(unit, 1))
    leaves = calendar.leaves_on(window, entered, entered)
    assert leaves is not None
    assert not calendar.window_days(window, leaves).hold(entered)
    assert calendar.window_days(window, leaves - calendar.DAY).hold(entered)


def test_birthdays_of_leap_days() -> None:
    born = date(2000, 2, 29)
    assert calendar.next_birthday(born, date(2026, 2, 27)) == date(2026, 2, 28)
    assert calendar.next_birthday(born, date(2026, 2, 28)) == date(2027, 2, 28)
    assert calendar.next_birthday(born, date(2028, 2, 28)) == date(2028, 2, 29)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(Invalid, match="Asia/Kowloon"):
        calendar.zone_of("Asia/Kowloon")
