"""What a sale was made of, in one cell: `tea=12.50; cake=8.00`. A line without a category is `=3.00`."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from loyalty.errors import Invalid
from loyalty.ops.imports import values as read
from loyalty.points.exact import exact, to_units

LONGEST_CATEGORY = 100


def lines_of(cell: str, total: Decimal, digits: int) -> list[dict[str, Any]]:
    """The lines as the engine takes them. Invalid when one is no line, or when they do not add up to `total`."""
    lines = list(_lines(cell, digits))
    found = sum((line["amount"] for line in lines), Decimal(0))
    if found != total:
        raise Invalid(f"lines: they add up to {found} and not to the amount {total}; mend one of them.",
                      pointer="lines")  # fmt: skip
    return lines


def _lines(cell: str, digits: int) -> Iterator[dict[str, Any]]:
    for piece in cell.split(";"):
        if not piece.strip():
            continue
        category, equals, price = piece.rpartition("=")
        if not equals:
            raise Invalid(f"lines: {piece.strip()[:40]!r} is no line; write category=amount, with ; between.",
                          pointer="lines")  # fmt: skip
        amount = read.amount(price, "lines")
        to_units(exact(amount), digits, "lines")
        name = " ".join(category.split())
        if len(name) > LONGEST_CATEGORY:
            raise Invalid(f"lines: the category {name[:40]!r} is longer than {LONGEST_CATEGORY} letters; shorten it.",
                          pointer="lines")  # fmt: skip
        yield {"amount": amount, "category": name} if name else {"amount": amount}
