"""Points come, become active, come back, die: the life of lots. A deficit is paid before anything else."""

from collections.abc import Iterable
from dataclasses import dataclass

from loyalty.points import lots, posting
from loyalty.points.facts import Account, Lot, LotMove, Settlement
from loyalty.points.programme import Wallet
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


@dataclass(frozen=True, slots=True)
class Origin:
    """What else is to be known of a new lot. `base`: original amount and cost, where part was used elsewhere before."""

    cost: int = 0
    base: tuple[int, int] | None = None
    earned: bool = False
    topup: str | None = None
    part: int = 0
    reason: str | None = None


PLAIN = Origin()


def credit(
    step: Step, member: str, wallet: Wallet, kind: str, amount: int, terms: posting.Terms, origin: Origin = PLAIN
) -> Lot:
    """Makes a lot of `amount` above zero. A deficit is paid off from it when it is active."""
    step.use_account(member, wallet)
    lot = _lot(step, member, wallet, kind, amount, terms, origin)
    step.plan.put(lot)
    account = step.account(member, wallet.name)
    where = {"active": amount, "earned": lot.earned} if lot.active else {"pending": amount}
    posting.change(step, account, cost=origin.cost, **where)
    moves = [LotMove(lot.number, amount, origin.cost)]
    posting.transfer(step, kind, member, wallet.name, amount, moves, reason=origin.reason)
    if lot.active:
        became_active(step, lot)
    return lot


def _lot(step: Step, member: str, wallet: Wallet, kind: str, amount: int, terms: posting.Terms, origin: Origin) -> Lot:
    base_amount, base_cost = origin.base or (amount, origin.cost)
    return Lot(
        number=step.context.numbers(),
        member=member,
        wallet=wallet.name,
        booking=step.booking,
        kind=kind,
        credited_at=step.at,
        active_at=terms.active_at,
        active=terms.active_at <= step.now,
        amount=amount,
        remaining=amount,
        cost=origin.cost,
        base_amount=base_amount,
        base_cost=base_cost,
        expires_at=terms.expires_at,
        last_day=terms.last_day,
        follows_activity=terms.follows_activity,
        start_day=terms.start_day,
        earned=amount if origin.earned else 0,
        topup=origin.topup,
        part=origin.part,
    )


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
    posting.change(step, account, pending=-lot.remaining, active=lot.remaining, earned=lot.earned)
    became_active(step, lot)


def settle(step: Step, account: Account) -> None:
    """Pays deficits, the oldest first, from the lots that are there."""
    for spend in step.plan.unpaid_spends(account.member, account.wallet):
        account = step.account(account.member, account.wallet)
        moves = lots.take(posting.ready_lots(step, account), min(spend.unpaid, account.active))
        paid = sum(move.amount for move in moves)
        if not paid:
            return
        posting.lower(step, moves)
        posting.change(step, account, active=-paid, deficit=-paid, cost=-sum(move.cost for move in moves))
        step.plan.put(replace(spend, unpaid=spend.unpaid - paid, takes=(*spend.takes, *moves)))
        number = step.context.numbers()
        row = Settlement(number, spend.number, account.member, account.wallet, step.now, tuple(posting.outgoing(moves)))
        step.plan.put(row)


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
    posting.change(step, step.account(lot.member, lot.wallet), cost=-lot.cost, **where)
    posting.transfer(step, "expire", lot.member, lot.wallet, -move.amount, posting.outgoing([move]))
