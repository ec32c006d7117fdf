"""The list of members: filtered, sorted and cut into pages by keys, so that page 400 is as quick as page 1.

First the ids of one page are found, then what stands in their rows.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Member
from loyalty.web.backoffice.members_counts import Counts
from loyalty.web.backoffice.members_filter import Wish, few_who_may_fit, filtered
from loyalty.web.backoffice.members_order import Order, Place, found_in
from loyalty.web.backoffice.members_rows import Row, RowColumns, joined, rows_of
from loyalty.web.shop import Shop

PAGE = 50


@dataclass(frozen=True)
class Listing:
    rows: tuple[Row, ...]
    next: str | None
    counts: Counts | None = None
    """None where they come later or were not asked for."""


def read_members(session: Session, shop: Shop, wish: Wish, full_names: bool, size: int = 0) -> Listing:
    """One page of `size` rows (default PAGE). `full_names`: may this person read them; else they are masked."""
    size = size or PAGE
    columns = RowColumns(shop)
    statement = filtered(joined(sa.select(Member.id), shop), columns, shop, wish)
    few = few_who_may_fit(session, shop, wish)
    if few is not None:
        statement = statement.where(Member.id.in_(few))
    after = _unpacked(wish.after) if wish.after else None
    found = found_in(session, Order(statement, columns, shop, wish, few is not None), after, size + 1)
    more = _packed(found[size - 1]) if len(found) > size else None
    return Listing(rows_of(session, shop, [id for _key, id in found[:size]], full_names), more)


def _packed(place: Place) -> str:
    key, id = place
    return json.dumps([{"day": key.isoformat()} if isinstance(key, date) else key, id])


def _unpacked(after: str) -> tuple[Any, str]:
    """The key and id that `next` named. ValueError for anything else."""
    value, id = json.loads(after)
    if isinstance(value, dict):
        value = date.fromisoformat(value["day"])
    if not isinstance(id, str) or not isinstance(value, str | int | date | None):
        raise ValueError("no key of a page")
    return value, id
