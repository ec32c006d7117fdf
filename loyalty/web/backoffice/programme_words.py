"""Rules, levels and rewards of a programme in plain words of the page's language."""

from collections.abc import Iterator
from fractions import Fraction

from loyalty.contract.outcomes import TierView
from loyalty.points.facts import Duration
from loyalty.points.programme import EarnRule, Expiry, Level, Programme, Reward, Tiers, Value, Wallet, Window
from loyalty.web.backoffice.condition_words import duration_words, limit_words, when_words
from loyalty.web.numbers import (
    amount,
    cash,
    exact,
    listed,
    percent,
    plain_money,
    short_money,
    units_of,
    whole,
    with_unit,
)
from loyalty.web.shop import shop
from loyalty.web.texts import _, ngettext


def expiry_words(expiry: Expiry) -> str:
    """How long points of a wallet live."""
    if expiry.kind == "after" and expiry.duration:
        lasting = duration_words(expiry.duration)
        ends = {
            "month": _("usable for %(time)s, to the end of that month", time=lasting),
            "quarter": _("usable for %(time)s, to the end of that quarter", time=lasting),
            "year": _("usable for %(time)s, to the end of that year", time=lasting),
        }
        return ends.get(expiry.round_up or "", _("usable for %(time)s", time=lasting))
    if expiry.kind == "on":
        return _("expire every year on day %(day)s of month %(month)s", day=expiry.day, month=expiry.month)
    if expiry.kind == "inactivity" and expiry.duration:
        return _("expire after %(time)s without a visit", time=duration_words(expiry.duration))
    return _("never expire")


def wallet_words(wallet: Wallet) -> Iterator[str]:
    """What is special about a wallet, one sentence each."""
    yield expiry_words(wallet.expiry)
    if wallet.pending:
        yield ngettext("usable from the next day", "usable %(num)s days after they were earned", wallet.pending)
    if wallet.value_per_point and wallet.kind != "money":
        yield _("valued at %(money)s each", money=cash(Fraction(wallet.value_per_point) * 10 ** shop().digits))
    if wallet.max_balance is not None:
        yield _("at most %(amount)s", amount=with_unit(wallet.max_balance, wallet))
    if wallet.transferable:
        yield _("may be passed on to other members")


def award_words(rule: EarnRule, wallet: Wallet) -> str:
    """What a rule gives."""
    if rule.award == "per_amount":
        return _("%(points)s for every %(money)s", points=with_unit(rule.points, wallet), money=cash(rule.per))
    if rule.award == "per_unit":
        points = with_unit(rule.points, wallet)
        if rule.per == 1:
            return _("%(points)s for every piece", points=points)
        return _("%(points)s for every %(number)s pieces", points=points, number=exact(rule.per))
    if rule.award == "multiply":
        return _("points × %(factor)s", factor=exact(rule.points))
    if rule.award == "bonus":
        return _("%(points)s on top", points=with_unit(rule.points, wallet))
    return with_unit(rule.points, wallet)


def event_words(rule: EarnRule) -> str:
    """On what a rule looks; empty for purchases."""
    if rule.on.startswith("custom:"):
        return rule.on.removeprefix("custom:")
    return {
        "purchase": "",
        "first_purchase": _("with the first purchase"),
        "signup": _("for joining"),
        "birthday": _("on the birthday"),
        "referral": _("for bringing a friend"),
        "visit": _("for a visit"),
    }.get(rule.on, rule.on)


def rule_notes(rule: EarnRule) -> Iterator[str]:
    """Name, conditions and limits of an earn rule."""
    yield rule.name
    yield from when_words(rule.when)
    yield from (limit_words(limit) for limit in rule.limits)
    if not rule.enabled:
        yield _("switched off")


def window_words(window: Window) -> str:
    """Over which time a level's figure is counted."""
    if window.kind == "rolling" and window.duration:
        if window.duration == Duration("years", 1):
            return _("in the last year")
        return _("in the last %(time)s", time=duration_words(window.duration))
    if window.kind == "calendar":
        return {
            "month": _("in a calendar month"),
            "quarter": _("in a calendar quarter"),
            "year": _("in a calendar year"),
        }[window.unit or "year"]
    return _("since joining")


def threshold_words(level: Level, tiers: Tiers, programme: Programme) -> str:
    """What a member needs for the level."""
    if not level.threshold and level.rank == 0:
        return _("everybody, from the first day")
    if tiers.metric == "spend":
        needed = _("spend %(money)s", money=cash(level.threshold))
    elif tiers.metric == "purchases":
        needed = _("%(number)s purchases", number=exact(level.threshold))
    else:
        wallet = programme.wallet(tiers.metric_wallet or programme.first_wallet)
        units = with_unit(level.threshold, wallet)
        needed = _("earn %(points)s", points=units) if tiers.metric == "earned" else _("have %(points)s", points=units)
        if tiers.metric == "balance":
            return needed
    return _("%(needed)s %(window)s", needed=needed, window=window_words(level.window))


def lasting_words(level: Level) -> str:
    """How long the level is kept; empty for the level that everybody has."""
    if not level.threshold and level.rank == 0:
        return ""
    lasts = level.lasts
    if lasts.kind == "term" and lasts.duration:
        return _("kept for %(time)s", time=duration_words(lasts.duration))
    return {
        "for_ever": _("kept for ever"),
        "while_qualified": _("kept as long as the figure is reached"),
        "end_of_period": _("kept to the end of the period"),
        "end_of_next_period": _("kept to the end of the next period"),
    }[lasts.kind]


def benefit_words(level: Level) -> Iterator[str]:
    """What the level brings."""
    if level.earn_multiplier != 1:
        yield _("points × %(factor)s", factor=exact(level.earn_multiplier))
    if level.discount_percent:
        yield _("%(percent)s off every purchase", percent=percent(float(level.discount_percent) / 100, 0))
    for name, value in level.benefits.items():
        if name not in ("earn_multiplier", "discount_percent"):
            yield name if value is True else f"{name}: {value}"


def way_words(level: TierView, programme: Programme) -> str:
    """How far it is to the next level."""
    tiers, following = programme.tiers, level.next
    if tiers is None or following is None:
        return ""
    if tiers.metric == "spend":
        missing = plain_money(following.missing)
    elif tiers.metric == "purchases":
        missing = ngettext("%(num)s purchase", "%(num)s purchases", int(following.missing))
    else:
        wallet = programme.wallet(tiers.metric_wallet or programme.first_wallet)
        missing = with_unit(units_of(following.missing, wallet), wallet)
    return _("%(missing)s to %(level)s", missing=missing, level=following.name)


def worth_words(value: Value) -> str:
    """What a reward is worth: `HK$50 off`, `10% off`, `2 × COFFEE`."""
    if value.percent is not None:
        worth = _("%(percent)s off", percent=percent(float(value.percent) / 100))
    elif value.amount is not None:
        worth = _("%(money)s off", money=short_money(value.amount))
    elif value.product is not None:
        what = f"{whole(value.quantity)} × {value.product}" if value.quantity > 1 else value.product
        worth = _("%(what)s for free", what=what)
    else:
        return ""
    return _("a voucher: %(worth)s", worth=worth) if value.voucher else worth


def reward_words(reward: Reward, programme: Programme) -> tuple[str, str]:
    """What it costs, and what it gives."""
    wallet = programme.wallet(reward.wallet)
    if reward.per_point is not None:
        step = reward.step
        gives = _("%(money)s off", money=cash(Fraction(reward.per_point) * step))
        return _("every %(points)s", points=with_unit(step, wallet)), gives
    return with_unit(reward.cost or 0, wallet), worth_words(reward.value)


def reward_limits(reward: Reward) -> Iterator[str]:
    """Who may have it, how often, how many there are."""
    if reward.tiers:
        yield _("for %(what)s members", what=listed(reward.tiers))
    yield from when_words(reward.when)
    if reward.min_points:
        yield _("from %(amount)s", amount=amount(reward.min_points, shop().wallet(reward.wallet)))
    if reward.max_percent is not None:
        yield _("at most %(percent)s of a purchase", percent=percent(float(reward.max_percent) / 100))
    if reward.stock is not None:
        yield ngettext("%(num)s piece in all", "%(num)s pieces in all", reward.stock)
    yield from (limit_words(limit) for limit in reward.limits)
