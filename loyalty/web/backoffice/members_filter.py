"""What a list of members should hold, as it stands in the address: level, store, last visit, points, tag, consent."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from loyalty.members.record_tables import member_consents, member_tags
from loyalty.members.tables import Member
from loyalty.points.tables import lots, standings
from loyalty.points.tables_sale import purchase_states, purchases
from loyalty.web.shop import Shop

QUIET = timedelta(days=90)
SHOWS = ("expiring", "quiet")
SORTS = ("joined", "name", "points", "visit")
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
    after: str = ""
    """Key of the last row of the page before, as `next` gave it."""

    @property
    def filters(self) -> dict[str, Any]:
        """Those that are set, as they stand in the address."""
        values = asdict(self)
        return {name: str(values[name]) for name in (*_TEXTS, *_DAYS, *_NUMBERS) if values[name] not in ("", None)}


def wish_of(asked: Mapping[str, str]) -> Wish:
    """The filters of an address. ValueError for one that cannot be."""
    values: dict[str, Any] = {name: asked.get(name, "").replace("\x00", "")[:200] for name in _TEXTS}
    values |= {name: date.fromisoformat(asked[name]) for name in _DAYS if asked.get(name)}
    values |= {name: int(asked[name][:15].replace(",", "")) for name in _NUMBERS if asked.get(name)}
    sort = asked.get("sort") or "visit"
    if values["show"] not in ("", *SHOWS) or sort not in SORTS:
        raise ValueError("no filter or order of this list")
    return Wish(**values, sort=sort, after=asked.get("after", ""))


class Columns(Protocol):
    """Expressions over a member's row that filters need."""

    available: ColumnElement[int]
    visited: Any
    dying: tuple[ColumnElement[bool], ...]


def filtered(statement: sa.Select[Any], columns: Columns, shop: Shop, wish: Wish) -> sa.Select[Any]:
    """`statement` over members, their standings and accounts, with what the wish asks for."""
    for condition in _conditions(columns, shop, wish):
        statement = statement.where(condition)
    return statement


def _conditions(columns: Columns, shop: Shop, wish: Wish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    units = 10 ** shop.wallet(shop.main_wallet).decimals
    if wish.level:
        found.append(standings.c.tier == wish.level)
    if wish.show == "expiring":
        found.append(Member.id.in_(sa.select(lots.c.member).where(*columns.dying)))
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
    recent = sa.select(state.member).where(state.day >= shop.today - QUIET, state.counts.is_(True))
    return Member.joined_at < shop.now - QUIET, Member.id.not_in(recent)


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
