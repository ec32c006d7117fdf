"""The words of campaigns in the page's language: goals, what members get, states, and why one ended."""

from loyalty.campaigns.campaign_plan import Mechanic
from loyalty.campaigns.uplift import Uplift
from loyalty.web.numbers import decimal, money, plain_money
from loyalty.web.texts import N_, _

GOALS: dict[str, tuple[str, str]] = {
    "win_back": (N_("Win them back"), N_("Members who have not been here for a while come once more.")),
    "more_visits": (N_("More visits"), N_("Regular members come one time more than they would.")),
    "bigger_basket": (N_("Bigger baskets"), N_("Members put more into each purchase.")),
    "try_category": (N_("Try something new"), N_("Members buy a category that they have not bought so far.")),
    "thank_best": (N_("Thank the best"), N_("Those who bring most of the sales get something for it.")),
}
KINDS: dict[str, str] = {
    "multiply": N_("Points multiplied"),
    "bonus": N_("Bonus points with a purchase"),
    "percent": N_("Percent off"),
    "amount": N_("Money off"),
    "gift": N_("Points once, at the start"),
    "level": N_("A level until the last day"),
    "message": N_("Only a message"),
}
STATES: dict[str, str] = {
    "draft": N_("draft"),
    "asked": N_("waits for a second person"),
    "approved": N_("agreed, not begun"),
    "running": N_("running"),
    "ended": N_("ended"),
}
ENDS: dict[str, str] = {
    "days": N_("Its days were over."),
    "budget": N_("Its budget was used up."),
    "harm": N_("Its groups bought surely less than those who got nothing."),
    "person": N_("Somebody stopped it."),
}


def goal_word(goal: str) -> str:
    return _(GOALS[goal][0])


def state_word(state: str) -> str:
    return _(STATES[state])


def end_word(reason: str) -> str:
    return _(ENDS[reason]) if reason in ENDS else ""


def mechanic_words(mechanic: Mechanic) -> str:
    """One sentence: what a member gets and on which condition."""
    number = decimal(mechanic.amount)
    parts = [
        {
            "multiply": _("%(number)s times the points", number=number),
            "bonus": _("%(number)s points more with a purchase", number=number),
            "percent": _("%(number)s percent off", number=number),
            "amount": _("%(money)s off", money=plain_money(mechanic.amount)),
            "gift": _("%(number)s points once, at the start", number=number),
            "level": _("the level %(level)s until the last day", level=mechanic.level),
            "message": _("only the message"),
        }[mechanic.kind]
    ]
    if mechanic.category:
        parts.append(_("on %(category)s", category=mechanic.category))
    if mechanic.min_amount is not None:
        parts.append(_("from %(money)s", money=plain_money(mechanic.min_amount)))
    if mechanic.cap is not None:
        parts.append(_("at most %(money)s a sale", money=plain_money(mechanic.cap)))
    if mechanic.times is not None:
        parts.append(_("%(number)s times for each member", number=mechanic.times))
    if mechanic.code:
        parts.append(_("with the code %(code)s", code=mechanic.code))
    return " · ".join(parts)


def uplift_words(found: Uplift | None) -> str:
    """Whether a difference in sales per member can be relied on, with its interval."""
    if found is None:
        return _("Too few members in a group to say.")
    low, high = money(round(found.low)), money(round(found.high))
    if not found.sure:
        return _("Between %(low)s and %(high)s, so it may be chance.", low=low, high=high)
    return _("Between %(low)s and %(high)s, 95 times in 100.", low=low, high=high)
