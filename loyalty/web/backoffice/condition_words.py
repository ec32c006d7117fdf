"""Conditions and limits of a programme's rules in plain words of the page's language."""

from collections.abc import Iterator

from loyalty.points.facts import Duration
from loyalty.points.programme import Limit, When
from loyalty.points.programme_rules import Basket, LineFilter
from loyalty.web.numbers import cash, exact, listed
from loyalty.web.texts import _, ngettext

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def duration_words(duration: Duration) -> str:
    """`12 months`."""
    if duration.unit == "days":
        return ngettext("%(num)s day", "%(num)s days", duration.count)
    if duration.unit == "months":
        return ngettext("%(num)s month", "%(num)s months", duration.count)
    return ngettext("%(num)s year", "%(num)s years", duration.count)


def when_words(when: When) -> Iterator[str]:
    """The conditions, one for each part."""
    lines = when.lines
    for words, template in (
        (wanted(lines), _("on %(what)s")),
        (unwanted(lines), _("not on %(what)s")),
        (when.tier, _("for %(what)s members")),
        (when.segment, _("for the segment %(what)s")),
        (when.store, _("at %(what)s")),
        (when.channel, _("through %(what)s")),
        (when.tender, _("paid with %(what)s")),
        (when.code, _("with the code %(what)s")),
    ):
        if words:
            yield template % {"what": listed(words)}
    if when.min_amount is not None:
        yield _("from %(money)s", money=cash(when.min_amount))
    if when.min_quantity is not None:
        yield _("from %(number)s pieces", number=exact(when.min_quantity))
    if when.basket is not None:
        yield from basket_words(when.basket)
    yield from _time_words(when)


def wanted(lines: LineFilter) -> tuple[str, ...]:
    return (*lines.category, *lines.label, *lines.sku)


def unwanted(lines: LineFilter) -> tuple[str, ...]:
    return (*lines.not_category, *lines.not_label, *lines.not_sku)


def basket_words(basket: Basket) -> Iterator[str]:
    """What else must be in the purchase."""
    yes, no = wanted(basket.lines), unwanted(basket.lines)
    what = listed(yes) if yes else _("anything but %(what)s", what=listed(no)) if no else _("anything")
    if basket.min_amount is not None:
        yield _("with %(what)s for at least %(money)s in the basket", what=what, money=cash(basket.min_amount))
    if basket.min_quantity is not None:
        yield _("with at least %(number)s pieces of %(what)s in the basket",
                what=what, number=exact(basket.min_quantity))  # fmt: skip
    if basket.min_amount is None and basket.min_quantity is None:
        yield _("with %(what)s in the basket", what=what)


def _time_words(when: When) -> Iterator[str]:
    if when.weekday:
        names = {
            "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"),
            "fri": _("Friday"), "sat": _("Saturday"), "sun": _("Sunday"),
        }  # fmt: skip
        yield _("every %(what)s", what=listed(names[_DAYS[day]] for day in when.weekday))
    if when.time_from or when.time_to:
        low = f"{when.time_from:%H:%M}" if when.time_from else "00:00"
        high = f"{when.time_to:%H:%M}" if when.time_to else "24:00"
        yield _("between %(low)s and %(high)s", low=low, high=high)
    if when.date_from:
        yield _("from %(day)s on", day=when.date_from.isoformat())
    if when.date_to:
        yield _("up to %(day)s", day=when.date_to.isoformat())
    if when.purchase_number:
        yield _("with purchase number %(what)s", what=listed(map(str, when.purchase_number)))
    if when.first_purchase:
        yield _("with the first purchase")
    if when.birthday:
        yield _("on the birthday") if when.birthday == "day" else _("in the month of the birthday")


def limit_words(limit: Limit) -> str:
    """How often or how much, and counted over which time."""
    each = {
        "event": _("per purchase"), "day": _("a day"), "week": _("a week"), "month": _("a month"),
        "year": _("a year"), "ever": _("ever"),
    }[limit.per]  # fmt: skip
    if limit.times is not None:
        most = ngettext("at most %(num)s time %(per)s", "at most %(num)s times %(per)s", limit.times, per=each)
    else:
        most = _("at most %(points)s points %(per)s", points=exact(limit.points or 0), per=each)
    return most + " · " + _("all members together") if limit.scope == "all" else most
