"""The conditions of segments in the page's language, and the choices that are offered for each."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from babel.dates import get_month_names
from flask_babel import get_locale
from sqlalchemy.orm import Session

from loyalty.campaigns.segments import all_segments
from loyalty.campaigns.segments_rules import Rule, Rules
from loyalty.insight.scores import CLASSES
from loyalty.members.described import tags_known
from loyalty.points.tables_sale import purchase_lines, purchases
from loyalty.web.backoffice.analyses_words import word
from loyalty.web.backoffice.member_consents import PURPOSES, purpose_word
from loyalty.web.backoffice.members_saved import known_stores
from loyalty.web.i18n import LANGUAGES
from loyalty.web.numbers import day_text, decimal, listed, money, with_unit
from loyalty.web.shop import Shop, shop
from loyalty.web.texts import N_, _

FACTS: dict[str, str] = {
    "purchases": N_("Number of purchases"),
    "spend": N_("Net sales"),
    "average": N_("Sales by purchase"),
    "last_days": N_("Days since the last purchase"),
    "category": N_("Bought the category"),
    "category_spend": N_("Sales of a category"),
    "store": N_("Bought at the store"),
    "store_purchases": N_("Purchases at a store"),
    "channel": N_("Bought in the channel"),
    "rewards": N_("Rewards taken"),
    "friends": N_("Friends brought"),
    "rule": N_("Got something from the rule or offer"),
    "level": N_("Level"),
    "points": N_("Points that can be spent"),
    "language": N_("Language"),
    "tag": N_("Tag"),
    "consent": N_("Agreed to"),
    "age": N_("Age in years"),
    "birthday_month": N_("Month of the birthday"),
    "joined_days": N_("Days since joining"),
    "top_percent": N_("Place by sales, percent from the top"),
    "sales_percent": N_("Among the best who bring percent of the sales"),
    "pyramid": N_("Class of the customer pyramid"),
    "recency_score": N_("Recency score, 1 to 5"),
    "frequency_score": N_("Frequency score, 1 to 5"),
    "money_score": N_("Money score, 1 to 5"),
    "cell": N_("RFM cell, such as 5-5-*"),
    "alive": N_("Still a customer, probability in %"),
    "next_year": N_("Expected sales, next 12 months"),
    "lifetime": N_("Lifetime value"),
    "segment": N_("In the segment"),
}
"""In the order of the list to choose from."""
CLOSED = ("language", "level", "tag", "consent", "birthday_month", "pyramid", "segment")
"""Facts whose values are ticked; others are typed."""
_MOST = 200


def choices(session: Session, here: Shop, fact: str, but: str = "") -> list[tuple[str, str]]:
    """(value, words) that the shop knows for a fact. `but`: id of the segment that may not name itself."""
    if fact == "language":
        return [(tag.replace("_", "-"), name) for tag, name in LANGUAGES.items()]
    if fact == "level":
        return [(level.name, level.name) for level in here.levels]
    if fact == "tag":
        return [(tag, tag) for tag in tags_known(session)]
    if fact == "consent":
        return [(purpose, purpose_word(purpose)) for purpose in PURPOSES]
    if fact == "birthday_month":
        return [(str(number), name) for number, name in get_month_names("wide", locale=get_locale()).items()]
    if fact == "pyramid":
        return [(name, word(name)) for name in CLASSES]
    if fact == "segment":
        return [(each.name, each.name) for each in all_segments(session) if each.id != but]
    return [(each, each) for each in _typed(session, here, fact)]


def _typed(session: Session, here: Shop, fact: str) -> Sequence[str]:
    if fact in ("store", "store_purchases"):
        return known_stores(session)
    if fact in ("category", "category_spend"):
        return _lately(session, purchase_lines.c.category)
    if fact == "channel":
        return _lately(session, purchases.c.channel)
    if fact == "rule" and here.programme is not None:
        return [*(rule.name for rule in here.programme.earn), *(offer.name for offer in here.programme.offers)]
    return ()


def _lately(session: Session, column: Any) -> list[str]:
    """Values of the latest 2,000 sales."""
    latest = sa.select(purchases.c.id).order_by(purchases.c.day.desc()).limit(2_000).subquery()
    table = sa.select(column).distinct()
    if column.table is purchase_lines:
        table = table.join(latest, latest.c.id == purchase_lines.c.purchase)
    else:
        table = table.where(purchases.c.id.in_(sa.select(latest.c.id)))
    return sorted(value for value in session.scalars(table) if value)[:_MOST]


def fact_words(fact: str) -> str:
    return _(FACTS[fact])


def word_words(name: str) -> str:
    return {"at_least": _("at least"), "at_most": _("at most"), "is": _("is"), "is_not": _("is not")}[name]


def rule_words(session: Session, here: Shop, rule: Rule) -> str:
    """A condition as a sentence: `Sales at least HK$500.00, last 90 days`."""
    if rule.shape.unit == "text":
        known = dict(choices(session, here, rule.fact)) if rule.fact in CLOSED else {}
        what = listed(known.get(value, value) for value in rule.values)
    else:
        what = number_words(here, rule)
    said = f"{fact_words(rule.fact)} {word_words(rule.word)} {what}"
    if rule.of:
        said = f"{said} ({rule.of})"
    return _("%(condition)s, last %(days)s days", condition=said, days=rule.days) if rule.days else said


def number_words(here: Shop, rule: Rule) -> str:
    if rule.shape.unit == "money":
        return money(int(rule.number.scaleb(here.digits)))
    if rule.shape.unit == "points":
        wallet = here.wallet(here.main_wallet)
        return with_unit(int(rule.number.scaleb(wallet.decimals)), wallet)
    return decimal(rule.number) + (" %" if rule.shape.unit == "percent" else "")


def found_words(rule: Rule, found: Any) -> str:
    """A member's own figure, in the words of the condition; empty where there is none."""
    if found is None:
        return ""
    if isinstance(found, str):
        found = date.fromisoformat(found)
    if isinstance(found, date):
        return _("last on %(day)s", day=day_text(found))
    here, unit = shop(), rule.shape.unit
    if unit == "money":
        return money(int(found))
    if unit == "points":
        return with_unit(int(found), here.wallet(here.main_wallet))
    return decimal(Decimal(int(found)) / 10) + " %" if unit == "percent" else str(int(found))


def rules_words(session: Session, here: Shop, rules: Rules) -> str:
    """All conditions in one line; everybody without any."""
    if not rules.rules:
        return _("everybody")
    joint = _(" and ") if rules.every else _(" or ")
    return joint.join(rule_words(session, here, rule) for rule in rules.rules)
