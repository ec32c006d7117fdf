"""A step's body as typed values: money and points in smallest units, moments, dates."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.errors import Invalid
from loyalty.points.calendar import start_of_day
from loyalty.points.exact import exact, half_up, to_units
from loyalty.points.facts import Exact
from loyalty.points.programme import Wallet


def moment(text: object, zone: ZoneInfo, what: str) -> datetime:
    """An ISO date (its first moment) or date-time, in `zone` unless it has an offset; in UTC."""
    if isinstance(text, str):
        try:
            if len(text) == 10:
                return start_of_day(date.fromisoformat(text), zone)
            found = datetime.fromisoformat(text)
            return (found.replace(tzinfo=zone) if found.tzinfo is None else found).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise Invalid(f'The {what} {str(text)[:40]!r} is no date or time; write "2026-12-31" or "2026-12-31T18:00".')


def day(text: object, what: str) -> date:
    if isinstance(text, str) and len(text) == 10:
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Invalid(f'The {what} {str(text)[:40]!r} is no date; write "2026-12-31".', pointer=what)


class Body:
    """The body of one step. Readers raise Invalid and name the key; a key left out or null gives None."""

    def __init__(self, values: Mapping[str, Any], digits: int, zone: ZoneInfo) -> None:
        self.values = values
        self.digits = digits
        self.zone = zone

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def says(self, key: str) -> bool:
        """Whether the key is there at all, null included."""
        return key in self.values

    def inner(self, key: str) -> "Body":
        return Body(self.values[key], self.digits, self.zone)

    def each(self, key: str) -> Iterator["Body"]:
        return (Body(value, self.digits, self.zone) for value in self.values.get(key) or ())

    def text(self, key: str) -> str | None:
        value: str | None = self.values.get(key)
        return value

    def needed(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise Invalid(f"{key!r} is missing.", pointer=key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if value is None:
            return ()
        return (value,) if isinstance(value, str) else tuple(value)

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            raise Invalid(f"{key!r} must be true or false.", pointer=key)
        return value

    def number(self, key: str) -> Exact | None:
        value = self.values.get(key)
        return None if value is None else exact(value, key)

    def money(self, key: str) -> int | None:
        """Rounded half up to the currency's digits; may be below zero."""
        value = self.number(key)
        return None if value is None else half_up(value * 10**self.digits)

    def paid(self, key: str) -> int | None:
        """Money that may not be below zero."""
        value = self.money(key)
        if value is not None and value < 0:
            raise Invalid(f"{key!r} must not be below zero.", pointer=key)
        return value

    def points(self, key: str, wallet: Wallet) -> int | None:
        """Above zero, and no more decimals than the wallet has."""
        value = self.number(key)
        if value is None:
            return None
        units = to_units(value, wallet.decimals, key)
        if units <= 0:
            raise Invalid(f"{key!r} must be above zero.", pointer=key)
        return units

    def moment(self, key: str) -> datetime | None:
        value = self.values.get(key)
        return None if value is None else moment(value, self.zone, key)

    def day(self, key: str) -> date | None:
        value = self.values.get(key)
        return None if value is None else day(value, key)
