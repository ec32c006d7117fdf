"""Days, months and local midnights. Days are dates of the programme's zone; moments are aware and in UTC.

The start of a day is its first moment: where clocks jump over 00:00 it is the moment of the jump.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.errors import Invalid
from loyalty.points.facts import Duration
from loyalty.points.programme import Expiry, Window
from loyalty.points.store import Days

DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The IANA time zone. Invalid for an unknown name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"There is no time zone {name[:40]!r}; use an IANA name such as Asia/Hong_Kong.") from None


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The local day that holds `moment`."""
    return moment.astimezone(zone).date()


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """First moment of the local day, in UTC."""
    wall = datetime.combine(day, time(), zone)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    early = wall.replace(fold=1).astimezone(UTC)  # 00:00 does not exist: the jump lies between the two readings
    while moment - early > timedelta(seconds=1):
        middle = early + (moment - early) / 2
        early, moment = (middle, moment) if day_of(middle, zone) < day else (early, middle)
    return moment.replace(microsecond=0)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """First moment of the next local day, in UTC."""
    return start_of_day(day + DAY, zone)


def is_midnight(moment: datetime, zone: ZoneInfo) -> bool:
    return moment == start_of_day(day_of(moment, zone), zone)


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add(day: date, duration: Duration, times: int = 1) -> date:
    """`day` + `times` x `duration`; times may be negative."""
    if duration.unit == "days":
        return day + timedelta(days=duration.count * times)
    return add_months(day, duration.count * times * (12 if duration.unit == "years" else 1))


def start_of(day: date, unit: str) -> date:
    """First day of the day, week (from Monday), month, quarter or year that holds `day`."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def start_of_next(day: date, unit: str) -> date:
    """First day of the period after the one that holds `day`."""
    if unit in ("day", "week"):
        return start_of(day, unit) + timedelta(days=1 if unit == "day" else 7)
    return add_months(start_of(day, unit), _MONTHS[unit])


def end_of(day: date, unit: str) -> date:
    """Last day of the period that holds `day`."""
    return start_of_next(day, unit) - DAY


def round_up(day: date, unit: str | None) -> date:
    return end_of(day, unit) if unit else day


@lru_cache(maxsize=1024)
def last_day(expiry: Expiry, start: date) -> date | None:
    """Last day of a lot that becomes active on `start`; None for `never`. For `inactivity`: as if `start` were it."""
    if expiry.kind == "on":
        return _yearly(expiry, start)
    if expiry.duration is None:
        return None
    return round_up(add(start, expiry.duration), expiry.round_up)


def _yearly(expiry: Expiry, start: date) -> date:
    last = _in_year(start.year + expiry.years_later, expiry.month, expiry.day)
    return last if last >= start else _in_year(last.year + 1, expiry.month, expiry.day)


def _in_year(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def birthday_in(birthday: date, year: int) -> date:
    """29 February is kept on 28 February in other years."""
    return _in_year(year, birthday.month, birthday.day)


def next_birthday(birthday: date, after: date) -> date:
    """The first birthday later than the day `after`."""
    this = birthday_in(birthday, after.year)
    return this if this > after else birthday_in(birthday, after.year + 1)


def window_days(window: Window, day: date) -> Days:
    """The days a window holds as of `day`. A rolling one: from day - N to day, both included."""
    if window.kind == "calendar":
        assert window.unit is not None
        return Days(start_of(day, window.unit), end_of(day, window.unit))
    if window.kind == "rolling":
        assert window.duration is not None
        return Days(add(day, window.duration, -1), day)
    return Days(None, None)


def leaves_on(window: Window, day: date, entered: date) -> date | None:
    """The first day after `day` on which what happened on `entered` is no longer in the window; None = stays."""
    if window.kind == "calendar":
        assert window.unit is not None
        return start_of_next(day, window.unit)
    if window.kind != "rolling" or window.duration is None:
        return None
    leaves = max(add(entered, window.duration), day + DAY)
    while add(leaves, window.duration, -1) <= entered:  # months are not all alike: 31 Jan + 1 month - 1 month
        leaves += DAY
    return leaves
