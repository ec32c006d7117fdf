"""Orders of a plan over many rows at once: set-based statements, see `facts_tier.ReviewAll` and its neighbour."""

import sqlalchemy as sa
from sqlalchemy import bindparam, text

from loyalty.db.base import Moment
from loyalty.db.prepared import Cursor, Prepared
from loyalty.points import tables as t
from loyalty.points.facts_tier import ReviewAll, SwitchToInactivity

_at = bindparam("at", type_=Moment())
_review_all = Prepared(
    sa.update(t.standings).where(sa.or_(t.standings.c.due_at.is_(None), t.standings.c.due_at > _at)).values(due_at=_at)
)
_follow_activity = Prepared(
    sa.update(t.lots)
    .where(
        t.lots.c.wallet == bindparam("of_wallet"),
        t.lots.c.expires_at.is_(None),
        t.lots.c.last_day.is_(None),
        text(f"({t.OPEN_LOT.text})"),
    )
    .values(follows_activity=True)
)
_count_as_activity = Prepared(
    sa.update(t.accounts)
    .where(t.accounts.c.wallet == bindparam("of_wallet"))
    .values(activity=bindparam("day", type_=sa.Date), inactivity=bindparam("span", type_=t.accounts.c.inactivity.type))
)


def carry_out(cursor: Cursor, order: ReviewAll | SwitchToInactivity) -> None:
    """One order, for all members."""
    if isinstance(order, ReviewAll):
        cursor.run(_review_all, [{"at": order.at}])
        return
    cursor.run(_follow_activity, [{"of_wallet": order.wallet}])
    cursor.run(_count_as_activity, [{"of_wallet": order.wallet, "day": order.day, "span": order.inactivity}])
    cursor.run(_review_all, [{"at": order.at}])
