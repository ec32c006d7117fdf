"""`reverse`: a redeem, debit, credit, event, capture or transfer undone, wholly or in part."""

from collections.abc import Sequence

from loyalty.errors import InsufficientPoints, Invalid
from loyalty.points import holds, posting, spending
from loyalty.points.body import Body
from loyalty.points.facts import Booking, Lot, Spend
from loyalty.points.reversal import Reversal
from loyalty.points.step import Step
from loyalty.points.steps.transfer import take_back, untouched
from loyalty.points.vouchers import void_issued

_SPENDING = {"redeem": "spend", "debit": "debit", "capture": "spend"}
_GIVING = ("credit", "event")


def reverse(step: Step, body: Body) -> None:
    """What was undone before is not undone again: no effect, or invalid when points are asked for."""
    booking = step.plan.booking(body.needed("of"))
    if booking is None or booking.verb not in (*_SPENDING, *_GIVING, "transfer"):
        raise Invalid(
            f"There is no redeem, debit, credit, event, capture or transfer {body.text('of')!r} to undo.", pointer="of"
        )
    if booking.member is not None:
        step.touch(booking.member)
    if booking.verb in _SPENDING:
        _give_back(step, booking, body)
        return
    if "points" in body:
        raise Invalid("Only a redeem, debit or capture can be undone in part.", pointer="points")
    if booking.verb == "transfer":
        _call_back(step, booking)
    else:
        _take_back(step, booking)


# -- spending


def _give_back(step: Step, booking: Booking, body: Body) -> None:
    spends = [each for each in step.plan.spends_of(booking.id) if each.kind in ("reward", "debit", "capture")]
    left = sum(each.amount - each.restored for each in spends)
    part = body.points("points", step.programme.wallet(spends[0].wallet)) if spends else None
    if "points" in body and (part is None or part > left):
        raise Invalid("Less than that is left to give back.", pointer="points")
    amount = left if part is None else part
    whole = amount == left and (left > 0 or not spends)
    if whole and booking.verb != "debit":
        _undo_reward(step, booking.id)
    _restore(step, spends, amount, posting.HOUSE[_SPENDING[booking.verb]])


def _restore(step: Step, spends: Sequence[Spend], amount: int, house: str) -> None:
    for each in reversed(spends):
        part = min(amount, each.amount - each.restored)
        if part:
            spending.restore(step, each, part, house)
            step.said.add("given_back", each.wallet, part)
            amount -= part


def _undo_reward(step: Step, booking: str) -> None:
    """Stock and limits come back, unused vouchers are void; used ones cannot be undone."""
    if any(voucher.status == "used" for voucher in step.plan.vouchers_of(booking)):
        raise Invalid("A voucher of this redemption was used; it cannot be undone.", pointer="of")
    void_issued(step, booking)
    holds.give_back_uses(step, booking)


# -- giving


def _take_back(step: Step, booking: Booking) -> None:
    reversals: dict[tuple[str, str], Reversal] = {}
    for lot in step.plan.lots_of(booking.id):
        if lot.kind in ("earn", "credit"):
            step.touch(lot.member)
            key = lot.member, lot.wallet
            if key not in reversals:
                reversals[key] = Reversal(step, lot.member, lot.wallet)
            reversals[key].take(lot.number, 1)
    for (_, wallet), reversal in reversals.items():
        step.said.add("reversed", wallet, reversal.book(booking.id))


# -- passing on


def _call_back(step: Step, booking: Booking) -> None:
    received = [lot for lot in step.plan.lots_of(booking.id) if lot.kind == "transfer"]
    spends = [each for each in step.plan.spends_of(booking.id) if each.kind == "transfer"]
    if not spends or spends[0].restored:
        return
    for lot in received:
        step.touch(lot.member)
        if not untouched(lot):
            raise InsufficientPoints("The receiver has used some of these points; they cannot be called back.")
    _call_back_lots(step, received)
    step.touch(spends[0].member)
    _restore(step, spends, spends[0].amount, posting.HOUSE["transfer"])


def _call_back_lots(step: Step, received: Sequence[Lot]) -> None:
    for lot in received:
        take_back(step, step.lot(lot.number))
