"""When a rule holds: the occasion (who, when, where) and the lines that match. Spec: programme, section 1.3."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from loyalty.points.basket import Line, matching, quantity
from loyalty.points.calendar import birthday_in
from loyalty.points.facts import Exact
from loyalty.points.programme import When

Amount = Callable[[Line], Exact]


def earning(line: Line) -> Exact:
    """Earn rules look at the sum that earns."""
    return line.earning


def standing_amount(line: Line) -> Exact:
    """Offers and rewards look at the amounts as they stand."""
    return line.left


@dataclass
class Occasion:
    """The purchase, event or step in hand, as conditions see it."""

    at: datetime
    zone: ZoneInfo
    tier: str | None
    in_segment: Callable[[str], bool]
    birthday: date | None = None
    store: str | None = None
    channel: str | None = None
    tender: str | None = None
    codes: tuple[str, ...] = ()
    number: int | None = None  # of the purchase in hand; None for other events
    used_codes: set[str] = field(default_factory=set)

    @cached_property
    def local(self) -> datetime:
        return self.at.astimezone(self.zone)

    @cached_property
    def day(self) -> date:
        return self.local.date()


def matched(when: When, occasion: Occasion, lines: Sequence[Line] | None, amount: Amount) -> Sequence[Line] | None:
    """The matching lines where the conditions hold (empty for events without lines); None where they do not."""
    if when.always:
        return lines or ()
    if not _circumstances(when, occasion) or not _person(when, occasion):
        return None
    if lines is None:
        return None if when.of_lines else ()
    found = matching(lines, when.lines)
    if not _reach(found, when.min_amount, when.min_quantity, amount):
        return None
    if when.basket is not None:
        inner = matching(lines, when.basket.lines)
        if not inner or not _reach(inner, when.basket.min_amount, when.basket.min_quantity, amount):
            return None
    return found


def _reach(lines: Sequence[Line], least: Exact | None, number: Exact | None, amount: Amount) -> bool:
    if least is not None and sum(amount(line) for line in lines) < least:
        return False
    return number is None or quantity(lines) >= number


def _circumstances(when: When, occasion: Occasion) -> bool:
    if when.store and occasion.store not in when.store:
        return False
    if when.channel and occasion.channel not in when.channel:
        return False
    if when.tender and occasion.tender not in when.tender:
        return False
    if when.code and not any(code in when.code for code in occasion.codes):
        return False
    if when.weekday and occasion.day.weekday() not in when.weekday:
        return False
    if when.date_from is not None and occasion.day < when.date_from:
        return False
    if when.date_to is not None and occasion.day > when.date_to:
        return False
    return when.time_from is None or when.time_to is None or _within(occasion.local, when.time_from, when.time_to)


def _within(local: datetime, start: time, end: time) -> bool:
    now = local.time().replace(fold=0)
    return start <= now < end if start <= end else now >= start or now < end


def _person(when: When, occasion: Occasion) -> bool:
    if when.tier and occasion.tier not in when.tier:
        return False
    if when.segment and not any(occasion.in_segment(name) for name in when.segment):
        return False
    if when.purchase_number and occasion.number not in when.purchase_number:
        return False
    if when.first_purchase is not None and (occasion.number == 1) != when.first_purchase:
        return False
    return when.birthday is None or _birthday(occasion, when.birthday)


def _birthday(occasion: Occasion, what: str) -> bool:
    if occasion.birthday is None:
        return False
    if what == "month":
        return occasion.day.month == occasion.birthday.month
    return occasion.day == birthday_in(occasion.birthday, occasion.day.year)


def note_codes(when: When, occasion: Occasion) -> None:
    """Marks the codes that made a rule hold as used."""
    occasion.used_codes.update(code for code in occasion.codes if code in when.code)
