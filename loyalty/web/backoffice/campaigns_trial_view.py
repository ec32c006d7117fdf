"""A trial's result as its page shows it: rows of figures, two lines of liability, names of the members it names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Member
from loyalty.web.numbers import money
from loyalty.web.texts import _

WIDTH, HEIGHT = 720, 160
MOST_NAMED = 50
"""Members of each list of levels that are named."""


@dataclass(frozen=True)
class Row:
    """One figure under both programmes, written out. `indent`: a part of the one above."""

    words: str
    present: str
    candidate: str
    difference: str
    indent: bool = False


@dataclass(frozen=True)
class Lines:
    """Liability as two paths in a field of WIDTH x HEIGHT; `rows` are the days with both amounts written out."""

    present: str
    candidate: str
    rows: tuple[tuple[date, str, str], ...]
    highest: str


def rows_of(result: Mapping[str, Any], digits: int) -> list[Row]:
    """The money first, then how members moved."""
    present, candidate = result["present"], result["candidate"]
    words = {
        "cost": (_("Cost"), False),
        "points_worth": (_("worth of points earned"), True),
        "discount": (_("discounts"), True),
        "liability": (_("Points outstanding at the end"), False),
        "total": (_("Sales"), False),
    }
    found = []
    for name, (text, indent) in words.items():
        old, new = (_units(figures[name], digits) for figures in (present, candidate))
        found.append(Row(text, money(old), money(new), _signed(money, new - old), indent))
    counted = {"risen": _("Rises to a higher level"), "fallen": _("Falls to a lower level"),
               "members_earning": _("Members who earn")}  # fmt: skip
    for name, text in counted.items():
        old, new = present[name], candidate[name]
        found.append(Row(text, str(old), str(new), _signed(str, new - old)))
    return found


def _signed(written: Callable[[int], str], value: int) -> str:
    return f"+{written(value)}" if value > 0 else f"−{written(-value)}" if value < 0 else written(0)


def _units(text: str, digits: int) -> int:
    return int(Decimal(text).scaleb(digits))


def lines_of(result: Mapping[str, Any]) -> Lines:
    """Both lines share one scale, from zero."""
    days: Sequence[Mapping[str, str]] = result["liability"]
    highest = max(chain.from_iterable((Decimal(day["present"]), Decimal(day["candidate"])) for day in days))
    highest = max(highest, Decimal(0)) or Decimal(1)
    step = WIDTH / max(1, len(days) - 1)

    def path(name: str) -> str:
        spots = [(place * step, HEIGHT - 4 - float(Decimal(day[name]) / highest) * (HEIGHT - 8))
                 for place, day in enumerate(days)]  # fmt: skip
        return " ".join(f"{'L' if place else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in enumerate(spots))

    digits = max(0, -int(Decimal(days[-1]["present"]).as_tuple().exponent)) if days else 2

    def written(text: str) -> str:
        return money(_units(text, digits))

    rows = tuple((date.fromisoformat(day["day"]), written(day["present"]), written(day["candidate"])) for day in days)
    return Lines(path("present"), path("candidate"), rows, written(str(highest)))


def names_of(session: Session, result: Mapping[str, Any], shown: Callable[[str], str]) -> dict[str, str]:
    """Member -> name as it may be shown, for everybody the page names."""
    lists = [result["winners"], result["losers"], *(moved[:MOST_NAMED] for moved in result["levels"].values())]
    ids = {each["member"] for each in chain.from_iterable(lists)}
    rows = session.execute(sa.select(Member.id, Member.name).where(Member.id.in_(ids)))
    return {id: shown(name) for id, name in rows}
