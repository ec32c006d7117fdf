"""One page for each figure of the home page: its days as a chart and as a table."""

from flask import Blueprint, abort, render_template
from markupsafe import Markup

from loyalty.web.access import allows
from loyalty.web.backoffice.figures_view import DAYS, FIGURES, Books, Figure
from loyalty.web.database import reading
from loyalty.web.numbers import amount, money, percent, round_money, unit, whole, with_unit
from loyalty.web.shop import shop
from loyalty.web.spark import columns
from loyalty.web.texts import _

blueprint = Blueprint("figures", __name__, url_prefix="/figures")


def figure_name(figure: Figure) -> str:
    """What is counted, over which time."""
    return {
        "sales": _("Sales, 7 days"),
        "members": _("Active members, 28 days"),
        "issued": _("Points issued, 7 days"),
        "redeemed": _("Points redeemed, 7 days"),
        "liability": _("Points outstanding"),
        "level-ups": _("Level-ups, 7 days"),
    }[figure.key]


def figure_note(figure: Figure) -> str:
    """The line below the number: today's part, or what the change compares with."""
    if figure.key == "sales":
        return _("%(amount)s today", amount=money(figure.today))
    if figure.key == "members":
        return _("against the 28 days before")
    if figure.before == 0:
        before = _("none in the %(days)s days before", days=figure.span)
        return before if figure.value else _("none in the %(days)s days before either", days=figure.span)
    if figure.key == "liability":
        return _("against 7 days ago")
    return _("against the 7 days before")


def figure_meaning(figure: Figure) -> str:
    """What exactly is counted."""
    return {
        "sales": _("Money paid for purchases of members, less what was returned, by the day of the sale."),
        "members": _("Members with at least one purchase that was not returned in full."),
        "issued": _("Points earned with purchases and events, and points credited by hand, before returns."),
        "redeemed": _("Points spent on rewards, less what was given back."),
        "liability": _("What members could still spend, valued as the programme says."),
        "level-ups": _("How often a member reached a higher level."),
    }[figure.key]


def figure_value(figure: Figure, value: int) -> str:
    """A value of the figure with its unit."""
    if figure.unit == "money":
        return money(value)
    if figure.unit == "points":
        return with_unit(value, shop().wallet(shop().main_wallet))
    return whole(value)


def figure_short(figure: Figure) -> Markup:
    """The figure's own value for a tile: whole money, the unit small behind points."""
    if figure.unit == "money":
        return Markup('<span title="{}">{}</span>').format(money(figure.value), round_money(figure.value))
    if figure.unit == "points":
        wallet = shop().wallet(shop().main_wallet)
        return Markup('{} <span class="figure-unit">{}</span>').format(amount(figure.value, wallet), unit(wallet))
    return Markup("{}").format(whole(figure.value))


def figure_finding(figure: Figure) -> str:
    """What the chart shows, in a sentence."""
    if figure.change is None:
        return _("Too little to compare with")
    share = percent(abs(figure.change))
    if figure.change == 0:
        return _("As much as before")
    if figure.key == "liability":
        return (
            _("%(share)s more than a week ago", share=share)
            if figure.change > 0
            else _("%(share)s less than a week ago", share=share)
        )
    if figure.change > 0:
        return _("%(share)s more than in the %(days)s days before", share=share, days=figure.span)
    return _("%(share)s less than in the %(days)s days before", share=share, days=figure.span)


@blueprint.get("/<key>")
@allows("figures.view")
def page(key: str) -> str:
    if key not in FIGURES or shop().programme is None:
        abort(404)
    figure = FIGURES[key](Books(reading(), shop()))
    return render_template(
        "figure.html",
        figure=figure,
        days=DAYS,
        bars=columns([value for _day, value in figure.days]),
        figure_name=figure_name,
        figure_note=figure_note,
        figure_meaning=figure_meaning,
        figure_finding=figure_finding,
        figure_value=figure_value,
    )
