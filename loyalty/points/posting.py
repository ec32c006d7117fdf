"""Writes to a plan what happens to points: transfers, lots, accounts. Every change of a balance passes here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from loyalty.errors import LimitExceeded
from loyalty.points import lots
from loyalty.points.facts import Account, Lot, LotMove, Transfer
from loyalty.points.programme import Wallet
from loyalty.points.quick_rows import replace
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


def ready_lots(step: Step, account: Account) -> list[Lot]:
    """Active lots with something left, in the order they are spent."""
    wallet = step.programme.wallet(account.wallet)
    open_lots = step.plan.open_lots(account.member, account.wallet)
    return lots.in_order((lot for lot in open_lots if lot.active and lot.remaining), wallet, account, step.zone)


def lower(step: Step, moves: Iterable[LotMove]) -> None:
    """Lots after these pieces were taken."""
    for move in moves:
        step.plan.put(lots.without(step.lot(move.lot), move))


def check_room(step: Step, account: Account, wallet: Wallet, amount: int) -> None:
    """LimitExceeded when `amount` more would pass the wallet's max_balance."""
    if wallet.max_balance is not None and account.balance + amount > wallet.max_balance:
        raise LimitExceeded(f"The wallet {wallet.name!r} would hold more than its max_balance.", pointer="max_balance")
