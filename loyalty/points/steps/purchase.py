"""`purchase` and `quote`: a sale from its lines to its points. Spec: programme, section 4."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from loyalty.errors import InsufficientPoints, Invalid
from loyalty.points import auto, award, limits, offers, rewards, spending, tiers, vouchers
from loyalty.points.basket import Line, reduce, worth
from loyalty.points.body import Body
from loyalty.points.conditions import Occasion
from loyalty.points.exact import half_up
from loyalty.points.facts_sale import Purchase, PurchaseLine, PurchaseState
from loyalty.points.programme import Wallet
from loyalty.points.programme_offers import Offer
from loyalty.points.quick_rows import replace
from loyalty.points.sale_lines import read_lines
from loyalty.points.step import Step


@dataclass
class Sale:
    """A sale in the making."""

    member: str
    lines: Sequence[Line]
    occasion: Occasion
    requests: list[rewards.Request] = field(default_factory=list)
    taken: offers.Taken = field(default_factory=offers.Taken)
    discount: int = 0
    paid: int = 0


def purchase(step: Step, body: Body) -> None:
    """Works a sale out and books it."""
    member = body.needed("member")
    step.touch(member)
    sale = _begin(step, member, body)
    _lower(step, sale, body)
    early = [asked for asked in sale.requests if not asked.reward.use_current]
    current = [asked for asked in sale.requests if asked.reward.use_current]
    for asked in early:
        rewards.redeem(step, member, asked, sale.occasion, sale.lines)
    if current:
        _earn(step, sale)
        for asked in current:
            rewards.redeem(step, member, asked, sale.occasion, sale.lines)
        _pay(step, sale, body)
    else:
        _pay(step, sale, body)
        _earn(step, sale)
    _keep(step, sale)
    auto.run(step, member, sale.occasion)


def quote(step: Step, body: Body) -> None:
    """The same; the plan is thrown away by the engine."""
    purchase(step, body)


# -- 1. amounts, offers, till discount, vouchers


def _begin(step: Step, member: str, body: Body) -> Sale:
    lines = read_lines(body)
    step.lines = lines
    standing = step.standing(member)
    number = step.plan.bought_before(member, step.at) + 1 if step.late else standing.purchases + 1
    occasion = award.occasion_of(
        step,
        member,
        store=body.text("store"),
        channel=body.text("channel"),
        tender=body.text("tender"),
        codes=body.texts("codes"),
        number=number,
    )
    sale = Sale(member, lines, occasion)
    sale.requests = [rewards.request(step, each.values) for each in body.each("redeem")]
    return sale


def _lower(step: Step, sale: Sale, body: Body) -> None:
    member, lines = sale.member, sale.lines

    def allow(offer: Offer) -> bool:
        return limits.allow(step, "offer", offer.name, offer.limits, member)

    if step.programme.offers:
        sale.taken = offers.apply(step.programme.offers, sale.occasion, lines, allow)
    level = award.level_named(step, sale.occasion.tier)
    if level is not None:
        offers.level_discount(sale.taken, level.discount_percent, lines)
    for offer in sale.taken.used:
        limits.use(step, "offer", offer.name, member, step.booking)
    step.said.offers = sale.taken.offers
    step.said.free_items = dict(sale.taken.free_items)
    till = offers.clamp(body.paid("discount") or 0, lines, lines)
    reduce(lines, till)
    for line in lines:
        line.value = line.left
    used = body.texts("vouchers")
    sale.discount = sale.taken.discount + till + (vouchers.redeem(step, member, used, lines) if used else 0)
    step.said.discount = sale.discount
    step.said.value = 0


# -- 2. stored value


def _pay(step: Step, sale: Sale, body: Body) -> None:
    total = half_up(worth(sale.lines))
    for each in body.each("pay"):
        wallet = step.wallet(each.text("wallet"))
        if wallet.kind != "money":
            raise Invalid(f"The wallet {wallet.name!r} is not stored value; it cannot pay.", pointer="pay")
        asked = each.values.get("amount")
        points = _payable(step, sale, wallet, None if asked == "max" else _asked(each, wallet), total - sale.paid)
        if points:
            _pay_with(step, sale, wallet, points)


def _asked(body: Body, wallet: Wallet) -> int:
    points = body.points("amount", wallet)
    if points is None:
        raise Invalid("Say how much to pay from the wallet, or max.", pointer="pay.amount")
    return points


def _payable(step: Step, sale: Sale, wallet: Wallet, asked: int | None, due: int) -> int:
    """Smallest parts of the wallet that pay: at most what is due and what is there."""
    available = max(0, step.account(sale.member, wallet.name).available)
    if asked is not None and asked > available:
        raise InsufficientPoints(f"The wallet {wallet.name!r} holds less than that.", pointer="pay")
    bound = available if asked is None else asked
    digits = step.programme.digits
    most: int = due * 10**wallet.decimals // 10**digits
    coarse: int = 10 ** max(
        0, wallet.decimals - digits
    )  # a wallet with more decimals than the currency pays whole cents
    return min(bound, most) // coarse * coarse


def _pay_with(step: Step, sale: Sale, wallet: Wallet, points: int) -> None:
    moves, _ = spending.take(step, step.account(sale.member, wallet.name), points)
    spending.spend(step, sale.member, wallet, moves, 0, "pay")
    sale.paid += points * 10**step.programme.digits // 10**wallet.decimals
    step.said.add("paid", wallet.name, points)
    step.said.add_money("cost", sum(move.cost for move in moves))


# -- 3. earning


def _earn(step: Step, sale: Sale) -> None:
    occasion = sale.occasion
    if step.programme.tiers is not None and step.programme.tiers.earn_at_after:
        _count(step, sale)
        tiers.test(step, sale.member)
        level = tiers.present_tier(step.plan, step.programme, step.standing(sale.member), step.today)
        occasion.tier = level.name if level else None
    for wallet in step.programme.wallets.values():
        if wallet.expiry.kind == "inactivity" and step.plan.account(sale.member, wallet.name) is not None:
            step.use_account(sale.member, wallet)
    level = award.level_named(step, occasion.tier)
    events = ("purchase", "first_purchase") if occasion.number == 1 else ("purchase",)
    multiplier = level.earn_multiplier if level else 1
    award.earn(step, sale.member, occasion, events, sale.lines, multiplier=multiplier)


# -- 4. writing down


def _count(step: Step, sale: Sale) -> None:
    """Counts the purchase with its total as it stands now; again when the total has changed since."""
    total = half_up(worth(sale.lines))
    assert step.booking is not None
    known = step.plan.purchase_state(step.booking)
    standing = step.standing(sale.member)
    if known is None:
        step.plan.put(replace(standing, spend=standing.spend + total, purchases=standing.purchases + 1))
    else:
        step.plan.put(replace(standing, spend=standing.spend + total - known.net))
    step.plan.put(PurchaseState(step.booking, sale.member, step.day, step.number, total))


def _keep(step: Step, sale: Sale) -> None:
    _count(step, sale)
    total = half_up(worth(sale.lines))
    occasion = sale.occasion
    assert step.booking is not None
    row = Purchase(
        id=step.booking,
        number=step.number,
        member=sale.member,
        day=step.day,
        occurred_at=step.at,
        total=total,
        due=total - sale.paid,
        discount=sale.discount,
        programme=step.version.number,
        store=occasion.store,
        channel=occasion.channel,
        tender=occasion.tender,
        codes=occasion.codes,
    )
    step.plan.put(row)
    for line in sale.lines:
        step.plan.put(_line_row(step.booking, line))
    said = step.said
    said.total, said.due = total, total - sale.paid
    said.unused_codes = [code for code in occasion.codes if code not in occasion.used_codes]


def _line_row(purchase: str, line: Line) -> PurchaseLine:
    return PurchaseLine(
        purchase=purchase,
        position=line.position,
        sku=line.sku,
        category=line.category,
        labels=line.labels,
        quantity=line.quantity,
        amount=line.amount,
        value=line.value,
        paid=line.left,
        points=tuple(line.points),
    )
