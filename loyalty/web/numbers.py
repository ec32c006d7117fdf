"""Amounts and dates as people read them: grouped digits, always a unit, the shop's own time zone, ISO on hover."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup

from loyalty.members.tokens import phone_in_groups
from loyalty.points.facts import Exact
from loyalty.points.programme import Wallet
from loyalty.web.shop import shop
from loyalty.web.texts import _

_DAY = {"en": "d MMM yyyy", "zh": "y年M月d日"}
_LONG_DAY = {"en": "EEEE, d MMMM yyyy", "zh": "y年M月d日 EEEE"}
_MONTH = {"en": "MMMM yyyy", "zh": "y年M月"}
_MOMENT = {"en": "d MMM yyyy, HH:mm", "zh": "y年M月d日 HH:mm"}

_SHORT_MOMENT = {"en": "d MMM, HH:mm", "zh": "M月d日 HH:mm"}


def _pattern(patterns: dict[str, str]) -> str:
    return patterns.get(get_locale().language, patterns["en"])


def listed(words: Iterable[str]) -> str:
    """`fruit, vegetables`; `水果、蔬菜` in Chinese."""
    return ("、" if get_locale().language == "zh" else ", ").join(words)


def whole(number: int | Decimal) -> str:
    """`1,740`."""
    return str(format_decimal(number, locale=get_locale()))


def exact(value: Exact, places: int = 4) -> str:
    """A number that may be a fraction: `28.5`; a fraction without an end is cut at `places` and marked."""
    number = Fraction(value)
    shown = Decimal(number.numerator) / Decimal(number.denominator)
    cut = round(shown, places)
    text = format_decimal(cut, format=f"#,##0.{'#' * places}", locale=get_locale())
    return str(text) if Fraction(cut) == number else f"≈ {text}"


def decimal(value: Decimal) -> str:
    """A number as programs write it, without needless zeros: `Decimal("2.50")` -> `2.5`."""
    return str(format_decimal(value.normalize(), locale=get_locale()))


def percent(share: float, places: int = 0) -> str:
    """`0.125` -> `12.5 %` with one place."""
    return str(format_percent(share, format=f"#,##0.{'0' * places}%" if places else "#,##0%", locale=get_locale()))


def money(cents: int | None) -> str:
    """An amount in the currency's smallest unit, with its currency."""
    if cents is None:
        return "–"
    amount = Decimal(cents).scaleb(-shop().digits)
    return str(format_currency(amount, shop().currency, locale=get_locale(), currency_digits=True))


def short_money(cents: int) -> str:
    """As `money`, without the decimals of a whole amount: `HK$20,000`."""
    return round_money(cents) if cents % 10 ** shop().digits == 0 else money(cents)


def round_money(cents: int) -> str:
    """To the nearest whole unit of the currency: `HK$13,878`."""
    amount = round(Decimal(cents).scaleb(-shop().digits))
    return str(
        format_currency(amount, shop().currency, format=_whole_pattern(), locale=get_locale(), currency_digits=False)
    )


def _whole_pattern() -> str:
    """The language's own pattern for money, without decimals."""
    return re.sub(r"\.0+", "", get_locale().currency_formats["standard"].pattern)


def plain_money(value: Decimal) -> str:
    """An amount in whole units of the currency, as programs write it: `Decimal("12.50")`."""
    return str(format_currency(value, shop().currency, locale=get_locale(), currency_digits=True))


def amount(units: Exact, wallet: Wallet) -> str:
    """What stands in a wallet, without a unit except for money: `1,740`, `12.50`, `HK$30.00`. Parts of the smallest
    unit, as rules give them before rounding, are shown too, and marked where they have no end.
    """
    if wallet.kind == "money" and isinstance(units, int):
        return money(units)
    value = Fraction(units) / 10**wallet.decimals
    if not isinstance(units, int) and value.denominator > 1:
        return exact(value, wallet.decimals + 4)
    shown = Decimal(value.numerator) / Decimal(value.denominator)
    places = "." + "0" * wallet.decimals if wallet.decimals else ""
    return str(format_decimal(shown, format=f"#,##0{places}", locale=get_locale()))


def unit(wallet: Wallet, units: Exact = 0) -> str:
    """The word behind the number; empty for money, which carries its currency."""
    if wallet.kind == "money":
        return ""
    if wallet.name == "points":
        return _("points")
    one = units == 10**wallet.decimals and wallet.name.isascii() and len(wallet.name) > 3
    return wallet.name.removesuffix("s") if one and not wallet.name.endswith("ss") else wallet.name


def with_unit(units: Exact, wallet: Wallet) -> str:
    """`1,740 points`, `8 stamps`, `HK$30.00`."""
    if wallet.kind == "money":
        return amount(units, wallet)
    if wallet.name == "points" and units == 1 and not wallet.decimals:
        return _("1 point")
    return _("%(amount)s %(unit)s", amount=amount(units, wallet), unit=unit(wallet, units))


def cash(units: Exact) -> str:
    """Money in the smallest unit that may be a fraction of it, as shares of a discount are."""
    if Fraction(units).denominator == 1:
        return short_money(int(units))
    return f"{exact(Fraction(units) / 10 ** shop().digits)} {shop().currency}"


def units_of(value: Decimal, wallet: Wallet) -> int:
    """An amount in the wallet's own unit as whole smallest units."""
    return int(value.scaleb(wallet.decimals))


def day_text(value: date) -> str:
    """`3 Nov 2026`."""
    return str(format_date(value, _pattern(_DAY), locale=get_locale()))


def _time(iso: str, text: str) -> Markup:
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(iso, text)


def day(value: date | None) -> Markup | str:
    """A day, or a dash."""
    return "–" if value is None else _time(value.isoformat(), day_text(value))


def long_day(value: date) -> Markup:
    return _time(value.isoformat(), format_date(value, _pattern(_LONG_DAY), locale=get_locale()))


def month(value: date) -> str:
    return str(format_date(value, _pattern(_MONTH), locale=get_locale()))


def local(moment: datetime) -> datetime:
    """The moment in the shop's time zone."""
    return moment.astimezone(shop().zone)


def local_date(value: datetime) -> date:
    """The shop's local day that holds the moment."""
    return local(value).date()


def local_day(value: datetime) -> Markup | str:
    """That day as text."""
    return day(local_date(value))


def moment(value: datetime | None) -> Markup | str:
    """Day and time in the shop's time zone, or a dash."""
    if value is None:
        return "–"
    here = local(value)
    return _time(
        here.isoformat(timespec="seconds"),
        format_datetime(here, _pattern(_MOMENT), tzinfo=shop().zone, locale=get_locale()),
    )


def short_moment(value: datetime) -> Markup:
    """`22 Nov, 04:03`: for lists whose headings name month and year."""
    here = local(value)
    return _time(
        here.isoformat(timespec="seconds"),
        format_datetime(here, _pattern(_SHORT_MOMENT), tzinfo=shop().zone, locale=get_locale()),
    )


def clock_time(value: datetime) -> Markup:
    """`19:20` in the shop's time zone."""
    here = local(value)
    return _time(
        here.isoformat(timespec="seconds"),
        format_time(here, "HH:mm", tzinfo=shop().zone, locale=get_locale()),
    )


def install_numbers(app: Flask) -> None:
    """The same functions as filters of the templates."""
    filters: dict[str, Callable[..., Any]] = {
        "whole": whole,
        "exact": exact,
        "percent": percent,
        "decimal": decimal,
        "money": money,
        "plain_money": plain_money,
        "amount": amount,
        "unit": unit,
        "cash": cash,
        "units_of": units_of,
        "phone": phone_in_groups,
        "with_unit": with_unit,
        "day": day,
        "long_day": long_day,
        "month": month,
        "moment": moment,
        "local_date": local_date,
        "local_day": local_day,
        "clock_time": clock_time,
        "short_moment": short_moment,
    }
    for name, function in filters.items():
        app.add_template_filter(function, name)
