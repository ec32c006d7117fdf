"""Words of the analyses' rows in the page's language, and their cells as people read them."""

from datetime import date
from decimal import Decimal

from markupsafe import Markup

from loyalty.insight.report import Cell
from loyalty.web.i18n import LANGUAGES
from loyalty.web.numbers import decimal, month, percent, plain_money, whole
from loyalty.web.texts import N_, _

WORDS = (
    *(N_("under 18"), N_("18-24"), N_("25-34"), N_("35-44"), N_("45-54"), N_("55-64"), N_("65 and older")),
    *(N_("unknown"), N_("up to 1 month"), N_("1-3 months"), N_("3-6 months"), N_("6-12 months"), N_("over 1 year")),
    *(N_("up to 7 days"), N_("8-14 days"), N_("15-30 days"), N_("31-60 days"), N_("61-90 days"), N_("over 90 days")),
    *(N_("Sunday"), N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday")),
    *(N_("top"), N_("big"), N_("medium"), N_("small"), N_("inactive")),
    *(N_("basic"), N_("reactive"), N_("accountable"), N_("proactive"), N_("partnership")),
    *(N_("under 25 %"), N_("25-50 %"), N_("50-75 %"), N_("75-90 %"), N_("over 90 %")),
    *(N_("no longer buying"), N_("falling"), N_("steady"), N_("rising"), N_("new or back")),
    *(N_("took a reward"), N_("took none"), N_("earn"), N_("offers"), N_("tiers"), N_("referral")),
)
"""Rows that have a word of ours; the rest is the shop's own."""
_OURS = frozenset(WORDS)


def word(text: str) -> str:
    """A word of ours in the page's language, the name of a language, or the text itself."""
    if text in _OURS:
        return _(text)
    return LANGUAGES.get(text.replace("-", "_"), text)


def cell_text(unit: str, cell: Cell) -> str | Markup:
    """A cell of an analysis as it stands on the page; a dash for nothing."""
    if cell is None or (unit == "text" and cell == "-"):
        return Markup('<span class="quiet">–</span>')
    if unit == "word":
        return word(str(cell))
    if unit == "month":
        year, number = str(cell).split("-")
        return month(date(int(year), int(number), 1))
    if isinstance(cell, str):
        return cell
    if unit == "money":
        return plain_money(Decimal(cell))
    if unit == "percent":
        return percent(float(cell) / 100, 1)
    return decimal(cell) if isinstance(cell, Decimal) else whole(cell)


def is_number(unit: str) -> bool:
    return unit not in ("text", "word", "month")
