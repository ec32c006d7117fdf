"""Rewards that redeem themselves when points of their wallet become active. Spec: programme, section 1.5."""


from loyalty.points import rewards
from loyalty.points.conditions import Occasion
from loyalty.points.programme import Reward
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


def run(step: Step, member: str, occasion: Occasion) -> None:
    """Redeems the `auto` rewards of the wallets in which points became active since it last ran.

    Of the occasion they see the member, store and channel.
    """
    wallets = {wallet for who, wallet in step.activated if who == member}
    step.activated = {key: None for key in step.activated if key[0] != member}
    ready = [reward for reward in step.programme.rewards.values() if reward.auto and reward.wallet in wallets]
    if ready:
        occasion = replace(occasion, tender=None, codes=(), number=None)
    for reward in ready:
        pieces = _pieces(step, member, reward, occasion)
        if pieces > 0:
            asked = rewards.Request(reward, step.programme.wallets[reward.wallet], pieces)
            rewards.redeem(step, member, asked, occasion, None, kind="auto")


def _pieces(step: Step, member: str, reward: Reward, occasion: Occasion) -> int:
    available = step.account(member, reward.wallet).available
    if not reward.cost or available < reward.cost or rewards.eligible(step, reward, occasion, None) is None:
        return 0
    stock, allowed = rewards.pieces_left(step, member, reward)
    return min(bound for bound in (available // reward.cost, stock, allowed) if bound is not None)
