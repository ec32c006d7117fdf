"""The price of a reward is set aside until the reward is in the customer's hands, or the sale with it is booked.

Something to carry away (a product, a voucher) is held as the reward itself: stock and limits are reserved with it. What
lowers a sale (money off, a percentage, points as money) is tested against the sale, which is not there yet: of it only
the points are held, and the sale gives the hold up as it takes them.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes
from loyalty.checkout.member_view import person_of, programme_of
from loyalty.checkout.places import note_place
from loyalty.checkout.sale import shown
from loyalty.checkout.words import kind_of
from loyalty.contract.commands import HoldReward
from loyalty.contract.outcomes import HoldOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import InsufficientPoints, Invalid, NotEligible
from loyalty.members.identification import going_on
from loyalty.points.programme import Programme, Reward
from loyalty.points.sql_engine import Ledger

LONGEST_MINUTES = 24 * 60


def hold_reward(session: Session, command: HoldReward, now: datetime) -> HoldOutcome:
    """The open hold, named by the command's id and kept under it. LoyaltyError in one sentence when it cannot be."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(HoldOutcome, kept.answer)
    ledger = Ledger(session)
    command = replace(command, member=going_on(cursor, command.member))
    reward = _reward(programme_of(ledger.facts, now).programme, command)
    handed = _hold(ledger, command, reward, now)
    note_place(cursor, command.id, command.store, command.counter, now)
    outcome = _outcome(ledger, command, reward, handed, now)
    outcomes.keep(
        cursor, command.id, command.type, digest, outcomes.Kept(200, to_json(outcome)), now, command.counter,
        command.seq,
    )  # fmt: skip
    return outcome


def _reward(programme: Programme, command: HoldReward) -> Reward:
    reward = programme.rewards.get(command.reward)
    if reward is None:
        raise Invalid(
            f"There is no reward {command.reward[:60]!r} any more; look at the member again.", pointer="/reward"
        )
    if not 1 <= command.minutes <= LONGEST_MINUTES:
        raise Invalid(f"A hold lasts 1 to {LONGEST_MINUTES} minutes.", pointer="/minutes")
    return reward


def _hold(ledger: Ledger, command: HoldReward, reward: Reward, now: datetime) -> bool:
    """Posts the hold; whether it is one of something to hand out. What costs nothing needs none."""
    person_of(ledger.facts, command.member)
    body: dict[str, Any] = {"id": command.id, "member": command.member}
    body["until"] = (now + timedelta(minutes=command.minutes)).isoformat()
    if kind_of(reward) in ("product", "voucher") and not reward.when.of_lines:
        more = {"quantity": command.quantity, "store": command.store, "channel": command.channel}
        body |= {"reward": reward.name} | {key: value for key, value in more.items() if value is not None}
        ledger.perform("hold", body, now)
        return True
    points = _points(ledger, command, reward, now)
    if points:
        ledger.perform("hold", body | {"wallet": reward.wallet, "points": points}, now)
    return False


def _points(ledger: Ledger, command: HoldReward, reward: Reward, now: datetime) -> Decimal:
    """The points to set aside, in the wallet's unit."""
    view = shown(ledger.facts, command.member, now).view
    wallet = programme_of(ledger.facts, now).programme.wallets[reward.wallet]
    if reward.tiers and (view.tier is None or view.tier.name not in reward.tiers):
        raise NotEligible(f"The reward {reward.name!r} is not for this member's level.", pointer="/reward")
    if reward.per_point is None:
        return Decimal(reward.cost or 0).scaleb(-wallet.decimals) * (command.quantity or 1)
    step, least = Decimal(reward.step), Decimal(max(reward.min_points, reward.step))
    there = view.wallets[reward.wallet].available.scaleb(wallet.decimals)
    wanted = there if command.points in (None, "max") else Decimal(str(command.points)).scaleb(wallet.decimals)
    units = min(wanted, there) // step * step
    if units < least:
        raise InsufficientPoints(f"The member has too few points for {reward.name!r}.", pointer="/reward")
    return units.scaleb(-wallet.decimals)


def _outcome(ledger: Ledger, command: HoldReward, reward: Reward, handed: bool, now: datetime) -> HoldOutcome:
    state, hold = shown(ledger.facts, command.member, now), ledger.facts.hold(command.id)
    decimals = state.view.wallets[reward.wallet].decimals
    points = Decimal(hold.amount if hold else 0).scaleb(-decimals)
    return HoldOutcome(
        id=command.id,
        hold=command.id,
        status="held",
        reward=reward.name,
        wallet=reward.wallet,
        points=points,
        member=state.view,
        sentence=f"{points:,.{decimals}f} {state.unit} set aside for {reward.name}.",
        kind=kind_of(reward),
        handed=handed,
        expires_at=hold.until if hold else None,
    )
