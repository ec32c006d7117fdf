"""The rewards as a shelf: what can be had now, then what is nearest."""

from dataclasses import dataclass
from decimal import Decimal

from loyalty.contract.outcomes import MemberView
from loyalty.points.programme import Programme, Reward, Wallet
from loyalty.web.backoffice.programme_words import reward_words
from loyalty.web.numbers import units_of
from loyalty.web.shop import shop


@dataclass(frozen=True)
class OnShelf:
    """`missing` in the wallet's smallest unit, 0 when it can be had; `share` of the way, 0 to 1."""

    name: str
    costs: str
    gives: str
    missing: int
    share: float
    wallet: Wallet


def shelf(view: MemberView) -> tuple[OnShelf, ...]:
    """Those with a price that the member's level may have, the nearest first."""
    programme = shop().programme
    if programme is None:
        return ()
    level = view.tier.name if view.tier else None
    open_to = [each for each in programme.rewards.values() if not each.tiers or level in each.tiers]
    found = [_on_shelf(each, view, programme) for each in open_to if each.cost and not each.auto]
    return tuple(sorted(found, key=lambda each: (each.missing > 0, -each.share, each.name)))


def _on_shelf(reward: Reward, view: MemberView, programme: Programme) -> OnShelf:
    wallet = programme.wallet(reward.wallet)
    box = view.wallets.get(reward.wallet)
    have = units_of(box.available if box else Decimal(0), wallet)
    needed = max(reward.cost or 0, reward.min_points)
    costs, gives = reward_words(reward, programme)
    missing = max(0, needed - have)
    return OnShelf(reward.name, costs, gives, missing, min(1.0, max(0, have) / needed), wallet)
