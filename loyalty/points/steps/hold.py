"""`hold`, `capture`, `release`: points set aside until something has come off, or not."""


from loyalty.errors import Invalid
from loyalty.points import award, holds, limits, rewards, spending
from loyalty.points.body import Body
from loyalty.points.facts import Hold, LotMove
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step
from loyalty.points.steps.credits import needed_cost


def hold(step: Step, body: Body) -> None:
    """Sets points aside: so many, what carries a cost, or the price of a reward."""
    member = body.needed("member")
    step.touch(member)
    until = body.moment("until")
    id = body.needed("id")
    if until is not None and until <= step.now:
        raise Invalid("A hold ends in the future.", pointer="until")
    if "reward" in body:
        _hold_reward(step, body, member, Hold(id, step.number, member, "", (), until))
        return
    wallet = step.wallet(body.text("wallet"))
    if ("points" in body) == ("cost" in body) or "quantity" in body:
        raise Invalid("A hold takes either points, a cost, or a reward.", pointer="points")
    account = step.account(member, wallet.name)
    points = body.points("points", wallet)
    if points is not None:
        moves, _ = spending.take(step, account, points)
    else:
        moves = spending.take_cost(step, account, needed_cost(body))
    holds.set_aside(step, member, wallet.name, moves)
    step.plan.put(Hold(id, step.number, member, wallet.name, tuple(moves), until))


def _hold_reward(step: Step, body: Body, member: str, empty: Hold) -> None:
    if any(key in body for key in ("wallet", "points", "cost")):
        raise Invalid("A hold for a reward takes its price; leave wallet, points and cost out.", pointer="reward")
    asked = rewards.request(step, {key: body.values.get(key) for key in ("reward", "quantity")})
    occasion = award.occasion_of(step, member, store=body.text("store"), channel=body.text("channel"))
    _, points = rewards.check(step, member, asked, occasion, None)
    wallet = asked.wallet.name
    moves: list[LotMove] = []
    if points:
        moves, _ = spending.take(step, step.account(member, wallet), points)
        holds.set_aside(step, member, wallet, moves)
    limits.use(step, "reward", asked.reward.name, member, step.booking, asked.pieces)
    row = replace(empty, wallet=wallet, takes=tuple(moves), reward=asked.reward.name, pieces=asked.pieces)
    step.plan.put(row)


def capture(step: Step, body: Body) -> None:
    """Spends what is held, all or part; the rest is released unless told otherwise."""
    found = holds.find(step, body.needed("hold"))
    step.touch(found.member)
    wallet = step.programme.wallet(found.wallet)
    amount = _part(step, body, found)
    if found.reward is not None and amount != found.amount:
        raise Invalid("A reward is captured as a whole.", pointer="points")
    moves = holds.capture(step, found, amount)
    rest = step.plan.hold(found.id)
    reward = step.programme.rewards.get(found.reward) if found.reward else None
    refundable = reward.refundable if reward else True
    spending.spend(
        step, found.member, wallet, moves, 0, "capture", reward=found.reward, pieces=found.pieces, refundable=refundable
    )
    step.said.add("spent", wallet.name, amount)
    step.said.add_money("cost", sum(move.cost for move in moves))
    if found.reward is not None:
        _take_over_uses(step, found)
    if reward is not None:
        step.said.add("redeemed", wallet.name, amount)
        asked = rewards.Request(reward, wallet, found.pieces)
        rewards.give(step, found.member, asked, amount, None, step.booking)
    if rest is not None and rest.takes and body.flag("release_rest") is not False:
        holds.release(step, rest, rest.amount)


def _take_over_uses(step: Step, found: Hold) -> None:
    """From now on it is the capture whose undoing gives limits and stock back."""
    for use in step.plan.uses_of(found.id):
        step.plan.put(replace(use, booking=step.booking))


def _part(step: Step, body: Body, found: Hold) -> int:
    """The points asked for; all that is held when they are left out."""
    points = body.points("points", step.programme.wallet(found.wallet))
    if points is None:
        return found.amount
    if points > found.amount:
        raise Invalid(f"The hold {found.id!r} holds less than that.", pointer="points")
    return points


def release(step: Step, body: Body) -> None:
    """Gives held points back: of one hold, or of a wallet over all its holds, oldest first."""
    if "hold" in body:
        if "wallet" in body:
            raise Invalid("Give either a hold or a wallet.", pointer="wallet")
        found = holds.find(step, body.needed("hold"))
        step.touch(found.member)
        amount = _part(step, body, found)
        if found.reward is not None and amount != found.amount:
            raise Invalid("A reward's hold is released as a whole.", pointer="points")
        holds.release(step, found, amount)
        return
    _release_wallet(step, body)


def _release_wallet(step: Step, body: Body) -> None:
    member = body.needed("member")
    step.touch(member)
    wallet = step.wallet(body.text("wallet"))
    left = body.points("points", wallet)
    if left is None:
        raise Invalid("'points' is missing.", pointer="points")
    for found in step.plan.open_holds(member, wallet.name):
        if found.reward is None and left:
            part = min(left, found.amount)
            holds.release(step, found, part)
            left -= part
    if left:
        raise Invalid("Less than that is held.", pointer="points")
