"""The list of prospects: who is to be contacted, who joined, and where they buy today."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.prospects import JOINED, NOT_NOW, OPEN
from loyalty.members.referral_tables import prospects
from loyalty.members.tables import Member

DUE = "due"
SHOWN = (OPEN, DUE, NOT_NOW, JOINED)
"""What the list can be limited to; due: open, and the day of the next contact has come."""
PAGE = 50
_at = prospects.c


def list_prospects(session: Session, show: str, today: date, buys_at: str = "", text: str = "", skip: int = 0,
                   most: int = PAGE) -> Sequence[sa.Row[Any]]:  # fmt: skip
    """At most `most`, who is to be contacted first stands first; those who joined carry their member's name."""
    name = sa.func.coalesce(Member.name, _at.name).label("shown")
    found = sa.select(prospects, name).outerjoin(Member, Member.id == _at.member_id).where(_is(show, today))
    if buys_at:
        found = found.where(_at.buys_at == buys_at)
    if text:
        like = f"%{_escaped(text.strip().lower())}%"
        found = found.where(sa.or_(*(sa.func.lower(one).like(like, escape="\\") for one in (name, _at.buys_at))))
    return session.execute(
        found.order_by(_at.next_contact_on.is_(None), _at.next_contact_on, _at.made_at.desc(), _at.id)
        .offset(skip).limit(most)
    ).all()  # fmt: skip


def counts(session: Session, today: date) -> Mapping[str, int]:
    sums = [sa.func.coalesce(sa.func.sum(sa.case((_is(show, today), 1), else_=0)), 0).label(show) for show in SHOWN]
    row = session.execute(sa.select(*sums)).one()
    return {show: int(getattr(row, show)) for show in SHOWN}


def where_they_buy(session: Session, most: int = 8) -> Sequence[tuple[str, int]]:
    """Places where open prospects buy today, the commonest first."""
    number = sa.func.count()
    found = sa.select(_at.buys_at, number).where(_at.status == OPEN, _at.buys_at != "").group_by(_at.buys_at)
    return [(row[0], row[1]) for row in session.execute(found.order_by(number.desc(), _at.buys_at).limit(most))]


def _is(show: str, today: date) -> sa.ColumnElement[bool]:
    if show == DUE:
        return sa.and_(_at.status == OPEN, _at.next_contact_on <= today)
    return _at.status == show


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
