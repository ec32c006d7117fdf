"""`return` and `cancel`: a sale undone in parts, each part exactly once. Spec: programme, section 5."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from loyalty.errors import Invalid
from loyalty.points import holds, posting, spending
from loyalty.points.body import Body
from loyalty.points.exact import half_up, ratio, tidy
from loyalty.points.facts import Exact, Spend
from loyalty.points.facts_sale import Purchase, PurchaseLine, PurchaseState
from loyalty.points.quick_rows import replace
from loyalty.points.reversal import Reversal
from loyalty.points.step import Step
from loyalty.points.vouchers import fresh, latest_first, put_new, void_issued


@dataclass
class Undoing:
    """A sale and how much of each of its lines is returned, all told, after this return."""

    purchase: Purchase
    state: PurchaseState
    lines: Sequence[PurchaseLine]
    shares: list[Exact]

    @property
    def complete(self) -> bool:
        return all(share == 1 for share in self.shares)

    def sum(self, figures: Sequence[Exact]) -> Exact:
        return tidy(sum((share * each for share, each in zip(self.shares, figures, strict=True)), start=0))

    @property
    def of_value(self) -> Exact:
        """F: the returned share of the value before vouchers and rewards; by quantity if that is zero."""
        if self.complete:
            return 1
        values = [line.value for line in self.lines]
        figures = values if sum(values) else [line.quantity for line in self.lines]
        return _within(ratio(self.sum(figures), sum(figures)), 1)

    @property
    def refund(self) -> int:
        """Share of the total that has to be back by now, stored value included."""
        return half_up(_within(self.sum([line.paid for line in self.lines]), self.purchase.total))


def _within(share: Exact, whole: Exact) -> Exact:
    """Lines below zero cannot make a share larger than the whole."""
    return max(0, min(share, whole))


def return_(step: Step, body: Body) -> None:
    """A part by lines or by an amount of the total, or all that is left."""
    undoing = _find(step, body)
    ways = [key for key in ("all", "amount", "lines") if key in body]
    if len(ways) != 1 or (ways == ["all"] and body.flag("all") is not True):
        raise Invalid("Say what is returned: all: true, an amount, or lines.", pointer="all")
    if "amount" in body:
        _by_amount(undoing, body)
    elif "lines" in body:
        _by_lines(undoing, body)
    else:
        undoing.shares = [1] * len(undoing.lines)
    _undo(step, undoing)


def cancel(step: Step, body: Body) -> None:
    """Returns all that is left and gives back limits and stock. A second one does nothing."""
    undoing = _find(step, body)
    undoing.shares = [1] * len(undoing.lines)
    _undo(step, undoing)
    state = step.plan.purchase_state(undoing.purchase.id)
    if state is not None and not state.cancelled:
        step.plan.put(replace(state, cancelled=True))
        holds.give_back_uses(step, undoing.purchase.id)


def _find(step: Step, body: Body) -> Undoing:
    id = body.needed("of")
    purchase, state = step.plan.purchase(id), step.plan.purchase_state(id)
    if purchase is None or state is None:
        raise Invalid(f"There is no purchase {id!r}.", pointer="of")
    step.touch(purchase.member)
    lines = sorted(step.plan.lines_of(id), key=lambda line: line.position)
    shares = list(state.returned) or [0] * len(lines)
    return Undoing(purchase, state, lines, shares)


# -- what share of each line


def _by_amount(undoing: Undoing, body: Body) -> None:
    """In proportion to what is left of all lines."""
    amount = body.paid("amount") or 0
    left = undoing.purchase.total - undoing.state.refunded
    if amount > left:
        raise Invalid("That is more than is left of the sale.", pointer="amount")
    if not amount:
        return
    part = Fraction(amount, left)
    undoing.shares = [tidy(share + (1 - share) * part) for share in undoing.shares]


def _by_lines(undoing: Undoing, body: Body) -> None:
    wanted = list(body.each("lines"))
    if not wanted:
        raise Invalid("Say which lines are returned.", pointer="lines")
    for each in wanted:
        quantity = each.number("quantity") if "quantity" in each else 1
        if quantity is None or quantity <= 0:
            raise Invalid("A quantity is above zero.", pointer="lines.quantity")
        _by_sku(undoing, each.text("sku"), quantity)


def _by_sku(undoing: Undoing, sku: str | None, quantity: Exact) -> None:
    """Takes the quantity from the lines of that sku, in their order."""
    for index, line in enumerate(undoing.lines):
        if line.sku == sku and quantity:
            part = min(quantity, line.quantity * (1 - undoing.shares[index]))
            undoing.shares[index] = tidy(undoing.shares[index] + Fraction(part) / line.quantity)
            quantity = tidy(quantity - part)
    if quantity:
        raise Invalid(f"Less than that of {sku!r} is left to return.", pointer="lines")


# -- what goes back


def _undo(step: Step, undoing: Undoing) -> None:
    purchase, state = undoing.purchase, undoing.state
    before = state.refunded
    spends = step.plan.spends_of(purchase.id)
    _points_back(step, undoing, [each for each in spends if each.kind == "reward" and each.refundable])
    stored = _stored_back(step, undoing, [each for each in spends if each.kind == "pay"])
    _vouchers_back(step, undoing)
    _reverse(step, undoing)
    refund = undoing.refund - before
    step.said.add_money("refund", refund - stored)
    _lower_figures(step, undoing, refund)


def _points_back(step: Step, undoing: Undoing, spends: Sequence[Spend]) -> None:
    """Points spent on refundable rewards, by F; of each wallet together."""
    share = undoing.of_value
    for wallet in dict.fromkeys(each.wallet for each in spends):
        mine = [each for each in spends if each.wallet == wallet]
        step.said.add("given_back", wallet, restore_share(step, mine, share))


def restore_share(step: Step, spends: Sequence[Spend], share: Exact) -> int:
    """Gives back the share (cumulative) of these spends, the last one first; what came back now."""
    due = half_up(share * sum(each.amount for each in spends)) - sum(each.restored for each in spends)
    back = due
    for each in reversed(spends):
        part = min(due, each.amount - each.restored)
        if part > 0:
            spending.restore(step, each, part, house=posting.HOUSE["spend"])
            due -= part
    return back


def _stored_back(step: Step, undoing: Undoing, spends: Sequence[Spend]) -> int:
    """Stored value paid, by the returned share of the total; the money it stands for."""
    total = undoing.purchase.total
    paid = _within(undoing.sum([line.paid for line in undoing.lines]), total)
    share: Exact = 1 if undoing.complete else ratio(paid, total or 1)
    money = 0
    for wallet in dict.fromkeys(each.wallet for each in spends):
        back = restore_share(step, [each for each in spends if each.wallet == wallet], share)
        step.said.add("refund_wallets", wallet, back)
        decimals = step.programme.wallet(wallet).decimals
        money += back * 10**step.programme.digits // 10**decimals
    return money


def _vouchers_back(step: Step, undoing: Undoing) -> None:
    used = step.plan.vouchers_used_by(undoing.purchase.id)
    if undoing.complete:
        for voucher in used:
            if voucher.amount is None and not voucher.given_back:
                step.plan.put(replace(voucher, given_back=1))
                put_new(step, fresh(voucher))
        void_issued(step, undoing.purchase.id)
    amounts = [voucher for voucher in used if voucher.amount is not None]
    due = half_up(undoing.of_value * sum(voucher.taken_off for voucher in amounts))
    due -= sum(voucher.given_back for voucher in amounts)
    for voucher in sorted(amounts, key=latest_first):
        part = min(due, (voucher.amount or 0) - voucher.given_back)
        if part > 0:
            step.plan.put(replace(voucher, given_back=voucher.given_back + part))
            put_new(step, replace(fresh(voucher), amount=part))
            due -= part


def _reverse(step: Step, undoing: Undoing) -> None:
    """Earned points of each lot of the sale, by the exact points that lie on what is returned."""
    whole: dict[int, Exact] = {}
    back: dict[int, Exact] = {}
    for line, share in zip(undoing.lines, undoing.shares, strict=True):
        for lot, points in line.points:
            whole[lot] = whole.get(lot, 0) + points
            back[lot] = back.get(lot, 0) + points * share
    reversals: dict[str, Reversal] = {}
    for made in step.plan.lots_of(undoing.purchase.id):
        if made.kind != "earn":
            continue
        points = whole.get(made.number, 0)
        share = 1 if undoing.complete else ratio(back[made.number], points) if points else undoing.of_value
        if made.wallet not in reversals:
            reversals[made.wallet] = Reversal(step, made.member, made.wallet)
        reversals[made.wallet].take(made.number, share)
    for wallet, reversal in reversals.items():
        step.said.add("reversed", wallet, reversal.book(undoing.purchase.id))


def _lower_figures(step: Step, undoing: Undoing, refund: int) -> None:
    state = undoing.state
    counts = state.counts and not undoing.complete
    member = undoing.purchase.member
    standing = step.standing(member)
    lost = int(state.counts) - int(counts)
    step.plan.put(replace(standing, spend=standing.spend - refund, purchases=standing.purchases - lost))
    row = replace(
        state,
        net=state.net - refund,
        counts=counts,
        refunded=state.refunded + refund,
        returned=tuple(undoing.shares),
    )
    step.plan.put(row)
