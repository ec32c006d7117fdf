"""`topup` and `refund_topup`: stored value bought and paid back. Spec: programme, section 1.7."""

from collections.abc import Sequence
from fractions import Fraction

from loyalty.errors import Conflict, Invalid
from loyalty.points import auto, award, crediting, posting, spending, terms
from loyalty.points.body import Body
from loyalty.points.calendar import add, start_of_day
from loyalty.points.exact import ceil, to_units
from loyalty.points.facts import LotMove
from loyalty.points.facts_sale import TopUp
from loyalty.points.programme import Programme, Wallet
from loyalty.points.programme_offers import Bonus, TopUpOffer
from loyalty.points.quick_rows import replace
from loyalty.points.read_programme import bonus as read_bonus
from loyalty.points.reading import Node
from loyalty.points.step import Step
from loyalty.points.steps.credits import needed_cost


def topup(step: Step, body: Body) -> None:
    """A top-up of the programme by name, or one worded in the step."""
    member = body.needed("member")
    step.touch(member)
    offer = _offer(step, body)
    wallet = step.wallet(offer.wallet)
    principal = bought(step.programme, offer)
    bonus = offer.bonus or Bonus(0)
    posting.check_room(step, step.account(member, wallet.name), wallet, principal + bonus.amount)
    first = principal + (bonus.amount if bonus.joined else 0)
    number = 0
    if first:
        life = terms.by_policy(step, wallet, offer.expiry)
        origin = crediting.Origin(offer.pay, topup=step.booking)
        number = crediting.credit(step, member, wallet, "topup", first, life, origin).number
    extra = () if bonus.joined else _bonus_lots(step, member, wallet, bonus)
    assert step.booking is not None
    known = 0 if bonus.joined else bonus.amount
    step.plan.put(TopUp(step.booking, step.number, member, wallet.name, offer.pay, known, number, tuple(extra)))
    step.said.add("paid", wallet.name, principal)
    step.said.add("credited", wallet.name, principal + bonus.amount)
    _gifts(step, member, offer)
    auto.run(step, member, award.occasion_of(step, member))


def bought(programme: Programme, offer: TopUpOffer) -> int:
    """What the wallet gets for the money, without any bonus, in its smallest unit."""
    if offer.gives is not None:
        return offer.gives
    wallet = programme.wallet(offer.wallet)
    return to_units(Fraction(offer.pay, 10**programme.digits), wallet.decimals, "pay")


def _offer(step: Step, body: Body) -> TopUpOffer:
    if "topup" in body:
        name = body.needed("topup")
        if name not in step.programme.topups or any(key in body for key in ("wallet", "pay", "bonus")):
            raise Invalid(f"There is no top-up {name!r}, or more than its name is given.", pointer="topup")
        return step.programme.topups[name]
    wallet = step.wallet(body.text("wallet"))
    bonus = read_bonus(Node(body.values["bonus"], ("bonus",)), wallet) if "bonus" in body else None
    return TopUpOffer("", wallet.name, needed_cost(body, "pay"), bonus)


def _bonus_lots(step: Step, member: str, wallet: Wallet, bonus: Bonus) -> list[int]:
    """The parts: rounded down, the last takes the rest; part k is pending k - 1 times `every`."""
    made = []
    for part in range(1, bonus.parts + 1):
        each = bonus.amount // bonus.parts
        amount = each if part < bonus.parts else bonus.amount - each * (bonus.parts - 1)
        if not amount:
            continue
        if part == 1 or bonus.every is None:
            life = terms.by_policy(step, wallet, bonus.expiry)
        else:
            start = add(step.day, bonus.every, part - 1)
            life = terms.from_start(step, wallet, start_of_day(start, step.zone), start, bonus.expiry)
        origin = crediting.Origin(topup=step.booking, part=part)
        lot = crediting.credit(step, member, wallet, "topup", amount, life, origin)
        made.append(lot.number)
    return made


def _gifts(step: Step, member: str, offer: TopUpOffer) -> None:
    for name, amount in offer.gifts:
        wallet = step.wallet(name)
        if amount:
            posting.check_room(step, step.account(member, name), wallet, amount)
            crediting.credit(step, member, wallet, "topup", amount, terms.by_policy(step, wallet))
            step.said.add("credited", name, amount)


# -- paying back


def refund_topup(step: Step, body: Body) -> None:
    """Pays back all unused principal and voids the rest, or pays a part and takes value in proportion.

    With `of` one top-up is undone as if it had never been, bonus and gifts too; only while none of it is used.
    """
    member = body.needed("member")
    step.touch(member)
    if "of" in body:
        _undo(step, member, body)
        return
    wallet = step.wallet(body.text("wallet"))
    if "amount" in body:
        moves = _refund_part(step, member, wallet, needed_cost(body, "amount"))
    else:
        moves = _refund_all(step, member, wallet)
    merged = _merge(moves)
    removed = sum(move.amount for move in merged)
    posting.transfer(step, "refund", member, wallet.name, -removed, posting.outgoing(merged))
    step.said.add("removed", wallet.name, removed)
    step.said.add_money("refund", sum(move.cost for move in merged))


def _undo(step: Step, member: str, body: Body) -> None:
    row = step.plan.topup(body.needed("of"))
    if row is None or row.member != member or "wallet" in body or "amount" in body:
        raise Invalid("`of` names a top-up of this member, and nothing stands beside it.", pointer="of")
    made = step.plan.lots_of(row.id)
    if not row.open or row.refunded or any(lot.remaining != lot.amount for lot in made):
        raise Conflict("Part of this top-up was used or paid back; pay back what is left instead.", code="topup_used")
    cost = 0
    for wallet in dict.fromkeys(lot.wallet for lot in made):
        moves = [spending.take_from(step, lot, lot.remaining) for lot in made if lot.wallet == wallet]
        removed = sum(move.amount for move in moves)
        posting.transfer(step, "refund", member, wallet, -removed, posting.outgoing(moves))
        step.said.add("removed", wallet, removed)
        cost += sum(move.cost for move in moves)
    step.plan.put(replace(row, refunded=row.paid, bonus_taken=row.bonus, open=False))
    step.said.add_money("refund", cost)


def _merge(moves: Sequence[LotMove]) -> list[LotMove]:
    found: dict[int, LotMove] = {}
    for move in moves:
        known = found.get(move.lot, LotMove(move.lot, 0))
        found[move.lot] = LotMove(move.lot, known.amount + move.amount, known.cost + move.cost)
    return list(found.values())


def _refund_all(step: Step, member: str, wallet: Wallet) -> list[LotMove]:
    """Everything active, and the parts of bonuses that are not yet. What is held stays."""
    moves = [
        spending.take_from(step, lot, lot.remaining)
        for lot in step.plan.open_lots(member, wallet.name)
        if lot.remaining and (lot.active or lot.part)
    ]
    paid = {move.lot: move.cost for move in moves}
    for row in step.plan.open_topups(member, wallet.name):
        refunded = row.refunded + paid.get(row.principal_lot, 0)
        step.plan.put(replace(row, refunded=refunded, open=_has_left(step, row)))
    return moves


def _has_left(step: Step, row: TopUp) -> bool:
    """Whether a lot of the top-up may still be refunded: its principal, or bonus waiting for it."""
    numbers = [number for number in (row.principal_lot, *row.bonus_lots) if number]
    return any(step.lot(number).remaining or step.lot(number).held for number in numbers)


def _refund_part(step: Step, member: str, wallet: Wallet, amount: int) -> list[LotMove]:
    moves = spending.take_cost(step, step.account(member, wallet.name), amount)
    for row in step.plan.open_topups(member, wallet.name):
        paid = sum(move.cost for move in moves if move.lot == row.principal_lot)
        if paid:
            moves = [*moves, *_bonus_back(step, row, paid)]
    return moves


def _bonus_back(step: Step, row: TopUp, paid: int) -> list[LotMove]:
    """The bonus goes in proportion to the principal, all of it with the last of the principal."""
    refunded = row.refunded + paid
    principal = step.lot(row.principal_lot)
    last = not principal.remaining and not principal.held
    due = ceil(Fraction(row.bonus * refunded, row.paid)) - row.bonus_taken if row.paid else 0
    moves = []
    for number in reversed(row.bonus_lots):
        lot = step.lot(number)
        part = lot.remaining if last else min(max(due, 0), lot.remaining)
        if part:
            moves.append(spending.take_from(step, lot, part))
            due -= part
    taken = row.bonus_taken + sum(move.amount for move in moves)
    step.plan.put(replace(row, refunded=refunded, bonus_taken=taken, open=not last))
    return moves
