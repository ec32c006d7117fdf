"""Rewards: who may have one, what it costs, what it takes off a basket. Spec: programme, section 1.5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from loyalty.errors import InsufficientPoints, Invalid, LimitExceeded, NotEligible, OutOfStock
from loyalty.points import limits, spending, vouchers
from loyalty.points.basket import Line, reduce, worth
from loyalty.points.conditions import Occasion, matched, note_codes, standing_amount
from loyalty.points.exact import exact, floor, half_up, ratio, to_units
from loyalty.points.facts import Exact
from loyalty.points.offers import clamp
from loyalty.points.programme import Reward, Wallet
from loyalty.points.step import Step
from loyalty.points.store import ALWAYS


@dataclass(frozen=True)
class Request:
    """What was asked for: `pieces` of a reward with a cost, or `points` (None = max) of a per_point one."""

    reward: Reward
    wallet: Wallet
    pieces: int = 1
    points: int | None = None


def request(step: Step, body: Mapping[str, object]) -> Request:
    """`{reward, quantity | points | units}`. Invalid for an unknown reward and for numbers that do not fit it."""
    name = body.get("reward")
    reward = step.programme.rewards.get(name) if isinstance(name, str) else None
    if reward is None:
        raise Invalid(f"There is no reward {name!r} in the programme.", pointer="reward")
    wallet = step.programme.wallets[reward.wallet]
    given = [key for key in ("quantity", "points", "units") if body.get(key) is not None]
    if len(given) > 1:
        raise Invalid(f"Only one of {' and '.join(given)} can be asked for.", pointer=given[1])
    key = given[0] if given else None
    if reward.per_point is not None:
        return Request(reward, wallet, points=_points(body, key, wallet))
    if key == "points":
        raise Invalid(f"The reward {reward.name!r} has a price a piece; ask for a quantity.", pointer="points")
    return Request(reward, wallet, pieces=_pieces(body[key], key, reward) if key else 1)


def _points(body: Mapping[str, object], key: str | None, wallet: Wallet) -> int | None:
    if key != "points":
        raise Invalid("This reward is paid by the point; say how many points, or max.", pointer=key or "points")
    if body["points"] == "max":
        return None
    points = to_units(exact(body["points"], "points"), wallet.decimals, "points")
    if points <= 0:
        raise Invalid("The points to redeem must be above zero.", pointer="points")
    return points


def _pieces(asked: object, key: str, reward: Reward) -> int:
    number = exact(asked, key)
    if not isinstance(number, int) or number < 1:
        raise Invalid(f"The {key} must be a whole number above zero.", pointer=key)
    if key == "quantity":
        return number
    if reward.value.product is None or reward.value.voucher:
        raise Invalid("Units can be asked for where the reward is a product.", pointer=key)
    return -(-number // reward.value.quantity)


def eligible(step: Step, reward: Reward, occasion: Occasion, lines: Sequence[Line] | None) -> Sequence[Line] | None:
    """The lines it works on (empty where there are none), None where tier or conditions do not hold."""
    if reward.tiers and occasion.tier not in reward.tiers:
        return None
    found = matched(reward.when, occasion, lines, standing_amount)
    return None if found is None or (lines is not None and not found) else found


def pieces_left(step: Step, member: str, reward: Reward) -> tuple[int | None, int | None]:
    """(pieces in stock, pieces the limits allow); None = no bound."""
    stock = None
    if reward.stock is not None:
        stock = reward.stock - step.plan.uses("reward", reward.name, None, ALWAYS, False)[0]
    return stock, limits.times_left(step, "reward", reward.name, reward.limits, member)


def check(
    step: Step, member: str, asked: Request, occasion: Occasion, lines: Sequence[Line] | None
) -> tuple[Sequence[Line], int]:
    """(lines it works on, points it takes). Errors in the order of the specification."""
    reward = asked.reward
    found = eligible(step, reward, occasion, lines)
    if found is None:
        raise NotEligible(f"The reward {reward.name!r} is not for this member or this sale.", pointer="reward")
    if reward.per_point is not None:
        return found, _by_point(step, member, asked, found if lines is not None else None)
    _check_pieces(step, member, reward, asked.pieces)
    price = (reward.cost or 0) * asked.pieces
    if price and price > step.account(member, reward.wallet).available:
        raise InsufficientPoints(f"The member has too few points for {reward.name!r}.", pointer="reward")
    return found, price


def _check_pieces(step: Step, member: str, reward: Reward, pieces: int) -> None:
    stock, allowed = pieces_left(step, member, reward)
    if stock is not None and pieces > stock:
        raise OutOfStock(f"The reward {reward.name!r} is out of stock: {max(stock, 0)} left.", pointer="reward")
    if allowed is not None and pieces > allowed:
        raise LimitExceeded(f"The limit of the reward {reward.name!r} is used up.", pointer="reward")


def _by_point(step: Step, member: str, asked: Request, found: Sequence[Line] | None) -> int:
    """Points that a per_point reward takes: clamped, or refused when it is less than asked."""
    reward = asked.reward
    available = max(0, step.account(member, reward.wallet).available)
    cap = None if found is None else _cap(reward, found)
    if reward.refuse and asked.points is not None:
        return _refuse_less(step, member, reward, asked.points, available, cap)
    bounds = [bound for bound in (asked.points, available, cap) if bound is not None]
    points = min(bounds) // reward.step * reward.step
    if not points or points < reward.min_points:
        return 0
    _check_pieces(step, member, reward, 1)
    return points


def _cap(reward: Reward, found: Sequence[Line]) -> int:
    """The most points that the lines allow, a multiple of the step."""
    share = ratio(worth(found) * (100 if reward.max_percent is None else reward.max_percent), 100)
    return max(0, floor(share / Fraction(reward.step * (reward.per_point or 1)))) * reward.step


def _refuse_less(step: Step, member: str, reward: Reward, asked: int, available: int, cap: int | None) -> int:
    if asked < reward.min_points:
        raise NotEligible(f"The reward {reward.name!r} asks for more points at least.", pointer="points")
    if asked % reward.step:
        raise Invalid(f"The reward {reward.name!r} takes points in fixed steps only.", pointer="points")
    _check_pieces(step, member, reward, 1)
    if cap is not None and asked > cap:
        raise LimitExceeded(f"The reward {reward.name!r} covers less of this purchase.", pointer="points")
    if asked > available:
        raise InsufficientPoints(f"The member has too few points for {reward.name!r}.", pointer="points")
    return asked


def redeem(
    step: Step, member: str, asked: Request, occasion: Occasion, lines: Sequence[Line] | None, kind: str = "reward"
) -> None:
    """Redeems: takes the points, uses limits and stock, lowers the lines, gives products and vouchers."""
    found, points = check(step, member, asked, occasion, lines)
    if asked.reward.per_point is not None and not points:
        return
    reward, wallet = asked.reward, asked.wallet
    moves, _ = spending.take(step, step.account(member, wallet.name), points) if points else ([], 0)
    spending.spend(
        step, member, wallet, moves, 0, kind, reward=reward.name, pieces=asked.pieces, refundable=reward.refundable
    )
    booking = None if kind == "auto" else step.booking
    limits.use(step, "reward", reward.name, member, booking, asked.pieces)
    note_codes(reward.when, occasion)
    said = step.said
    said.add("spent", wallet.name, points)
    said.add("redeemed", wallet.name, points)
    said.add_money("cost", sum(move.cost for move in moves))
    give(step, member, asked, points, found if lines is not None else None, booking)


def give(
    step: Step, member: str, asked: Request, points: int, lines: Sequence[Line] | None, booking: str | None
) -> None:
    """What the member gets: money off the lines (its value without lines), products, vouchers."""
    reward = asked.reward
    value = reward.value
    if reward.per_point is not None:
        _money(step, reward, half_up(points * reward.per_point), lines)
    elif value.voucher:
        vouchers.issue(step, member, reward, asked.pieces, booking)
    elif value.product is not None:
        items = step.said.free_items
        items[value.product] = items.get(value.product, 0) + value.quantity * asked.pieces
    elif value.amount is not None:
        for _ in range(asked.pieces if lines is not None else 1):
            _money(step, reward, value.amount * (1 if lines is not None else asked.pieces), lines)
    elif value.percent is not None and lines is not None:
        for _ in range(asked.pieces):
            _money(step, reward, half_up(_share(lines, value.percent)), lines)


def _share(lines: Sequence[Line], percent: Exact) -> Exact:
    return ratio(worth(lines) * percent, 100)


def _money(step: Step, reward: Reward, amount: int, lines: Sequence[Line] | None) -> None:
    if lines is not None:
        amount = clamp(amount, lines, step.lines)
        reduce(lines, amount, reward.lowers_earning)
    step.said.add_money("value", amount)
