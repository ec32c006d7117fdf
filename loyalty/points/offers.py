"""Price offers on a basket. Spec: programme, section 1.6."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from loyalty.points.basket import Line, quantity, reduce, worth
from loyalty.points.conditions import Occasion, matched, note_codes, standing_amount
from loyalty.points.exact import floor, half_up, ratio
from loyalty.points.facts import Exact
from loyalty.points.programme_offers import Offer

Allow = Callable[[Offer], bool]


@dataclass
class Taken:
    """What the offers did: (name, money) in the order they worked, free units by sku."""

    offers: list[tuple[str, int]] = field(default_factory=list)
    free_items: dict[str, int] = field(default_factory=dict)
    used: list[Offer] = field(default_factory=list)
    exclusive: bool = False

    @property
    def discount(self) -> int:
        return sum(amount for _, amount in self.offers)


@dataclass(frozen=True)
class Effect:
    """What one offer would do now."""

    offer: Offer
    lines: Sequence[Line]
    amount: int
    sku: str | None = None
    free: int = 0


def apply(offers: Sequence[Offer], occasion: Occasion, lines: Sequence[Line], allow: Allow) -> Taken:
    """Tries the offers on the lines and lowers them."""
    taken = Taken()
    ready = sorted((offer for offer in offers if offer.enabled), key=lambda offer: -offer.priority)
    alone = _exclusive(ready, occasion, lines, allow)
    if alone is not None:
        taken.exclusive = True
        _work(taken, _effect(alone, occasion, lines, allow), occasion)
        return taken
    done = set()
    for offer in ready:
        if offer.exclusive or offer.group in done:
            continue
        if offer.group is None:
            _work(taken, _effect(offer, occasion, lines, allow), occasion)
        else:
            done.add(offer.group)
            members = [each for each in ready if each.group == offer.group and not each.exclusive]
            effects = [_effect(each, occasion, lines, allow) for each in members]
            _work(taken, _best(effects), occasion)
    return taken


def level_discount(taken: Taken, percent: Exact, lines: Sequence[Line]) -> None:
    """The level's discount_percent, after all offers; not together with an exclusive offer."""
    if not percent or taken.exclusive:
        return
    amount = _percent_of(worth(lines), percent)
    if amount:
        reduce(lines, amount)
        taken.offers.append(("tier", amount))


def _exclusive(ready: Sequence[Offer], occasion: Occasion, lines: Sequence[Line], allow: Allow) -> Offer | None:
    for offer in ready:
        if offer.exclusive and matched(offer.when, occasion, lines, standing_amount) and allow(offer):
            return offer
    return None


def _best(effects: Sequence[Effect | None]) -> Effect | None:
    best: Effect | None = None
    for effect in effects:
        if effect is not None and (best is None or (effect.amount, effect.free) > (best.amount, best.free)):
            best = effect
    return best


def _work(taken: Taken, effect: Effect | None, occasion: Occasion) -> None:
    if effect is None:
        return
    reduce(effect.lines, effect.amount, effect.offer.lowers_earning)
    taken.offers.append((effect.offer.name, effect.amount))
    taken.used.append(effect.offer)
    note_codes(effect.offer.when, occasion)
    if effect.free and effect.sku is not None:
        taken.free_items[effect.sku] = taken.free_items.get(effect.sku, 0) + effect.free


def _effect(offer: Offer, occasion: Occasion, lines: Sequence[Line], allow: Allow) -> Effect | None:
    """None when it does not hold, or takes nothing and gives nothing."""
    found = matched(offer.when, occasion, lines, standing_amount)
    if not found or not allow(offer):
        return None
    if offer.kind == "buy_x_get_y" and offer.add:
        free = floor(quantity(found)) // offer.buy * offer.get
        cheapest = min((line for line in found if line.sku), key=lambda line: line.unit_price, default=None)
        return Effect(offer, found, 0, cheapest.sku, free) if free and cheapest else None
    amount = clamp(_amount(offer, found), found, lines)
    if offer.cap is not None:
        amount = min(amount, offer.cap)
    return Effect(offer, found, amount) if amount else None


def clamp(amount: int, found: Sequence[Line], lines: Sequence[Line]) -> int:
    """No more than its lines, nor than the whole basket, are worth."""
    return max(0, min(amount, floor(worth(found)), floor(worth(lines))))


def _amount(offer: Offer, found: Sequence[Line]) -> int:
    if offer.kind == "percent":
        return _percent_of(worth(found), offer.percent)
    if offer.kind == "amount":
        return half_up(offer.amount * quantity(found)) if offer.each else offer.amount
    if offer.kind == "cheapest":
        prices = [min(line.unit_price, line.left) for line in found if line.left > 0]
        return _percent_of(min(prices, default=0), offer.percent)
    return _bundle(offer, found)


def _percent_of(amount: Exact, percent: Exact) -> int:
    return half_up(ratio(amount * percent, 100))


def _bundle(offer: Offer, found: Sequence[Line]) -> int:
    """Of every buy + get units the cheapest `get` are reduced."""
    found = [line for line in found if line.left >= 0]
    units = sum(floor(line.quantity) for line in found)
    reduced = units // (offer.buy + offer.get) * offer.get
    total: Exact = Fraction(0)
    for line in sorted(found, key=lambda each: each.unit_price):
        count = min(reduced, floor(line.quantity))
        total += count * line.unit_price
        reduced -= count
    return _percent_of(total, offer.percent)
