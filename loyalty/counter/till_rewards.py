"""The till's mind, rewards: what is chosen for the open sale and what else goes with it. Values in, values out."""

from dataclasses import replace

from loyalty.counter.redemptions import Redemption
from loyalty.counter.till import Extras, Till


def choose(till: Till, reward: Redemption) -> Till:
    """The cashier picked a reward for the member who is here; nobody else's reward ever joins a sale."""
    here = till.present and till.present.member and till.present.member.id == reward.member
    if not here or till.committing:
        return till
    others = tuple(each for each in till.chosen if each.id != reward.id)
    return replace(till, chosen=(*others, reward), quote=None, leave_at=None, served=None)


def rechosen(till: Till, reward: Redemption) -> Till:
    """More is known about a reward of this sale."""
    chosen = tuple(reward if each.id == reward.id else each for each in till.chosen)
    return till if chosen == till.chosen else replace(till, chosen=chosen)


def unchoose(till: Till, id: str) -> Till:
    """The reward is not part of the sale any more. A sale on its way keeps what it took along."""
    chosen = tuple(each for each in till.chosen if each.id != id)
    return till if till.committing or chosen == till.chosen else replace(till, chosen=chosen, quote=None)


def extra(till: Till, extras: Extras) -> Till:
    return till if till.committing else replace(till, extras=extras, quote=None, leave_at=None)


def with_coupon(till: Till, code: str) -> Till:
    """A coupon was scanned: its code goes with the open sale, once."""
    codes = till.extras.codes
    return till if code in codes else extra(till, replace(till.extras, codes=(*codes, code)))
