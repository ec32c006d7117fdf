"""`credit` and `debit`: points by hand."""

from loyalty.errors import Invalid
from loyalty.points import auto, award, crediting, posting, spending, terms
from loyalty.points.body import Body
from loyalty.points.programme import Wallet
from loyalty.points.step import Step


def credit(step: Step, body: Body) -> None:
    """A lot of its own, by the wallet's policy or with dates given."""
    member = body.needed("member")
    step.touch(member)
    wallet = step.wallet(body.text("wallet"))
    points = body.points("points", wallet)
    if points is None:
        raise Invalid("'points' is missing.", pointer="points")
    cost = body.paid("cost") or 0
    base = _base(body, wallet, points, cost)
    posting.check_room(step, step.account(member, wallet.name), wallet, points)
    origin = crediting.Origin(cost, base, body.flag("earned") or False, reason=reason_of(body))
    crediting.credit(step, member, wallet, "credit", points, _terms(step, body, wallet), origin)
    step.said.add("credited", wallet.name, points)
    auto.run(step, member, award.occasion_of(step, member))


def reason_of(body: Body) -> str | None:
    reason = body.values.get("reason")
    return None if reason is None else str(reason)[:500]


def _base(body: Body, wallet: Wallet, points: int, cost: int) -> tuple[int, int]:
    """Original amount and cost, for lots that were partly used elsewhere before."""
    if "original" not in body:
        return points, cost
    original = body.inner("original")
    amount, paid = original.points("points", wallet) or points, original.paid("cost")
    paid = cost if paid is None else paid
    if amount < points or paid < cost:
        raise Invalid("The original points and cost cannot be below what is left of them.", pointer="original")
    return amount, paid


def _terms(step: Step, body: Body, wallet: Wallet) -> posting.Terms:
    active = body.moment("active_at")
    if body.says("expires_on") and body.says("expires_at"):
        raise Invalid("Give either expires_on or expires_at.", pointer="expires_at")
    if body.says("expires_at"):
        return terms.given(step, wallet, active, body.moment("expires_at"))
    if body.says("expires_on"):
        return terms.given(step, wallet, active, body.day("expires_on"))
    if active is None:
        return terms.by_policy(step, wallet)
    return terms.from_start(step, wallet, active, step.day_of(active))


def debit(step: Step, body: Body) -> None:
    """Takes points, or what carries a cost; below zero where the wallet allows it."""
    member = body.needed("member")
    step.touch(member)
    wallet = step.wallet(body.text("wallet"))
    if ("points" in body) == ("cost" in body):
        raise Invalid("A debit takes either points or a cost.", pointer="points")
    account = step.account(member, wallet.name)
    points = body.points("points", wallet)
    if points is not None:
        moves, unpaid = spending.take(step, account, points, deficit=wallet.may_go_negative)
    else:
        moves, unpaid = spending.take_cost(step, account, needed_cost(body)), 0
    spending.spend(step, member, wallet, moves, unpaid, "debit", transfer_kind="debit", reason=reason_of(body))
    step.said.add("spent", wallet.name, sum(move.amount for move in moves) + unpaid)
    step.said.add_money("cost", sum(move.cost for move in moves))


def needed_cost(body: Body, key: str = "cost") -> int:
    cost = body.paid(key)
    if not cost:
        raise Invalid(f"The {key} must be above zero.", pointer=key)
    return cost
