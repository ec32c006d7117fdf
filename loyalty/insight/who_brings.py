"""Who brings new members, and what the newcomers have bought since."""

import sqlalchemy as sa

from loyalty.insight.marked import N_
from loyalty.insight.report import Books, Cell, Column, Definition
from loyalty.members.referral_tables import referrals
from loyalty.members.tables import Member
from loyalty.points.tables_sale import purchase_states

MOST_ROWS = 500


def friends(books: Books) -> list[tuple[Cell, ...]]:
    at, bounds = referrals.c, books.bounds([books.span], referrals.c.recorded_at.type)
    sold = (
        sa.select(purchase_states.c.member, sa.func.sum(purchase_states.c.net).label("net"))
        .where(purchase_states.c.counts.is_(True))
        .group_by(purchase_states.c.member)
        .subquery()
    )
    bought, net = sa.case((sold.c.member.is_not(None), 1), else_=0), sa.func.coalesce(sold.c.net, 0)
    brought = sa.func.count().label("brought")
    statement = (
        sa.select(Member.number, brought, sa.func.sum(bought).label("bought"), sa.func.sum(net).label("net"))
        .join_from(bounds, referrals, sa.and_(at.recorded_at >= bounds.c.low, at.recorded_at < bounds.c.high))
        .join(Member, Member.id == at.brought_by)
        .outerjoin(sold, sold.c.member == at.member_id)
        .where(at.status != "refused")
        .group_by(Member.number)
        .order_by(brought.desc(), sa.desc("net"), Member.number)
        .limit(MOST_ROWS)
    )
    return [
        (row.number, int(row.brought), int(row.bought), int(row.brought - row.bought), books.money(int(row.net)))
        for row in books.session.execute(statement)
    ]


FRIENDS = (
    Definition(
        "friends",
        N_("Who brings new members?"),
        (
            Column("member", "text", N_("Number of the member who brought them.")),
            Column("brought", "count", N_("Newcomers written down in these days.")),
            Column("bought", "count", N_("Of them, who made a first purchase.")),
            Column("still", "count", N_("Of them, whose first purchase is still to come.")),
            Column("net", "money", N_("Paid by these newcomers until today, less what was returned.")),
        ),
        friends,
        "brought",
    ),
)
