"""What is wrong with the form of a campaign, at its fields; and what two people typed at the same time."""

from collections.abc import Mapping
from dataclasses import replace

from loyalty.campaigns.campaign_plan import ARMS
from loyalty.errors import LoyaltyError
from loyalty.web.backoffice.campaigns_view import FIELDS, Wish, read_wish
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.wrong_fields import refused_at


def blame(fault: LoyaltyError, wish: Wish) -> None:
    """The refusal at its field; of what members get, at the first variant that is filled in like this."""
    refused_at(fault, {"mechanics": "kind-a", **{name: f"{name}-{_arm(name, wish)}" for name in FIELDS}}, "name")


def _arm(name: str, wish: Wish) -> str:
    """Which of the variants a refusal is about: the first whose field holds no number."""
    return next((key for key, arm in zip(ARMS, wish.arms, strict=True) if arm["kind"] and not _plain(arm[name])), "a")


def _plain(text: str) -> bool:
    return text != "" and text.replace(".", "", 1).isdecimal()


def labels() -> dict[str, str]:
    """Of every field, by its name."""
    found = {
        "name": _("Name of the campaign"), "segment": _("Segment"), "first": _("First day"), "last": _("Last day"),
        "holdout": _("Held out, percent"), "budget": _("Budget, %(currency)s", currency=shop().currency),
        "stop_harm": _("End it when its members surely buy less than those held out"),
    }  # fmt: skip
    arms = {
        "kind": _("Kind"), "amount": _("How much"), "category": _("Only the category"),
        "min_amount": _("From an amount of"), "cap": _("At most, for each sale"), "times": _("Times for each member"),
        "code": _("Coupon code"), "message": _("Message at the start"), "level": _("Level"),
    }  # fmt: skip
    return found | {f"{name}-{key}": f"{word} ({key.upper()})" for key in ARMS for name, word in arms.items()}


def taken_over(wish: Wish, values: Mapping[str, str]) -> Wish:
    """The form with what both sides wrote."""
    return replace(read_wish(values), goal=wish.goal, stop_harm=bool(values["stop_harm"]))
