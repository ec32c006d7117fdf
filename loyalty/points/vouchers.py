"""Vouchers: issued by rewards, used on baskets, given back by returns. Spec: programme, sections 1.5 and 5."""

from collections.abc import Sequence
from datetime import date

from loyalty.errors import Expired, Invalid, NotEligible
from loyalty.points.basket import Line, reduce, worth
from loyalty.points.calendar import add
from loyalty.points.exact import half_up, ratio
from loyalty.points.facts_sale import Voucher
from loyalty.points.offers import clamp
from loyalty.points.programme import Reward
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


def issue(step: Step, member: str, reward: Reward, pieces: int, booking: str | None) -> None:
    """New vouchers of a reward, one for each piece. `booking`: whose undoing voids them."""
    value = reward.value
    active = add(step.day, reward.active_after) if reward.active_after else None
    last = add(step.day, reward.valid) if reward.valid else None
    for _ in range(pieces):
        fresh = Voucher(
            id="",
            number=0,
            member=member,
            percent=value.percent,
            amount=value.amount,
            product=value.product,
            quantity=value.quantity,
            active_on=active,
            expires_on=last,
            booking=booking,
        )
        put_new(step, fresh)


def put_new(step: Step, voucher: Voucher) -> None:
    """Gives a new voucher its number and name."""
    ordinal = step.plan.vouchers_issued() + 1
    while step.plan.voucher(step.context.voucher_name(ordinal)) is not None:  # the name of a voucher in hand
        ordinal += 1
    name = step.context.voucher_name(ordinal)
    row = replace(voucher, id=name, number=step.context.numbers(), ordinal=ordinal)
    step.plan.put(row)
    step.said.vouchers.append(row)


def in_hand(voucher: Voucher, today: date) -> bool:
    """Whether it is unused and not past its last day."""
    return voucher.status == "open" and (voucher.expires_on is None or voucher.expires_on >= today)


def redeem(step: Step, member: str, ids: Sequence[str], lines: Sequence[Line]) -> int:
    """Uses vouchers on a basket, in the order given; the money they take off."""
    if len(set(ids)) != len(ids):
        raise Invalid("A voucher is named twice.", pointer="vouchers")
    return sum(_use(step, _usable(step, member, id), lines) for id in ids)


def _usable(step: Step, member: str, id: str) -> Voucher:
    voucher = step.plan.voucher(id)
    if voucher is None or voucher.member != member:
        raise Invalid(f"The member has no voucher {id!r}.", pointer="vouchers")
    if voucher.status != "open":
        raise Invalid(f"The voucher {id!r} was used before.", pointer="vouchers")
    if voucher.active_on is not None and step.day < voucher.active_on:
        raise NotEligible(f"The voucher {id!r} is good from {voucher.active_on} on.", pointer="vouchers")
    if voucher.expires_on is not None and step.day > voucher.expires_on:
        raise Expired(f"The voucher {id!r} was good until {voucher.expires_on}.", pointer="vouchers")
    return voucher


def _use(step: Step, voucher: Voucher, lines: Sequence[Line]) -> int:
    taken = 0
    if voucher.product is not None:
        items = step.said.free_items
        items[voucher.product] = items.get(voucher.product, 0) + voucher.quantity
    else:
        whole = worth(lines)
        wanted = voucher.amount if voucher.percent is None else half_up(ratio(whole * voucher.percent, 100))
        taken = clamp(wanted or 0, lines, lines)
        reduce(lines, taken)
    step.plan.put(replace(voucher, status="used", used_by=step.booking, taken_off=taken))
    return taken


def latest_first(voucher: Voucher) -> tuple[int, int]:
    return (-voucher.expires_on.toordinal() if voucher.expires_on else -(10**9), voucher.number)


def fresh(voucher: Voucher) -> Voucher:
    """A new voucher with the old one's value and dates."""
    return Voucher(
        id="",
        number=0,
        member=voucher.member,
        percent=voucher.percent,
        amount=voucher.amount,
        product=voucher.product,
        quantity=voucher.quantity,
        active_on=voucher.active_on,
        expires_on=voucher.expires_on,
    )


def void_issued(step: Step, booking: str) -> None:
    """Unused vouchers that a booking issued are void when it is undone."""
    for voucher in step.plan.vouchers_of(booking):
        if voucher.status == "open":
            step.plan.put(replace(voucher, status="void"))
