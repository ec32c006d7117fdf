"""`merge` and `unmerge`: all points of one record pass to another of the same person, lot by lot, and go back.

No rule of `transfers` holds here: nobody gives anything away. Each lot keeps its dates and passes by a spend of its
own, so that what is left of it can go back to exactly where it came from.
"""

from dataclasses import replace

from loyalty.errors import Conflict, Invalid
from loyalty.points import crediting, lots, posting, spending
from loyalty.points.body import Body
from loyalty.points.facts import Account, Lot, Spend
from loyalty.points.step import Step

REASON = "merge"


def merge(step: Step, body: Body) -> None:
    """Conflict while points of the record that goes are set aside, or while it owes some. With `points` of a `wallet`
    as many as there are of these, those first that came with the merge `of`: what settles a debt of the other record.
    """
    sender, receiver = body.needed("from"), body.needed("to")
    if sender == receiver:
        raise Invalid("A record cannot be merged with itself.", pointer="from")
    step.touch(sender)
    step.touch(receiver)
    if "points" in body:
        _pass_some_on(step, body, sender, receiver)
        return
    for account in step.plan.accounts(sender):
        _refuse_open_ends(account)
        for lot in step.plan.open_lots(sender, account.wallet):
            if lot.remaining:
                _pass_on(step, lot, lot.remaining, receiver)


def _pass_some_on(step: Step, body: Body, sender: str, receiver: str) -> None:
    wallet = step.programme.wallet(body.needed("wallet"))
    left = body.points("points", wallet) or 0
    came = {lot.number for lot in step.plan.lots_of(body.needed("of"))}
    for lot in sorted(step.plan.open_lots(sender, wallet.name), key=lambda each: each.number not in came):
        if lot.active and (amount := min(lot.remaining, left)):
            _pass_on(step, lot, amount, receiver)
            left -= amount


def _refuse_open_ends(account: Account) -> None:
    if account.held:
        raise Conflict(f"Points of {account.member!r} are set aside for a reward; use or release them first.")
    if account.deficit:
        raise Conflict(f"The member {account.member!r} owes points; settle them first.")


def _pass_on(step: Step, lot: Lot, amount: int, receiver: str) -> None:
    wallet = step.programme.wallet(lot.wallet)
    move = spending.take_from(step, lot, amount)
    spending.spend(step, lot.member, wallet, [move], 0, "transfer", transfer_kind="transfer", reason=REASON)
    life = posting.Terms(lot.active_at, lot.start_day or step.day, lot.expires_at, lot.last_day, lot.follows_activity)
    origin = crediting.Origin(move.cost, reason=REASON)
    crediting.credit(step, receiver, wallet, "transfer", move.amount, life, origin)
    step.said.add("spent", lot.wallet, move.amount)
    step.said.add("credited", lot.wallet, move.amount)


def _be_as_active(step: Step, member: str, other: str, wallet: str) -> None:
    """Points that follow activity followed that of the record that went on: it counts for whom they go back to."""
    mine, theirs = step.account(member, wallet), step.account(other, wallet)
    if theirs.activity is not None:
        last = max(mine.activity or theirs.activity, theirs.activity)
        step.plan.put(replace(mine, activity=last, inactivity=mine.inactivity or theirs.inactivity))


def unmerge(step: Step, body: Body) -> None:
    """What is left of the points goes back; what was spent meanwhile stays spent."""
    booking = step.plan.booking(body.needed("of"))
    if booking is None or booking.verb != "merge":
        raise Invalid(f"There is no merge {body.text('of')!r} to undo.", pointer="of")
    spends = sorted(step.plan.spends_of(booking.id), key=lambda each: each.number)
    received = sorted(step.plan.lots_of(booking.id), key=lambda lot: lot.number)
    for spend, lot in zip(spends, (lot for lot in received if lot.kind == "transfer"), strict=True):
        step.touch(spend.member)
        step.touch(lot.member)
        amount = min(step.lot(lot.number).remaining, spend.amount - spend.restored)
        if amount:
            if lot.follows_activity:
                _be_as_active(step, spend.member, lot.member, lot.wallet)
            _take_back(step, step.lot(lot.number), amount)
            _give_back(step, spend, amount)
            step.said.add("given_back", spend.wallet, amount)


def _take_back(step: Step, lot: Lot, amount: int) -> None:
    move = spending.take_from(step, lot, amount)
    moves, house = posting.outgoing([move]), posting.HOUSE["transfer"]
    posting.transfer(step, "return", lot.member, lot.wallet, -amount, moves, house=house, reason=REASON)
    step.plan.put(replace(step.lot(lot.number), reversed=lot.reversed + amount))


def _give_back(step: Step, spend: Spend, amount: int) -> None:
    """As `spending.restore`, for lots that may not be active yet."""
    (move,), kept = lots.give_back(spend.takes, amount)
    step.plan.put(replace(spend, takes=tuple(kept), restored=spend.restored + amount))
    lot = step.lot(move.lot)
    active = lot.active or lot.active_at <= step.now
    step.plan.put(replace(lot, active=active, remaining=lot.remaining + amount, cost=lot.cost + move.cost))
    where = {"active": amount} if active else {"pending": amount}
    posting.change(step, step.account(spend.member, spend.wallet), cost=move.cost, **where)
    house = posting.HOUSE["transfer"]
    posting.transfer(
        step, "restore", spend.member, spend.wallet, amount, [move], house=house, reverses=spend.transfer, reason=REASON
    )
    if active:
        crediting.came_back(step, spend.member, spend.wallet, [lot.number])
