"""`transfer`: points from one member to another, lot by lot. Spec: programme, section 1.7."""

from fractions import Fraction

from loyalty.errors import Invalid, LimitExceeded, NotTransferable
from loyalty.points import auto, award, crediting, limits, lots, posting, spending, terms
from loyalty.points.body import Body
from loyalty.points.exact import tidy
from loyalty.points.facts import Lot, LotMove
from loyalty.points.programme import Wallet
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


def transfer(step: Step, body: Body) -> None:
    """Errors in this order: not_transferable, limit_exceeded, insufficient_points."""
    sender, receiver = body.needed("from"), body.needed("to")
    step.touch(sender)
    step.touch(receiver)
    wallet = step.wallet(body.text("wallet"))
    points = body.points("points", wallet)
    if points is None or sender == receiver:
        raise Invalid("A transfer moves points above zero from one member to another.", pointer="points")
    if not wallet.transferable:
        raise NotTransferable(f"Points of the wallet {wallet.name!r} may not be passed on.", pointer="wallet")
    _check(step, sender, receiver, wallet, points)
    account = step.account(sender, wallet.name)
    before = {lot.number: lot for lot in step.plan.open_lots(sender, wallet.name)}
    moves, _ = spending.take(step, account, points)
    spending.spend(step, sender, wallet, moves, 0, "transfer", transfer_kind="transfer")
    limits.use(step, "transfer", "", sender, step.booking, 1, _whole(points, wallet))
    for move in moves:
        _receive(step, receiver, wallet, move, before[move.lot])
    step.said.add("spent", wallet.name, points)
    step.said.add("credited", wallet.name, points)
    step.said.add_money("cost", sum(move.cost for move in moves))
    auto.run(step, receiver, award.occasion_of(step, receiver))
    step.said.spent = {wallet.name: points}  # not what an auto reward of the receiver took


def _whole(points: int, wallet: Wallet) -> int | Fraction:
    return tidy(Fraction(points, 10**wallet.decimals))


def _check(step: Step, sender: str, receiver: str, wallet: Wallet, points: int) -> None:
    rules = step.programme.transfers
    amount = _whole(points, wallet)
    if (rules.min is not None and amount < rules.min) or (rules.max is not None and amount > rules.max):
        raise LimitExceeded("The transfer is smaller or larger than the programme allows.", pointer="points")
    times = limits.times_left(step, "transfer", "", rules.limits, sender)
    left = limits.points_left(step, "transfer", "", rules.limits, sender, refuse=False)
    if (times is not None and times < 1) or (left is not None and amount > left):
        raise LimitExceeded("The limit of transfers is used up.", pointer="points")
    posting.check_room(step, step.account(receiver, wallet.name), wallet, points)


def _receive(step: Step, receiver: str, wallet: Wallet, move: LotMove, source: Lot) -> None:
    if step.programme.transfers.restart:
        life = terms.from_start(step, wallet, step.at, step.day)
    elif source.follows_activity:
        life = posting.Terms(step.at, step.day, follows_activity=True)
    else:
        gone = lots.expiry_of(source, None, step.zone)
        life = posting.Terms(step.at, step.day, gone, source.last_day)
    crediting.credit(step, receiver, wallet, "transfer", move.amount, life, crediting.Origin(move.cost))


def untouched(lot: Lot) -> bool:
    """Whether nothing of a received lot was spent, held or lost."""
    return lot.remaining == lot.amount and not lot.held


def take_back(step: Step, lot: Lot) -> None:
    """Takes a received lot away again."""
    move = spending.take_from(step, lot, lot.remaining)
    house = posting.HOUSE["transfer"]
    posting.transfer(step, "return", lot.member, lot.wallet, -move.amount, posting.outgoing([move]), house=house)
    step.plan.put(replace(step.lot(lot.number), reversed=lot.amount))
