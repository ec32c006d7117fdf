"""How members stand, in the names that scenario files expect things by; segments; what all points are worth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Session

from loyalty.checkout.member_view import programme_of
from loyalty.clock import rfc3339
from loyalty.errors import Invalid
from loyalty.members.enrolment import get_member
from loyalty.points import due
from loyalty.points.body import day
from loyalty.points.facts import Transfer
from loyalty.points.holders import of_members
from loyalty.points.plan import Plan
from loyalty.points.segments import belongs
from loyalty.points.sql_engine import UNTAKEN
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.state import State
from loyalty.points.step import Context
from loyalty.points.tables import point_members
from loyalty.web.api.answers_shop import SegmentMembersAnswer, SegmentsAnswer, StandingAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas import PageQuery, Strict

MOST_LOOKED_AT = 2_000
"""Members tested for one page of a segment: an answer may come with fewer than asked for and a cursor to go on."""


class Present(Plan):
    """The ledger with what time has done since the last step: the day jobs write it down, a reader only sees it."""

    def __init__(self, facts: SqlFacts) -> None:
        self._numbers = count(UNTAKEN).__next__
        super().__init__(facts, self._numbers)
        self.stored = facts

    def run(self, member: str, asked: Asked[Any]) -> None:
        due.run(self, Context(self._numbers), member, asked.now)

    def members(self) -> Sequence[str]:
        return self.stored.members()

    def row_counts(self, member: str, wallet: str) -> Mapping[str, int]:
        mine = [row for row in self.changed(Transfer) if (row.member, row.wallet) == (member, wallet)]
        return Counter(self.stored.row_counts(member, wallet)) + Counter(row.kind for row in mine)

    def outstanding(self, wallet: str) -> int:
        return self.stored.outstanding(wallet)


class StandingQuery(Strict):
    expiring_by: Annotated[str, Field(max_length=400, description="Days, with commas between them.")] = ""


@call("GET", "/members/<id>/standing", scope="read", body=StandingQuery, gives=StandingAnswer,
      answer="Balances with their lots, level, vouchers, sums.")  # fmt: skip
def standing(session: Session, asked: Asked[StandingQuery]) -> dict[str, Any]:
    """Everything that rules look at, in the names of `expect`; `expiring_by` asks what is gone by the end of a day."""
    member = get_member(session, asked.path["id"]).id
    facts = SqlFacts(session)
    programme_of(facts, asked.now)
    book = Present(facts)
    book.run(member, asked)
    state = State(book, asked.now)
    days = [_day(text) for text in asked.body.expiring_by.split(",") if text]
    wallets = {name: _wallet(state, member, name, days) for name in _wallets(state)}
    return {"member": member, "at": rfc3339(asked.now), **state.of_member(member), "wallets": wallets}


@call("GET", "/segments", scope="read", gives=SegmentsAnswer, answer="Their names.")
def segments(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """The programme's segments."""
    return {"segments": list(programme_of(SqlFacts(session), asked.now).programme.segments)}


@call("GET", "/segments/<name>/members", scope="read", body=PageQuery, gives=SegmentMembersAnswer,
      answer="Ids of members, and the cursor `next`.")  # fmt: skip
def segment(session: Session, asked: Asked[PageQuery]) -> dict[str, Any]:
    """The members of a segment now, page by page; a page may be short while there is a `next`."""
    facts, name = SqlFacts(session), asked.path["name"]
    state = State(Present(facts), asked.now)
    found: list[str] = []
    after, today = asked.body.cursor or "", state.step.day.toordinal()
    ids = session.scalars(
        sa.select(point_members.c.id).where(point_members.c.id > after, of_members(point_members.c.id))
        .order_by(point_members.c.id).limit(MOST_LOOKED_AT)
    ).all()  # fmt: skip
    for id in ids:
        if belongs(facts, state.programme, state.step.member(id), name, today):
            found.append(id)
        if len(found) == asked.body.limit:
            return {"members": found, "next": id}
    return {"members": found, "next": ids[-1] if len(ids) == MOST_LOOKED_AT else None}


def liability(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """What all members' points are worth, by wallet, as far as the day jobs have come."""
    facts = SqlFacts(session)
    programme_of(facts, asked.now)
    state = State(facts, asked.now)
    worth = {name: state.liability(name) for name in _wallets(state)}
    return {"report": "liability", "at": rfc3339(asked.now), "liability": worth}


def _wallets(state: State) -> list[str]:
    return list(dict.fromkeys([*state.programme.wallets, *state.programme.retired]))


def _wallet(state: State, member: str, name: str, days: Sequence[date]) -> dict[str, Any]:
    dying = {each.isoformat(): state.expiring_by(member, name, each) for each in days}
    return {**state.wallet(member, name), "rows": dict(state.book.row_counts(member, name)), "expiring_by": dying}


def _day(text: str) -> date:
    try:
        return day(text, "expiring_by")
    except OverflowError:
        raise Invalid(f"The day {text[:20]!r} is out of range.", pointer="/expiring_by") from None
