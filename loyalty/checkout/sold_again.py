"""A booked sale as it would be told again: for booking it for another member."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from loyalty.checkout.member_view import programme_of
from loyalty.contract.commands import Line, MovePurchase, RecordPurchase
from loyalty.errors import NotFound
from loyalty.points.facts_sale import PurchaseLine
from loyalty.points.sql_facts import SqlFacts

OFFICE = "back-office"
"""Stands where a counter's name stands: these commands have no place in any counter's numbering."""


def move_command(
    session: Session, purchase: str, member: str, id: str, reason: str, staff: str, now: datetime
) -> MovePurchase:
    """The command that moves `purchase` to `member`. NotFound when it was never booked.

    Money that was taken off at the first booking stays off: each line comes at what was paid for it.
    """
    facts = SqlFacts(session)
    booked = facts.purchase(purchase)
    if booked is None:
        raise NotFound("There is no such sale; look at the member's sales again.")
    digits = programme_of(facts, now).programme.digits
    lines = facts.lines_of(purchase)
    amounts = _shares(lines, booked.total) if booked.discount else [line.amount for line in lines]
    sale = RecordPurchase(
        id=id,
        counter=OFFICE,
        seq=0,
        occurred_at=booked.occurred_at,
        member=member,
        lines=tuple(_line(line, amount, digits) for line, amount in zip(lines, amounts, strict=True)),
        store=booked.store,
        channel=booked.channel,
        tender=booked.tender,
        codes=booked.codes,
        staff=staff,
    )
    return MovePurchase(id, OFFICE, 0, now, purchase, sale, reason, staff)


def _line(line: PurchaseLine, amount: int, digits: int) -> Line:
    quantity = Fraction(line.quantity)
    exact = Decimal(quantity.numerator) / Decimal(quantity.denominator)
    return Line(Decimal(amount).scaleb(-digits), exact, line.sku, line.category, line.labels)


def _shares(lines: Sequence[PurchaseLine], total: int) -> list[int]:
    """What was paid for each line in whole cents; together exactly `total`."""
    paid = [Fraction(line.paid) for line in lines]
    whole = [int(each) for each in paid]
    order = sorted(range(len(paid)), key=lambda place: paid[place] - whole[place], reverse=True)
    for place in order[: max(0, total - sum(whole))]:
        whole[place] += 1
    return whole
