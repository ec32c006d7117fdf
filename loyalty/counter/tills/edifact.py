"""EDIFACT sales data report (SLSRPT): the till's sales of a day in one interchange.

UN/EDIFACT D.96A SLSRPT and its EANCOM subset (GS1, EANCOM 2002 part II, SLSRPT): LOC groups, in each a LIN group for
every article sold; MOA+203 is the amount of the line, PRI the price of a piece, QTY+153 what was sold (152 and 47 are
also met). The standard counts articles and knows no members: the numbers of receipt and card are taken from RFF
segments of the LIN group, whose qualifiers the mapping names and both sides agree upon. Lines without a receipt's
number are of no use here and are passed over.
"""

import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

from pydifact.exceptions import EDISyntaxError, MissingImplementationWarning, ValidationError
from pydifact.segmentcollection import Interchange

from loyalty.counter.tills.composing import Found, compose, decimal_of
from loyalty.counter.tills.mapping import Mapping
from loyalty.errors import Invalid

_SOLD = ("153", "152", "47")
_FORMS = {"102": "%Y%m%d", "203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S"}
_WHEN = ("356", "90", "137")
"""DTM qualifiers, the best first: date of sale, start of the period, date of the report."""


def read_edifact(text: str, mapping: Mapping, zone: tzinfo | None) -> list[dict[str, Any]]:
    """The receipts of an interchange in the JSON form, in order. Invalid in one sentence when it is no such file."""
    try:
        with warnings.catch_warnings():  # it tells of each kind of segment that it cannot check more closely
            warnings.simplefilter("ignore", MissingImplementationWarning)
            messages = list(Interchange.from_str(text).get_messages())
    except (EDISyntaxError, ValidationError, ValueError, IndexError, TypeError, AssertionError, StopIteration) as error:
        raise Invalid(f"This is no whole EDIFACT interchange: {str(error)[:200] or type(error).__name__}.") from error
    found: dict[str, tuple[Found, list[Found]]] = {}
    for message in messages:
        if message.type != "SLSRPT":
            raise Invalid(f"The message {message.type} is no sales report; only SLSRPT is read.")
        for head, line in _sold(message.segments, mapping, zone):
            if number := head.get("receipt"):
                fields, lines = found.setdefault(number, ({}, []))
                fields.update(head)
                lines.append(line)
    bodies = (compose(fields, lines, mapping, zone) for fields, lines in found.values())
    return [body for body in bodies if body is not None]


def _sold(segments: Any, mapping: Mapping, zone: tzinfo | None) -> Iterator[tuple[Found, Found]]:
    """Each LIN group: whose receipt it is on, and the line."""
    when: dict[str, str] = {}
    group: list[list[list[str]]] = []
    for segment in segments:
        elements = [[element] if isinstance(element, str) else list(element) for element in segment.elements]
        row = [[segment.tag], *elements]
        if segment.tag in ("LIN", "LOC", "UNS"):
            if group:
                yield _line(group, mapping, _best(when))
            group = []
        if segment.tag == "LIN":
            group = [row]
        elif group:
            group.append(row)
        elif segment.tag == "DTM":
            when[_at(row, 1, 0)] = _moment(_at(row, 1, 1), _at(row, 1, 2), zone)
    if group:
        yield _line(group, mapping, _best(when))


def _line(group: list[list[list[str]]], mapping: Mapping, when: str | None) -> tuple[Found, Found]:
    head: Found = {"at": when} if when else {}
    line: Found = {}
    price = None
    if sku := _at(group[0], 3, 0):
        line["sku"] = sku
    for row in group[1:]:
        tag, qualifier, value = row[0][0], _at(row, 1, 0), _at(row, 1, 1)
        if tag == "RFF" and qualifier == mapping.edifact.receipt:
            head["receipt"] = value
        elif tag == "RFF" and qualifier == mapping.edifact.card:
            head["card"] = value
        elif tag == "QTY" and qualifier in _SOLD:
            line["quantity"] = value
        elif tag == "MOA" and qualifier == "203":
            line["line_amount"] = value
        elif tag == "PRI":
            price = value
    if "line_amount" not in line and price is not None:
        total = decimal_of(price, mapping) * decimal_of(line.get("quantity", "1"), mapping)
        line["line_amount"] = f"{total:f}".replace(".", mapping.decimal)
    return head, line


def _at(row: list[list[str]], element: int, component: int) -> str:
    if element < len(row) and component < len(row[element]):
        return row[element][component]
    return ""


def _best(when: dict[str, str]) -> str | None:
    return next((when[qualifier] for qualifier in _WHEN if when.get(qualifier)), None)


def _moment(value: str, form: str, zone: tzinfo | None) -> str:
    """ISO 8601; noon where only the day is said, so that no zone makes it another day. Empty if unreadable."""
    try:
        moment = datetime.strptime(value, _FORMS.get(form, "%Y%m%d"))
    except ValueError:
        return ""
    if form in ("102", ""):
        moment += timedelta(hours=12)
    return moment.replace(tzinfo=zone).isoformat()
