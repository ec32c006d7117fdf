"""Points go: taken from lots in their order, booked as a spend that can be undone."""

from collections.abc import Sequence

from loyalty.errors import InsufficientPoints
from loyalty.points import crediting, lots, posting
from loyalty.points.facts import Account, Lot, LotMove, Spend
from loyalty.points.programme import Wallet
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


def take(step: Step, account: Account, amount: int, deficit: bool = False) -> tuple[list[LotMove], int]:
    """Takes `amount` from active lots: the pieces, and what became deficit. InsufficientPoints unless allowed."""
    if amount > account.available and not deficit:
        raise InsufficientPoints(
            f"The wallet {account.wallet!r} of member {account.member!r} does not hold that much: nothing was taken.",
            pointer=account.wallet,
        )
    moves = lots.take(posting.ready_lots(step, account), amount) if account.active else []
    _take_moves(step, account, moves, amount - sum(move.amount for move in moves))
    return moves, amount - sum(move.amount for move in moves)


def _take_moves(step: Step, account: Account, moves: Sequence[LotMove], unpaid: int = 0) -> None:
    posting.lower(step, moves)
    taken, cost = sum(move.amount for move in moves), sum(move.cost for move in moves)
    posting.change(step, account, active=-taken, cost=-cost, deficit=unpaid)


def take_cost(step: Step, account: Account, cost: int) -> list[LotMove]:
    """Takes what carries `cost`. InsufficientPoints when the active lots do not carry it."""
    moves, missing = lots.take_cost(posting.ready_lots(step, account), cost)
    if missing or account.deficit:
        raise InsufficientPoints(
            f"The wallet {account.wallet!r} of member {account.member!r} does not carry that cost: nothing was taken.",
            pointer="cost",
        )
    _take_moves(step, account, moves)
    return moves


def take_from(step: Step, lot: Lot, amount: int) -> LotMove:
    """Takes part of one lot, active or pending."""
    move = LotMove(lot.number, amount, lots.cost_of(lot, amount))
    step.plan.put(lots.without(lot, move))
    where = {"active": -amount} if lot.active else {"pending": -amount}
    posting.change(step, step.account(lot.member, lot.wallet), cost=-move.cost, **where)
    return move


def spend(
    step: Step,
    member: str,
    wallet: Wallet,
    moves: Sequence[LotMove],
    unpaid: int,
    kind: str,
    *,
    transfer_kind: str = "spend",
    reward: str | None = None,
    pieces: int = 0,
    refundable: bool = True,
    reason: str | None = None,
) -> Spend | None:
    """Books pieces already taken as one spend that can be undone later; None when nothing was taken."""
    amount = sum(move.amount for move in moves) + unpaid
    if not amount:
        return None
    step.use_account(member, wallet)
    number = posting.transfer(step, transfer_kind, member, wallet.name, -amount, posting.outgoing(moves), reason=reason)
    row = Spend(
        number=step.context.numbers(),
        booking=step.booking,
        member=member,
        wallet=wallet.name,
        kind=kind,
        amount=amount,
        takes=tuple(moves),
        unpaid=unpaid,
        refundable=refundable,
        reward=reward,
        pieces=pieces,
        transfer=number,
    )
    step.plan.put(row)
    return row


def restore(step: Step, spend: Spend, amount: int, house: str) -> None:
    """Undoes `amount` of a spend: its unpaid deficit first, then the lot consumed last."""
    cancelled = min(amount, spend.unpaid)
    back, kept = lots.give_back(spend.takes, amount - cancelled)
    row = replace(spend, takes=tuple(kept), unpaid=spend.unpaid - cancelled, restored=spend.restored + amount)
    step.plan.put(row)
    account = step.account(spend.member, spend.wallet)
    returned, cost = sum(move.amount for move in back), sum(move.cost for move in back)
    posting.change(step, account, active=returned, cost=cost, deficit=-cancelled)
    for move in back:
        lot = step.lot(move.lot)
        step.plan.put(replace(lot, remaining=lot.remaining + move.amount, cost=lot.cost + move.cost))
    posting.transfer(step, "restore", spend.member, spend.wallet, amount, back, house=house, reverses=spend.transfer)
    crediting.came_back(step, spend.member, spend.wallet, [move.lot for move in back])
