"""What a list of members should hold, as it stands in the address: level, store, last visit, points, tag, consent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from loyalty.members.figure_tables import member_figures
from loyalty.members.record_tables import member_consents, member_tags
from loyalty.members.tables import Member
from loyalty.points.calendar import end_of_day
from loyalty.points.tables import lots, standings
from loyalty.points.tables_sale import purchase_states, purchases
from loyalty.web.shop import Shop

QUIET = timedelta(days=90)
SOON = timedelta(days=30)
FEW = 2_000
"""So many members are sorted at once."""
SHOWS = ("expiring", "quiet")
SORTS = ("joined", "name", "points", "spend", "visit")
COLUMNS = ("level", "points", "expiring", "spend", "visit", "joined", "phone", "email", "language")
"""What may stand beside the name."""
SHOWN = ("level", "points", "expiring", "visit", "joined")
"""What stands there when nobody chose."""
_TEXTS = ("show", "level", "store", "tag", "consent")
_DAYS = ("visited_from", "visited_to")
_NUMBERS = ("points_from", "points_to")


@dataclass(frozen=True)
class Wish:
    """What the list should hold. `show` is one of SHOWS or empty; other texts empty for no matter. Points are whole
    units of the main wallet; `visited_to` is a last visit on that day or before.
    """

    show: str = ""
    level: str = ""
    store: str = ""
    tag: str = ""
    consent: str = ""
    visited_from: date | None = None
    visited_to: date | None = None
    points_from: int | None = None
    points_to: int | None = None
    sort: str = "visit"
    columns: tuple[str, ...] = SHOWN
    after: str = ""
    """Key of the last row of the page before, as `next` gave it."""

    @property
    def filters(self) -> dict[str, Any]:
        """Those that are set, as they stand in the address."""
        values = asdict(self)
        return {name: str(values[name]) for name in (*_TEXTS, *_DAYS, *_NUMBERS) if values[name] not in ("", None)}

    @property
    def address(self) -> dict[str, Any]:
        """The filters with the columns, where others than usual were chosen."""
        return self.filters if self.columns == SHOWN else {**self.filters, "column": list(self.columns)}


def wish_of(asked: Mapping[str, str], columns: Sequence[str] = ()) -> Wish:
    """The filters of an address, and the columns it chooses. ValueError for one that cannot be."""
    values: dict[str, Any] = {name: asked.get(name, "").replace("\x00", "")[:200] for name in _TEXTS}
    values |= {name: date.fromisoformat(asked[name]) for name in _DAYS if asked.get(name)}
    values |= {name: int(asked[name][:15].replace(",", "")) for name in _NUMBERS if asked.get(name)}
    by_points = values.get("points_from") is not None or values.get("points_to") is not None
    sort = asked.get("sort") or ("points" if by_points else "visit")
    if values["show"] not in ("", *SHOWS) or sort not in SORTS:
        raise ValueError("no filter or order of this list")
    if any(name not in COLUMNS for name in columns):
        raise ValueError("no column of this list")
    chosen = tuple(name for name in COLUMNS if name in columns) or SHOWN
    return Wish(**values, sort=sort, columns=chosen, after=asked.get("after", ""))


class Columns(Protocol):
    """Expressions over a member's row that filters need."""

    available: ColumnElement[int]
    spend: ColumnElement[int]
    visited: Any
    dying: tuple[ColumnElement[bool], ...]


def filtered(statement: sa.Select[Any], columns: Columns, shop: Shop, wish: Wish) -> sa.Select[Any]:
    """`statement` over members, their standings and accounts, with what the wish asks for."""
    return statement.where(*conditions(columns, shop, wish))


def few_who_may_fit(session: Session, shop: Shop, wish: Wish) -> list[str] | None:
    """Ids among which everybody is who fits, when one filter alone leaves at most FEW: then nobody walks an order."""
    found: list[str] | None = None
    for statement in _narrow(shop, wish):
        ids: list[str] = list(session.scalars(statement.limit(FEW + 1)))
        if len(ids) <= FEW and (found is None or len(ids) < len(found)):
            found = ids
    return found


def _narrow(shop: Shop, wish: Wish) -> Iterator[sa.Select[Any]]:
    """Of each filter that has an index of its own: members among whom all are that it lets through."""
    figure, consent = member_figures.c, member_consents.c
    if wish.level:
        yield sa.select(figure.member).where(figure.figure == f"level:{wish.level}", figure.step == 0)
    if wish.tag:
        yield sa.select(member_tags.c.member_id).where(member_tags.c.tag == wish.tag)
    if wish.consent:
        yes = (consent.purpose == wish.consent, consent.given.is_(True))
        yield sa.select(consent.member_id).where(*yes).group_by(consent.member_id)
    if wish.visited_from is not None:
        yield sa.select(purchases.c.member).where(purchases.c.day >= wish.visited_from).group_by(purchases.c.member)
    if wish.points_from is not None and wish.points_from > 0:
        units = wish.points_from * 10 ** shop.wallet(shop.main_wallet).decimals
        name = f"points:{shop.main_wallet}"
        yield sa.select(figure.member).where(figure.figure == name, figure.step >= step_of(units))
    if wish.show == "expiring":  # a lot that dies is the next thing, or one of the next, that time does to its member
        yield sa.select(standings.c.member).where(standings.c.due_at <= end_of_day(shop.today + SOON, shop.zone))


def step_of(units: int) -> int:
    """The coarse step of a figure, as migration 0017 has it: how many digits, and the first three in fives."""
    text = str(units)
    return len(text) * 1000 + int(f"{text}00"[:3]) // 5 * 5 if units > 0 else 0


def conditions(columns: Columns, shop: Shop, wish: Wish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    units = 10 ** shop.wallet(shop.main_wallet).decimals
    if wish.level:
        found.append(standings.c.tier == wish.level)
    if wish.show == "expiring":
        found.append(sa.select(lots.c.number).where(lots.c.member == Member.id, *columns.dying).exists())
    elif wish.show == "quiet":
        found.extend(quiet(shop))
    if wish.store:
        sale = purchases.c
        found.append(sa.select(sale.id).where(sale.member == Member.id, sale.store == wish.store).exists())
    if wish.tag:
        found.append(Member.id.in_(sa.select(member_tags.c.member_id).where(member_tags.c.tag == wish.tag)))
    if wish.consent:
        found.append(_consents_to(wish.consent))
    if wish.visited_from is not None:
        found.append(columns.visited >= wish.visited_from)
    if wish.visited_to is not None:
        found.append(columns.visited <= wish.visited_to)
    if wish.points_from is not None:
        found.append(columns.available >= wish.points_from * units)
    if wish.points_to is not None:
        found.append(columns.available <= wish.points_to * units)
    return found


def quiet(shop: Shop) -> tuple[ColumnElement[bool], ...]:
    """Members for longer than 90 days, without a purchase in them."""
    state = purchase_states.c
    recent = sa.select(state.purchase).where(
        state.member == Member.id, state.day >= shop.today - QUIET, state.counts.is_(True)
    )
    return Member.joined_at < shop.now - QUIET, ~recent.exists()


def _consents_to(purpose: str) -> ColumnElement[bool]:
    """Whose latest word on the purpose is a yes."""
    at = member_consents.c
    latest = (
        sa.select(at.given)
        .where(at.member_id == Member.id, at.purpose == purpose)
        .order_by(at.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return latest.is_(True)
