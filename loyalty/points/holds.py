"""Points set aside: taken from lots in spend order, captured from the first, released from the last.

Spec: programme, section 1.1 (Holding).
"""

from collections.abc import Sequence

from loyalty.errors import Expired, Invalid
from loyalty.points import crediting, lots, posting
from loyalty.points.facts import Hold, LotMove
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


def find(step: Step, id: str) -> Hold:
    """The open hold. Expired when it timed out, Invalid when there is none or it is done."""
    hold = step.plan.hold(id)
    if hold is None:
        raise Invalid(f"There is no hold {id!r}.", pointer="hold")
    if hold.status == "expired":
        raise Expired(f"The hold {id!r} has timed out.", pointer="hold")
    if hold.status != "open":
        raise Invalid(f"Nothing of the hold {id!r} is left; it was {hold.status}.", pointer="hold")
    return hold


def set_aside(step: Step, member: str, wallet: str, moves: Sequence[LotMove]) -> None:
    """Marks pieces already taken from lots as held there, with their cost."""
    held, cost = sum(move.amount for move in moves), sum(move.cost for move in moves)
    for move in moves:
        lot = step.lot(move.lot)
        step.plan.put(replace(lot, held=lot.held + move.amount, held_cost=lot.held_cost + move.cost))
    posting.change(step, step.account(member, wallet), held=held, held_cost=cost)


def _leave(step: Step, hold: Hold, moves: Sequence[LotMove]) -> None:
    """The pieces are no longer held."""
    held, cost = sum(move.amount for move in moves), sum(move.cost for move in moves)
    for move in moves:
        lot = step.lot(move.lot)
        step.plan.put(replace(lot, held=lot.held - move.amount, held_cost=lot.held_cost - move.cost))
    posting.change(step, step.account(hold.member, hold.wallet), held=-held, held_cost=-cost)


def capture(step: Step, hold: Hold, amount: int) -> list[LotMove]:
    """Takes out what was held first; the pieces, now spent."""
    first, rest = lots.keep_first(hold.takes, amount)
    _leave(step, hold, first)
    status = "open" if rest else "captured"
    step.plan.put(replace(hold, takes=tuple(rest), status=status))
    return first


def release(step: Step, hold: Hold, amount: int, status: str = "released") -> None:
    """Gives back what was held last. What is past its date dies at once."""
    back, kept = lots.give_back(hold.takes, amount)
    _leave(step, hold, back)
    for move in back:
        lot = step.lot(move.lot)
        step.plan.put(replace(lot, remaining=lot.remaining + move.amount, cost=lot.cost + move.cost))
    account = step.account(hold.member, hold.wallet)
    posting.change(step, account, active=sum(move.amount for move in back), cost=sum(move.cost for move in back))
    done = not kept
    step.plan.put(replace(hold, takes=tuple(kept), status=status if done else hold.status))
    if done and hold.reward is not None:
        give_back_uses(step, hold.id)
    crediting.came_back(step, hold.member, hold.wallet, [move.lot for move in back])


def give_back_uses(step: Step, booking: str) -> None:
    """Limits and stock that a booking used up are free again."""
    for use in step.plan.uses_of(booking):
        if not use.undone:
            step.plan.put(replace(use, undone=True))
