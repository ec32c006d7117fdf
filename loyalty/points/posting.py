"""Writes to a plan what happens to points: transfers, lots, accounts. Every change of a balance passes here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from loyalty.errors import InsufficientPoints, LimitExceeded
from loyalty.points import lots
from loyalty.points.exact import half_up
from loyalty.points.facts import Account, Lot, LotMove, Settlement, Spend, Transfer
from loyalty.points.programme import Wallet
from loyalty.points.step import Step

HOUSE = {
    "earn": "issued",
    "credit": "credited",
    "spend": "redeemed",
    "debit": "debited",
    "expire": "expired",
    "return": "returned",
    "transfer": "transfers",
    "topup": "topups",
    "refund": "topups",
}
"""The house account on the other side of each kind; `restore` goes back to the account of what it restores."""


@dataclass(frozen=True, slots=True)
class Terms:
    """From when to when a lot lives. See `terms.py`."""

    active_at: datetime
    start_day: date
    expires_at: datetime | None = None
    last_day: date | None = None
    follows_activity: bool = False


def transfer(
    step: Step,
    kind: str,
    member: str,
    wallet: str,
    change: int,
    moves: Iterable[LotMove],
    *,
    house: str | None = None,
    reverses: int | None = None,
    reason: str | None = None,
) -> int | None:
    """Books `change` (above or below zero) of one member's wallet; its number, or None when nothing changes."""
    if not change:
        return None
    mine, theirs = f"member:{member}:{wallet}", house or HOUSE[kind]
    debit, credit = (theirs, mine) if change > 0 else (mine, theirs)
    row = Transfer(
        step.context.numbers(),
        step.booking,
        kind,
        member,
        wallet,
        debit,
        credit,
        abs(change),
        step.at,
        step.now,
        tuple(moves),
        reverses,
        reason,
    )
    step.plan.put(row)
    return row.number


def outgoing(moves: Iterable[LotMove]) -> list[LotMove]:
    """Moves with their signs for a transfer that takes."""
    return [LotMove(move.lot, -move.amount, -move.cost) for move in moves]


def change(step: Step, account: Account, **differences: int) -> None:
    """Adds differences to figures of an account."""
    step.plan.put(replace(account, **{name: getattr(account, name) + by for name, by in differences.items()}))


# -- credits


def credit(
    step: Step,
    member: str,
    wallet: Wallet,
    kind: str,
    amount: int,
    terms: Terms,
    *,
    cost: int = 0,
    base: tuple[int, int] | None = None,
    earned: bool = False,
    topup: str | None = None,
    part: int = 0,
    reason: str | None = None,
) -> Lot:
    """Makes a lot of `amount` above zero. A deficit is paid off from it when it is active."""
    step.use_account(member, wallet)
    active = terms.active_at <= step.now
    base_amount, base_cost = base or (amount, cost)
    lot = Lot(
        number=step.context.numbers(),
        member=member,
        wallet=wallet.name,
        booking=step.booking,
        kind=kind,
        credited_at=step.at,
        active_at=terms.active_at,
        active=active,
        amount=amount,
        remaining=amount,
        cost=cost,
        base_amount=base_amount,
        base_cost=base_cost,
        expires_at=terms.expires_at,
        last_day=terms.last_day,
        follows_activity=terms.follows_activity,
        start_day=terms.start_day,
        earned=amount if earned else 0,
        topup=topup,
        part=part,
    )
    step.plan.put(lot)
    account = step.account(member, wallet.name)
    counted = amount if earned and active else 0
    where = {"active": amount} if active else {"pending": amount}
    change(step, account, cost=cost, earned=counted, **where)
    transfer(step, kind, member, wallet.name, amount, [LotMove(lot.number, amount, cost)], reason=reason)
    if active:
        became_active(step, lot)
    return lot


def became_active(step: Step, lot: Lot) -> None:
    """After points became active: one that is already past its date dies, else it pays deficits first."""
    account = step.account(lot.member, lot.wallet)
    gone = lots.expiry_of(lot, account, step.zone)
    if gone is not None and gone <= step.now:
        expire(step, lot)
    elif account.deficit:
        settle(step, account)
    step.activated[lot.member, lot.wallet] = None


def activate(step: Step, lot: Lot) -> None:
    """A pending lot becomes active."""
    lot = replace(lot, active=True)
    step.plan.put(lot)
    account = step.account(lot.member, lot.wallet)
    change(step, account, pending=-lot.remaining, active=lot.remaining, earned=lot.earned)
    became_active(step, lot)


def settle(step: Step, account: Account) -> None:
    """Pays deficits, the oldest first, from the lots that are there."""
    for spend in step.plan.unpaid_spends(account.member, account.wallet):
        account = step.account(account.member, account.wallet)
        moves = lots.take(ready_lots(step, account), min(spend.unpaid, account.active))
        paid = sum(move.amount for move in moves)
        if not paid:
            return
        _lower(step, moves)
        change(step, account, active=-paid, deficit=-paid, cost=-sum(move.cost for move in moves))
        step.plan.put(replace(spend, unpaid=spend.unpaid - paid, takes=(*spend.takes, *moves)))
        number = step.context.numbers()
        row = Settlement(number, spend.number, account.member, account.wallet, step.now, tuple(outgoing(moves)))
        step.plan.put(row)


# -- taking


def ready_lots(step: Step, account: Account) -> list[Lot]:
    """Active lots with something left, in the order they are spent."""
    wallet = step.programme.wallet(account.wallet)
    open_lots = step.plan.open_lots(account.member, account.wallet)
    return lots.in_order((lot for lot in open_lots if lot.active and lot.remaining), wallet, account, step.zone)


def _lower(step: Step, moves: Iterable[LotMove]) -> None:
    for move in moves:
        step.plan.put(lots.without(step.lot(move.lot), move))


def take(step: Step, account: Account, amount: int, deficit: bool = False) -> tuple[list[LotMove], int]:
    """Takes `amount` from active lots: the pieces, and what became deficit. InsufficientPoints unless allowed."""
    if amount > account.available and not deficit:
        raise InsufficientPoints(
            f"The wallet {account.wallet!r} of member {account.member!r} does not hold that much: nothing was taken.",
            pointer=account.wallet,
        )
    moves = lots.take(ready_lots(step, account), amount) if account.active else []
    _take_moves(step, account, moves, amount - sum(move.amount for move in moves))
    return moves, amount - sum(move.amount for move in moves)


def _take_moves(step: Step, account: Account, moves: Sequence[LotMove], unpaid: int = 0) -> None:
    _lower(step, moves)
    taken, cost = sum(move.amount for move in moves), sum(move.cost for move in moves)
    change(step, account, active=-taken, cost=-cost, deficit=unpaid)


def take_cost(step: Step, account: Account, cost: int) -> list[LotMove]:
    """Takes what carries `cost`. InsufficientPoints when the active lots do not carry it."""
    moves, missing = lots.take_cost(ready_lots(step, account), cost)
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
    change(step, step.account(lot.member, lot.wallet), cost=-move.cost, **where)
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
    number = transfer(step, transfer_kind, member, wallet.name, -amount, outgoing(moves), reason=reason)
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


# -- giving back, dying


def restore(step: Step, spend: Spend, amount: int, house: str) -> None:
    """Undoes `amount` of a spend: its unpaid deficit first, then the lot consumed last."""
    cancelled = min(amount, spend.unpaid)
    back, kept = lots.give_back(spend.takes, amount - cancelled)
    row = replace(spend, takes=tuple(kept), unpaid=spend.unpaid - cancelled, restored=spend.restored + amount)
    step.plan.put(row)
    account = step.account(spend.member, spend.wallet)
    returned, cost = sum(move.amount for move in back), sum(move.cost for move in back)
    change(step, account, active=returned, cost=cost, deficit=-cancelled)
    for move in back:
        lot = step.lot(move.lot)
        step.plan.put(replace(lot, remaining=lot.remaining + move.amount, cost=lot.cost + move.cost))
    transfer(step, "restore", spend.member, spend.wallet, amount, back, house=house, reverses=spend.transfer)
    came_back(step, spend.member, spend.wallet, [move.lot for move in back])


def came_back(step: Step, member: str, wallet: str, numbers: Iterable[int]) -> None:
    """After points came back into lots: what is past its date dies, the rest pays deficits first."""
    for number in numbers:
        lot = step.lot(number)
        gone = lots.expiry_of(lot, step.account(member, wallet), step.zone)
        if gone is not None and gone <= step.now:
            expire(step, lot)
    account = step.account(member, wallet)
    if account.deficit and account.active:
        settle(step, account)


def expire(step: Step, lot: Lot) -> None:
    """What remains of a lot dies; what is held of it stays held."""
    if not lot.remaining:
        return
    move = LotMove(lot.number, lot.remaining, lot.cost)
    step.plan.put(replace(lot, remaining=0, cost=0, expired=lot.expired + lot.remaining))
    where = {"active": -lot.remaining} if lot.active else {"pending": -lot.remaining}
    change(step, step.account(lot.member, lot.wallet), cost=-lot.cost, **where)
    transfer(step, "expire", lot.member, lot.wallet, -move.amount, outgoing([move]))


def check_room(step: Step, account: Account, wallet: Wallet, amount: int) -> None:
    """LimitExceeded when `amount` more would pass the wallet's max_balance."""
    if wallet.max_balance is not None and account.balance + amount > wallet.max_balance:
        raise LimitExceeded(f"The wallet {wallet.name!r} would hold more than its max_balance.", pointer="max_balance")


def cost_share(cost: int, part: int, whole: int) -> int:
    """cost x part / whole, rounded half up."""
    return half_up(Fraction(cost * part, whole))
