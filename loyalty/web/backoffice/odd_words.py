"""Words of the rules about what looks odd, in the page's language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loyalty.web.numbers import plain_money
from loyalty.web.texts import _


def rule_name(rule: str) -> str:
    return {
        "own_card": _("Own card at the own till"),
        "often_hour": _("Many sales within an hour"),
        "often_day": _("Many sales on one day"),
        "two_stores": _("One card at two stores"),
        "late": _("Points long after the sale"),
        "receipts": _("Many receipts claimed"),
        "by_hand": _("Many points by hand"),
        "returns": _("Returns after rewards"),
    }.get(rule, rule)


def rule_meaning(rule: str) -> str:
    """What the rule looks for, for whoever sets its limit."""
    return {
        "own_card": _("Whoever stands at the till collects on their own card; name the cards of your staff below."),
        "often_hour": _("One member buys more often within 60 minutes than shoppers do."),
        "often_day": _("One member buys more often on one day than shoppers do."),
        "two_stores": _("One card is used at two stores within fewer minutes than the way takes."),
        "late": _("A sale without a card, or of another member, was given to the member later than usual."),
        "receipts": _("One member claims more sales by the codes on receipts on one day than they can have made."),
        "by_hand": _("One of the staff gives and takes more points by hand on one day than the shop allows itself."),
        "returns": _("Goods come back of sales in which a reward was used, more often in one month than usual."),
    }.get(rule, "")


def limit_label(rule: str) -> str:
    """Of the rule's one limit."""
    return {
        "own_card": _("Own sales on one day, at most"),
        "often_hour": _("Sales within an hour, at most"),
        "often_day": _("Sales on one day, at most"),
        "two_stores": _("Minutes between two stores, at least"),
        "late": _("Hours after the sale, at most"),
        "receipts": _("Receipts claimed on one day, at most"),
        "by_hand": _("Points by hand on one day, at most"),
        "returns": _("Such returns in one month, at most"),
    }.get(rule, rule)


def finding_words(rule: str, facts: Mapping[str, Any]) -> str:
    """What was found, with its numbers."""
    if rule == "late":
        return _("Hours between the sale and its points: %(hours)s; usual are %(limit)s at most.", **_of(facts))
    if rule == "two_stores":
        return _(
            "First at %(from)s, then at %(to)s. Minutes between: %(minutes)s; usual are %(limit)s at least.",
            **_of(facts),
        )
    words = {
        "own_card": _("Sales on the own card on one day: %(count)s, in all %(net)s.", **_of(facts)),
        "often_hour": _(
            "Sales within %(minutes)s min: %(count)s; usual in an hour are %(limit)s at most.", **_of(facts)
        ),
        "often_day": _(
            "Sales on one day: %(count)s; usual are %(limit)s at most. Different stores: %(stores)s.", **_of(facts)
        ),
        "receipts": _(
            "Receipts claimed on one day: %(count)s; usual are %(limit)s at most. Different stores: %(stores)s.",
            **_of(facts),
        ),
        "by_hand": _(
            "Points by hand on one day: %(points)s, in bookings: %(count)s; usual are %(limit)s points at most.",
            **_of(facts),
        ),
        "returns": _("Such returns in one month: %(count)s, given back: %(refunded)s.", **_of(facts)),
    }
    return words.get(rule, rule)


def _of(facts: Mapping[str, Any]) -> dict[str, object]:
    """All numbers that any of the sentences names."""
    names = ("count", "limit", "minutes", "hours", "stores", "net", "points", "refunded", "from", "to")
    found = {name: facts.get(name, "–") for name in names}
    return found | {name: plain_money(Decimal(facts[name])) for name in ("net", "refunded") if name in facts}
