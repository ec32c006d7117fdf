"""Reads the lines of a sale."""

from loyalty.errors import Invalid
from loyalty.points.basket import Line
from loyalty.points.body import Body
from loyalty.points.exact import half_up, tidy
from loyalty.points.facts import Exact

_MOST_LINES = 10_000


class KnownLines(tuple[tuple[int, int, Exact, str | None, str | None, tuple[str, ...]], ...]):
    """Lines that were read before: what `Line` takes, money in smallest units. A body may hold them as its lines."""


def read_lines(body: Body) -> list[Line]:
    """The lines of a sale; `amount` alone is one line. Together not below zero."""
    if ("lines" in body) == ("amount" in body):
        raise Invalid("A sale has either lines or an amount.", pointer="lines")
    known = body.values.get("lines")
    if isinstance(known, KnownLines):
        lines = [Line(*each) for each in known]
    elif "amount" in body:
        lines = [Line(0, body.money("amount") or 0)]
    else:
        lines = [_line(position, each) for position, each in enumerate(body.each("lines"))]
    if not lines or len(lines) > _MOST_LINES:
        raise Invalid(f"A sale has from 1 to {_MOST_LINES} lines.", pointer="lines")
    if sum(line.amount for line in lines) < 0:
        raise Invalid("The lines of a sale are together not below zero; use a return.", pointer="lines")
    return lines


def _line(position: int, body: Body) -> Line:
    quantity = body.number("quantity") if "quantity" in body else 1
    if quantity is None or quantity <= 0:
        raise Invalid("A quantity is above zero.", pointer=f"lines[{position}].quantity")
    if ("price" in body) == ("amount" in body):
        raise Invalid("A line has either a price for one unit or an amount.", pointer=f"lines[{position}].amount")
    if "amount" in body:
        amount = body.money("amount")
    else:
        amount = half_up(tidy(quantity * (body.number("price") or 0) * 10**body.digits))
    return Line(position, amount or 0, quantity, body.text("sku"), body.text("category"), body.texts("labels"))
