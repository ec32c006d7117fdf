"""How many members each filter holds: counted in a small shop, kept or told from a sample in a large one."""

from dataclasses import dataclass, field
from random import Random

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from loyalty.members.figure_tables import member_totals
from loyalty.members.tables import Member
from loyalty.points.tables import lots, standings
from loyalty.web.backoffice.members_filter import Columns, Wish, conditions, quiet
from loyalty.web.backoffice.members_rows import RowColumns, joined
from loyalty.web.shop import Shop

LARGE = 20_000
"""Members above which the figures beside the filters come after the list, and some of them from a sample."""
SAMPLE = 1_000
LEAST_HITS = 10
"""Of a sample: fewer tell nothing worth a number."""


@dataclass(frozen=True)
class Counts:
    """Members altogether, by level, by what may be shown alone, and that fit the filters; None where nobody knows.
    `about`: names of the figures that a sample told, in two digits.
    """

    everybody: int
    levels: dict[str, int]
    shows: dict[str, int | None]
    total: int | None
    about: frozenset[str] = field(default=frozenset())


def everybody(session: Session) -> int:
    """How many members there are, without counting them."""
    return int(session.scalar(sa.select(member_totals.c.members).where(member_totals.c.name == "members")) or 0)


def is_large(session: Session) -> bool:
    """Are there so many members that counting them takes longer than a page should?"""
    return everybody(session) > LARGE


def counted(session: Session, shop: Shop, wish: Wish) -> Counts:
    """The figures beside the filters."""
    columns = RowColumns(shop)
    levels = _levels(session, shop)
    if not is_large(session):
        return _exactly(session, shop, wish, columns, levels)
    shows: dict[str, ColumnElement[bool]] = {"expiring": _expiring(columns), "quiet": sa.and_(*quiet(shop))}
    guessed = _sampled(session, shop, shows | {"total": sa.and_(sa.true(), *conditions(columns, shop, wish))})
    all_of_them = everybody(session)
    known = _known_total(wish, levels, all_of_them)
    total = guessed["total"] if known is None else known
    about = frozenset(guessed) if known is None else frozenset(shows)
    return Counts(all_of_them, levels, {name: guessed[name] for name in shows}, total, about)


def _known_total(wish: Wish, levels: dict[str, int], all_of_them: int) -> int | None:
    if not wish.filters:
        return all_of_them
    return levels.get(wish.level, 0) if set(wish.filters) == {"level"} else None


def _levels(session: Session, shop: Shop) -> dict[str, int]:
    """From the highest; levels without members are left out."""
    at = member_totals.c
    kept = {row.name: int(row.members) for row in session.execute(sa.select(member_totals).where(at.members > 0))}
    found = {level.name: kept.get(f"level:{level.name}", 0) for level in reversed(shop.levels)}
    return {name: count for name, count in found.items() if count}


def _exactly(session: Session, shop: Shop, wish: Wish, columns: Columns, levels: dict[str, int]) -> Counts:
    all_of_them = everybody(session)
    expiring = session.scalar(sa.select(sa.func.count(sa.distinct(lots.c.member))).where(*columns.dying))
    asleep = session.scalar(sa.select(sa.func.count()).select_from(Member).where(*quiet(shop)))
    total = all_of_them
    if wish.filters:
        statement = joined(sa.select(sa.func.count()), shop).where(*conditions(columns, shop, wish))
        total = int(session.scalar(statement) or 0)
    return Counts(all_of_them, levels, {"expiring": int(expiring or 0), "quiet": int(asleep or 0)}, total)


def _expiring(columns: Columns) -> ColumnElement[bool]:
    return sa.select(lots.c.number).where(lots.c.member == Member.id, *columns.dying).exists()


def _sampled(session: Session, shop: Shop, wanted: dict[str, ColumnElement[bool]]) -> dict[str, int | None]:
    """About how many fit each condition. The same members are asked all day, so that a figure does not jump about."""
    last = int(session.scalar(sa.select(sa.func.max(standings.c.arrival))) or 0)
    places = Random(shop.today.toordinal()).sample(range(1, last + 1), min(SAMPLE, last))
    asked = list(session.scalars(sa.select(standings.c.member).where(standings.c.arrival.in_(places))))
    sums = [sa.func.sum(sa.case((condition, 1), else_=0)).label(name) for name, condition in wanted.items()]
    row = session.execute(joined(sa.select(*sums), shop).where(Member.id.in_(asked))).one()._mapping
    share = everybody(session) / max(1, len(asked))
    return {name: two_digits(int(row[name]) * share) if int(row[name] or 0) >= LEAST_HITS else None for name in wanted}


def two_digits(value: float) -> int:
    """12,345 -> 12,000."""
    digits = len(str(int(value)))
    return round(int(value), min(0, 2 - digits))
