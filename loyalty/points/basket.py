"""The lines of a sale while it is worked out: what each is still worth after the discounts so far."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from loyalty.points.exact import ratio, tidy
from loyalty.points.facts import Exact
from loyalty.points.programme_rules import ANY_LINE, LineFilter


class Line:
    """One line. `left` is its amount after the discounts so far, `earning` the part of it that earns points."""

    __slots__ = ("amount", "category", "earning", "labels", "left", "points", "position", "quantity", "sku", "value")

    def __init__(
        self,
        position: int,
        amount: int,
        quantity: Exact = 1,
        sku: str | None = None,
        category: str | None = None,
        labels: tuple[str, ...] = (),
    ) -> None:
        self.position = position
        self.amount = amount
        self.quantity = quantity
        self.sku = sku
        self.category = category
        self.labels = labels
        self.left: Exact = amount
        self.earning: Exact = amount
        self.value: Exact = amount  # before vouchers and rewards; set when offers are done
        self.points: list[tuple[int, Exact]] = []  # (lot, exact points)

    @property
    def unit_price(self) -> Exact:
        return ratio(self.left, self.quantity)


def matches(line: Line, wanted: LineFilter) -> bool:
    if wanted.sku and line.sku not in wanted.sku:
        return False
    if wanted.category and line.category not in wanted.category:
        return False
    if wanted.label and not any(label in wanted.label for label in line.labels):
        return False
    if line.sku in wanted.not_sku or line.category in wanted.not_category:
        return False
    return not any(label in wanted.not_label for label in line.labels)


def matching(lines: Sequence[Line], wanted: LineFilter) -> Sequence[Line]:
    if wanted is ANY_LINE or wanted == ANY_LINE:
        return lines
    return [line for line in lines if matches(line, wanted)]


def worth(lines: Iterable[Line]) -> Exact:
    """What the lines are worth after the discounts so far."""
    return tidy(sum((line.left for line in lines), start=0))


def quantity(lines: Iterable[Line]) -> Exact:
    return tidy(sum((line.quantity for line in lines), start=0))


def reduce(lines: Sequence[Line], discount: int, lowers_earning: bool = True) -> None:
    """Spreads a discount over lines in proportion to their amounts; the shares stay exact."""
    total = worth(lines)
    if not discount or total <= 0:
        return
    for line in lines:
        share = ratio(line.left * discount, total)
        line.left = tidy(line.left - share)
        if lowers_earning:
            line.earning = tidy(line.earning - share)


def spread(amount: Exact, lines: Sequence[Line]) -> list[Exact]:
    """Points over lines in proportion to what was paid for them; below zero counts as zero; else by quantity."""
    if len(lines) == 1:
        return [amount]
    weights: list[Exact] = [line.earning if line.earning > 0 else 0 for line in lines]
    total = sum(weights)
    if not total:
        weights = [line.quantity for line in lines]
        total = sum(weights)
    if type(amount) is Fraction:
        above, below = amount.numerator, amount.denominator
        return [ratio(above * weight, below * total) for weight in weights]
    return [ratio(amount * weight, total) for weight in weights]
