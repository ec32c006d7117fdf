"""Lots: which go first, what a part of one costs, when one dies. Pure; spec: programme, section 1.1."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from loyalty.points.calendar import add, end_of_day
from loyalty.points.exact import half_up
from loyalty.points.facts import Account, Lot, LotMove
from loyalty.points.programme import Wallet
from loyalty.points.quick_rows import replace

_NEVER = datetime.max.replace(tzinfo=UTC)


def last_day_of(lot: Lot, account: Account | None) -> date | None:
    """The last day of a lot that ends with a day; None for exact moments and for never."""
    if not lot.follows_activity:
        return lot.last_day
    if account is None or account.activity is None or account.inactivity is None:
        return None
    start = max(account.activity, lot.start_day or account.activity)
    return add(start, account.inactivity)


def expiry_of(lot: Lot, account: Account | None, zone: ZoneInfo) -> datetime | None:
    """The moment at which the lot is gone; None = never."""
    if not lot.follows_activity:
        return lot.expires_at
    last = last_day_of(lot, account)
    return None if last is None else end_of_day(last, zone)


def in_order(lots: Iterable[Lot], wallet: Wallet, account: Account | None, zone: ZoneInfo) -> list[Lot]:
    """Lots in the order they are spent."""
    if wallet.spend_order == "oldest_first":
        return sorted(lots, key=lambda lot: (lot.credited_at, lot.number))
    return sorted(lots, key=lambda lot: (expiry_of(lot, account, zone) or _NEVER, lot.credited_at, lot.number))


def cost_of(lot: Lot, amount: int) -> int:
    """The cost that `amount` of what remains carries, in smallest units of money."""
    if amount >= lot.remaining or not lot.cost:
        return lot.cost
    return min(lot.cost, half_up(Fraction(amount * lot.base_cost, lot.base_amount)))


def take(lots: Sequence[Lot], amount: int) -> list[LotMove]:
    """`amount` (or all there is, when that is less) from lots in the order given."""
    moves = []
    for lot in lots:
        if amount <= 0:
            break
        part = min(amount, lot.remaining)
        if part:
            moves.append(LotMove(lot.number, part, cost_of(lot, part)))
            amount -= part
    return moves


def take_cost(lots: Sequence[Lot], cost: int) -> tuple[list[LotMove], int]:
    """Parts of lots that carry `cost`, and the cost that was not there. Lots without cost are passed over."""
    moves = []
    for lot in lots:
        if cost <= 0:
            break
        if not lot.cost:
            continue
        carried = min(cost, lot.cost)
        whole = carried == lot.cost
        part = lot.remaining if whole else half_up(Fraction(carried * lot.base_amount, lot.base_cost))
        moves.append(LotMove(lot.number, min(part, lot.remaining), carried))
        cost -= carried
    return moves, cost


def without(lot: Lot, move: LotMove) -> Lot:
    """The lot after a part was taken."""
    return replace(lot, remaining=lot.remaining - move.amount, cost=lot.cost - move.cost)


def split(move: LotMove, amount: int) -> LotMove:
    """The part of a taken piece that goes back: cost in proportion, all of it with all of the amount."""
    if amount >= move.amount:
        return move
    return LotMove(move.lot, amount, half_up(Fraction(move.cost * amount, move.amount)))


def less(move: LotMove, part: LotMove) -> LotMove:
    return LotMove(move.lot, move.amount - part.amount, move.cost - part.cost)


def give_back(takes: Sequence[LotMove], amount: int) -> tuple[list[LotMove], list[LotMove]]:
    """(what goes back, what stays taken): the piece taken last goes back first."""
    kept, back = list(takes), []
    while amount > 0 and kept:
        last = kept.pop()
        part = split(last, min(amount, last.amount))
        back.append(part)
        amount -= part.amount
        if part.amount < last.amount:
            kept.append(less(last, part))
    return back, kept


def keep_first(takes: Sequence[LotMove], amount: int) -> tuple[list[LotMove], list[LotMove]]:
    """(the first `amount` in the order taken, the rest)."""
    first: list[LotMove] = []
    rest: list[LotMove] = []
    for move in takes:
        part = min(amount, move.amount)
        if part:
            first.append(split(move, part))
        if part < move.amount:
            rest.append(less(move, split(move, part)) if part else move)
        amount -= part
    return first, rest
