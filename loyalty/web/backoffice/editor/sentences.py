"""Each entry of a programme in one sentence of the page's language: "1 point for every HK$10, every Tuesday"."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from flask_babel import get_locale

from loyalty.points.facts import Exact
from loyalty.points.programme import EarnRule, Level, Programme, Reward, Wallet
from loyalty.points.programme_offers import Criteria, Offer, Range, TopUpOffer
from loyalty.web.backoffice import programme_words as words
from loyalty.web.backoffice.condition_words import limit_words, when_words
from loyalty.web.numbers import cash, exact, listed, percent, short_money, unit, with_unit
from loyalty.web.texts import _


def sentences(section: str, programme: Programme) -> list[str]:
    """One for each entry of a section, in the order of the document."""
    makers: Mapping[str, Iterable[str]] = {
        "earn": (rule_sentence(each, programme) for each in programme.earn),
        "tiers": (level_sentence(each, programme) for each in (programme.tiers.levels if programme.tiers else ())),
        "rewards": (reward_sentence(each, programme) for each in programme.rewards.values()),
        "offers": (offer_sentence(each) for each in programme.offers),
        "wallets": (wallet_sentence(each) for each in programme.wallets.values()),
        "topups": (topup_sentence(each, programme) for each in programme.topups.values()),
        "segments": (segment_sentence(each) for each in programme.segments.values()),
    }
    return list(makers.get(section, ()))


def joined(parts: Iterable[str]) -> str:
    """The parts of a sentence with the language's comma between them."""
    return ("，" if get_locale().language == "zh" else ", ").join(part for part in parts if part)


def rule_sentence(rule: EarnRule, programme: Programme) -> str:
    award = _award(rule, programme)
    event = words.event_words(rule)
    given = _("%(award)s %(event)s", award=award, event=event) if event else award
    return joined([given, *when_words(rule.when), *map(limit_words, rule.limits)])


def _award(rule: EarnRule, programme: Programme) -> str:
    if rule.award == "multiply" and rule.points == 2:
        return _("points doubled")
    if rule.award == "multiply" and rule.points == 3:
        return _("points tripled")
    return words.award_words(rule, programme.wallet(rule.wallet))


def level_sentence(level: Level, programme: Programme) -> str:
    assert programme.tiers is not None
    needed = words.threshold_words(level, programme.tiers, programme)
    return joined([needed, words.lasting_words(level), *words.benefit_words(level)])


def reward_sentence(reward: Reward, programme: Programme) -> str:
    cost, gives = words.reward_words(reward, programme)
    return joined([f"{cost} → {gives or reward.name}", *words.reward_limits(reward)])


def offer_sentence(offer: Offer) -> str:
    return joined([_taken(offer), *when_words(offer.when), *_bounds(offer)])


def _taken(offer: Offer) -> str:
    share = percent(float(offer.percent) / 100)
    if offer.kind == "percent":
        return _("%(percent)s off", percent=share)
    if offer.kind == "amount":
        off = _("%(money)s off", money=short_money(offer.amount))
        return _("%(off)s on every piece", off=off) if offer.each else off
    if offer.kind == "cheapest":
        return _("%(percent)s off the cheapest piece", percent=share)
    bundle = {"buy": offer.buy, "get": offer.get}
    if offer.add:
        return _("buy %(buy)s, get %(get)s more for free", **bundle)
    if offer.percent == 100:
        return _("buy %(buy)s, get %(get)s for free", **bundle)
    return _("buy %(buy)s, get %(percent)s off %(get)s", percent=share, **bundle)


def _bounds(offer: Offer) -> Iterator[str]:
    if offer.cap is not None:
        yield _("at most %(amount)s", amount=short_money(offer.cap))
    if offer.exclusive:
        yield _("beside no other offer")
    yield from map(limit_words, offer.limits)


def wallet_sentence(wallet: Wallet) -> str:
    return joined([unit(wallet) or wallet.name, *words.wallet_words(wallet)])


def topup_sentence(topup: TopUpOffer, programme: Programme) -> str:
    paid = _("pay %(money)s", money=short_money(topup.pay))
    return joined([paid, *_bought(topup, programme), _bonus(topup, programme), *_gifts(topup, programme)])


def _bought(topup: TopUpOffer, programme: Programme) -> Iterator[str]:
    if topup.gives is not None:
        yield _("get %(amount)s", amount=with_unit(topup.gives, programme.wallet(topup.wallet)))
    if topup.expiry is not None:
        yield words.expiry_words(topup.expiry)


def _bonus(topup: TopUpOffer, programme: Programme) -> str:
    if topup.bonus is None:
        return ""
    bonus = with_unit(topup.bonus.amount, programme.wallet(topup.wallet))
    if topup.bonus.parts > 1:
        return _("%(bonus)s on top in %(number)s parts", bonus=bonus, number=topup.bonus.parts)
    return _("%(bonus)s on top", bonus=bonus)


def _gifts(topup: TopUpOffer, programme: Programme) -> Iterator[str]:
    for wallet, many in topup.gifts:
        yield _("%(gift)s as a gift", gift=with_unit(many, programme.wallet(wallet)))


def segment_sentence(criteria: tuple[Criteria, ...]) -> str:
    """`at least 10 purchases, bought within 60 days; or …`."""
    said = ""
    for each in criteria:
        block = joined(_criteria(each)) or _("everybody")
        said = _("%(one)s; or %(other)s", one=said, other=block) if said else block
    return said or _("everybody")


def _criteria(one: Criteria) -> Iterator[str]:
    figures: tuple[tuple[str, Range | None, Callable[[Exact], str]], ...] = (
        (_("purchases: %(bounds)s"), one.purchases, exact),
        (_("spent in all: %(bounds)s"), one.spend, cash),
        (_("spent on average: %(bounds)s"), one.average, cash),
        (_("one purchase of: %(bounds)s"), one.single, cash),
        (_("days since the last purchase: %(bounds)s"), one.last_days, exact),
    )
    for words_, bounds, shown in figures:
        if bounds is not None:
            yield words_ % {"bounds": _bounds_of(bounds, shown)}
    if one.store:
        yield _("bought at %(stores)s", stores=listed(one.store))


def _bounds_of(bounds: Range, shown: Callable[[Exact], str]) -> str:
    if bounds.min is None:
        return _("at most %(most)s", most=shown(bounds.max or 0))
    if bounds.max is None:
        return _("at least %(least)s", least=shown(bounds.min))
    return _("%(least)s to %(most)s", least=shown(bounds.min), most=shown(bounds.max))


def metric_words(metric: str) -> str:
    """What levels count, as one chooses it."""
    kind, _colon, wallet = metric.partition(":")
    return {
        "spend": _("money spent"),
        "purchases": _("number of purchases"),
        "earned": _("%(wallet)s earned", wallet=wallet),
        "balance": _("%(wallet)s in hand", wallet=wallet),
    }.get(kind, metric)
