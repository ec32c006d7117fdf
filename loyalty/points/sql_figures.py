"""Sums and firsts over one member's purchases, lots and uses: the figures behind tiers, limits and segments."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.db.prepared import Cursor, Prepared
from loyalty.points import tables as t
from loyalty.points import tables_sale as ts
from loyalty.points.store import Days

MEMBER: sa.BindParameter[str] = bindparam("member")
WALLET: sa.BindParameter[str] = bindparam("wallet")
AFTER: sa.BindParameter[int] = bindparam("after")
FIRST, LAST = bindparam("first", type_=sa.Date), bindparam("last", type_=sa.Date)
MOMENT = bindparam("moment", type_=ts.purchases.c.occurred_at.type)
_WEST = timedelta(hours=24)
FAR = 2**62
"""Beyond every amount: 10^12 of money with 3 decimals is less than 2^53."""

_state, _purchase, _lot, _use = ts.purchase_states.c, ts.purchases.c, t.lots.c, ts.rule_uses.c
_changed = ts.purchase_changes.c


def _in_days(row: Any) -> tuple[Any, ...]:
    return row.member == MEMBER, row.day.between(FIRST, LAST), row.number > AFTER


def _sum(value: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(value), 0)


# sales as they were booked lie in one index; of the few of which something was taken back the difference is added
_as_booked = sa.select(_sum(_purchase.total)).where(*_in_days(_purchase)).scalar_subquery()
_taken_back = (
    sa.select(_sum(_changed.net - _purchase.total))
    .join_from(ts.purchase_changes, ts.purchases, _purchase.id == _changed.purchase)
    .where(*_in_days(_changed))
    .scalar_subquery()
)
_spent = Prepared(sa.select((_as_booked + _taken_back).label("spent")))
_booked = sa.select(sa.func.count(_purchase.number)).where(*_in_days(_purchase)).scalar_subquery()
_undone = sa.select(sa.func.count(_changed.number)).where(*_in_days(_changed), sa.not_(_changed.counts))
_bought = Prepared(sa.select((_booked - _undone.scalar_subquery()).label("bought")))
_earned = Prepared(
    sa.select(sa.func.coalesce(sa.func.sum(_lot.earned), 0)).where(
        _lot.member == MEMBER,
        _lot.wallet == WALLET,
        _lot.start_day.between(FIRST, LAST),
        _lot.number > AFTER,
        _lot.active,
    )
)
_joined = ts.purchases.join(ts.purchase_states, _state.purchase == _purchase.id)
# a counter's sale is always a little late: those that count, less the few since then; their local day is not before
# the day of the moment in the most western zone
_since = (
    sa.select(sa.func.count())
    .select_from(_joined)
    .where(_purchase.member == MEMBER, _purchase.day >= FIRST, _purchase.occurred_at >= MOMENT, _state.counts)
    .scalar_subquery()
)
_all_that_count = sa.select(t.standings.c.purchases).where(t.standings.c.member == MEMBER).scalar_subquery()
_bought_before = Prepared(sa.select((_all_that_count - _since).label("before")))
_first_bought = {
    metric: Prepared(
        sa.select(sa.func.min(_state.day)).where(_state.member == MEMBER, _state.day.between(FIRST, LAST), adds)
    )
    for metric, adds in (("spend", _state.net != 0), ("purchases", _state.counts))
}
_first_earned = Prepared(
    sa.select(sa.func.min(_lot.start_day)).where(
        _lot.member == MEMBER,
        _lot.wallet == WALLET,
        _lot.start_day.between(FIRST, LAST),
        _lot.earned != 0,
        _lot.active,
    )
)
_last_bought = Prepared(sa.select(sa.func.max(_state.day)).where(_state.member == MEMBER, _state.counts))
_bought_at = Prepared(
    sa.select(sa.literal(1))
    .select_from(_joined)
    .where(_purchase.member == MEMBER, _purchase.store == bindparam("store"), _state.counts)
    .limit(1)
)
_bought_for = Prepared(
    sa.select(sa.literal(1))
    .where(_state.member == MEMBER, _state.counts, _state.net.between(bindparam("low"), bindparam("high")))
    .limit(1)
)
_of_rule = (_use.section == bindparam("section"), _use.name == bindparam("name"), _use.day.between(FIRST, LAST))
_sums = sa.select(_use.points_under, sa.func.sum(_use.points_over), sa.func.sum(_use.times)).group_by(_use.points_under)
_uses = {
    (everybody, undone): Prepared(
        _sums.where(
            *_of_rule,
            *(() if everybody else (_use.member == MEMBER,)),
            *(() if undone else (sa.not_(_use.undone),)),
        )
    )
    for everybody in (False, True)
    for undone in (False, True)
}


def _open(days: Days) -> dict[str, date]:
    return {"first": days.first or date.min, "last": days.last or date.max}


class Figures:
    """The part of `SqlFacts` that adds up."""

    cursor: Cursor

    def spent(self, member: str, days: Days, after: int = 0) -> int:
        return int(self.cursor.value(_spent, member=member, after=after, **_open(days)))

    def bought(self, member: str, days: Days, after: int = 0) -> int:
        return int(self.cursor.value(_bought, member=member, after=after, **_open(days)))

    def earned(self, member: str, wallet: str, days: Days, after: int = 0) -> int:
        return int(self.cursor.value(_earned, member=member, wallet=wallet, after=after, **_open(days)))

    def bought_before(self, member: str, moment: datetime) -> int:
        first = (moment - _WEST).date()
        return int(self.cursor.value(_bought_before, member=member, moment=moment, first=first) or 0)

    def first_day(self, member: str, metric: str, wallet: str | None, days: Days) -> date | None:
        found: Any
        if metric == "earned":
            found = self.cursor.value(_first_earned, member=member, wallet=wallet, **_open(days))
        else:
            found = self.cursor.value(_first_bought[metric], member=member, **_open(days))
        return found  # type: ignore[no-any-return]

    def last_bought(self, member: str) -> date | None:
        found: date | None = self.cursor.value(_last_bought, member=member)
        return found

    def bought_at(self, member: str, stores: Iterable[str]) -> bool:
        return any(self.cursor.value(_bought_at, member=member, store=store) for store in stores)

    def bought_for(self, member: str, low: Fraction | None, high: Fraction | None) -> bool:
        bounds = {"low": -FAR if low is None else ceil(low), "high": FAR if high is None else floor(high)}
        return self.cursor.value(_bought_for, member=member, **bounds) is not None

    def uses(self, section: str, name: str, member: str | None, days: Days, undone: bool) -> tuple[int, Fraction]:
        who = {} if member is None else {"member": member}
        found = self.cursor.rows(_uses[member is None, undone], section=section, name=name, **who, **_open(days))
        points = sum((Fraction(int(over), int(under)) for under, over, _ in found), Fraction(0))
        return sum(int(times) for _, _, times in found), points
