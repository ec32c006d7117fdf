"""What a campaign has brought so far: sales of its groups beside those held out, what it cost, and variant by variant.

A member counts in the group of the draw, whether anything was taken up or not. Sales are those of the campaign's days,
less what came back. Cost is the worth of the points its rules gave and what its offers took off; awards of cancelled
sales do not count.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_groups import groups_of
from loyalty.campaigns.campaign_life import Campaign, in_force, today
from loyalty.campaigns.campaign_plan import HELD
from loyalty.campaigns.campaign_rules import rule_name
from loyalty.campaigns.campaign_told import told_of
from loyalty.campaigns.uplift import Uplift, uplift
from loyalty.members.persons import who_goes_on
from loyalty.points.exact import half_up
from loyalty.points.programme import Programme
from loyalty.points.tables import bookings, transfers
from loyalty.points.tables_sale import purchase_states, rule_uses


@dataclass(frozen=True)
class Arm:
    """One group: how many members, who bought, sales (smallest unit of money), who took it up, what it cost, to how
    many the campaign's message was sent (or is on its way), and to how many it may not be.

    `uplift`: sales per member beside those held out, in the smallest unit; None without enough of them. `share`: the
    same for the share of members who bought, 0 to 1. `extra`: the whole group's additional sales.
    """

    name: str
    members: int
    buyers: int
    sales: int
    takers: int
    cost: int
    uplift: Uplift | None
    share: Uplift | None
    told: int = 0
    withheld: int = 0

    @property
    def per_member(self) -> int:
        """Mean sales, rounded."""
        return round(Fraction(self.sales, self.members)) if self.members else 0

    @property
    def extra(self) -> int | None:
        return None if self.uplift is None else round(self.uplift.difference * self.members)


@dataclass(frozen=True)
class Result:
    """`arms`: those who got something; `held`: those who did not. `between`: A less B, for two variants."""

    first: date
    last: date
    digits: int
    arms: tuple[Arm, ...]
    held: Arm
    between: Uplift | None

    @property
    def groups(self) -> tuple[Arm, ...]:
        """All of them, those held out last."""
        return (*self.arms, self.held)

    @property
    def cost(self) -> int:
        return sum(arm.cost for arm in self.arms)

    @property
    def told(self) -> int:
        return sum(arm.told for arm in self.arms)

    @property
    def withheld(self) -> int:
        return sum(arm.withheld for arm in self.arms)

    @property
    def extra(self) -> int | None:
        found = [arm.extra for arm in self.arms]
        return None if not found or None in found else sum(each or 0 for each in found)

    def money(self, amount: Decimal) -> int:
        """In the smallest unit."""
        return int(amount.scaleb(self.digits))


def result_of(session: Session, found: Campaign, now: datetime) -> Result:
    """Up to and including the local day of `now`, at most the campaign's last day, or the day it was ended."""
    programme = in_force(session, now).programme
    day = today(session, found.ended_at if found.ended_at is not None and found.end_reason != "days" else now)
    first = max(found.plan.first, today(session, found.started_at)) if found.started_at else found.plan.first
    last = min(found.plan.last, day)
    bought = _bought(session, found.id, first, last)
    of_arm: dict[str, list[int]] = {name: [] for name in (*found.plan.arms, HELD)}
    groups = groups_of(session, found.id)
    for member, arm in groups.items():
        of_arm[arm].append(bought.get(member, 0))
    base = of_arm[HELD]
    arms = []
    for arm in found.plan.arms:
        takers, cost = _taken(session, found, arm, programme)
        told, withheld = told_of(session, found.id, groups, arm)
        arms.append(replace(_arm(arm, of_arm[arm], base, takers, cost), told=told, withheld=withheld))
    between = uplift(of_arm["a"], of_arm["b"]) if len(arms) > 1 else None
    return Result(first, last, programme.digits, tuple(arms), _arm(HELD, base, (), 0, 0), between)


def _arm(name: str, sales: list[int], base: list[int] | tuple[int, ...], takers: int, cost: int) -> Arm:
    bought, others = [float(each > 0) for each in sales], [float(each > 0) for each in base]
    share = uplift(bought, others)
    return Arm(name, len(sales), int(sum(bought)), sum(sales), takers, cost, uplift(sales, base), share)


def _bought(session: Session, campaign_id: str, first: date, last: date) -> dict[str, int]:
    """Member -> what they bought in those days, less what came back; under merged records too."""
    sale, person, found = purchase_states.c, who_goes_on(session), Counter[str]()
    rows = session.execute(
        sa.select(sale.member, sa.func.sum(sale.net))
        .where(sale.day >= first, sale.day <= last, sale.counts)
        .group_by(sale.member)
    )
    for member, net in rows:
        found[person(member)] += int(net)
    return found


def _taken(session: Session, found: Campaign, arm: str, programme: Programme) -> tuple[int, int]:
    """How many members took it up, and the cost in the smallest unit of money."""
    mechanic = found.plan.mechanics[found.plan.arms.index(arm)]
    if mechanic.kind == "message":
        return 0, 0
    if mechanic.kind in ("gift", "level"):
        return _given(session, found, arm, programme)
    used, name = rule_uses.c, rule_name(found.name, found.plan, arm)
    section = "offer" if mechanic.kind in ("percent", "amount") else "earn"
    rows = session.execute(
        sa.select(used.member, used.booking, used.points_over, used.points_under).where(
            used.section == section, used.name == name, sa.not_(used.undone), used.day >= found.plan.first
        )
    ).all()
    person = who_goes_on(session)
    takers = len({person(row.member) for row in rows})
    if section == "offer":
        return takers, _taken_off(session, name, [row.booking for row in rows], programme.digits)
    points = sum((Fraction(row.points_over, row.points_under) for row in rows), start=Fraction(0))
    return takers, _worth(programme, points)


def given_to(session: Session, campaign_id: str) -> set[str]:
    """Members who got something once, by its bookings' ids, `<campaign>:<member>`; merged records are one member."""
    person, ids = who_goes_on(session), sa.select(bookings.c.id).where(bookings.c.id.between(*_span(campaign_id)))
    return {person(id.partition(":")[2]) for id in session.scalars(ids)}


def _span(campaign_id: str) -> tuple[str, str]:
    """Between these lie the ids that begin with the campaign's and a colon: the index finds them."""
    return f"{campaign_id}:", f"{campaign_id};"


def _given(session: Session, found: Campaign, arm: str, programme: Programme) -> tuple[int, int]:
    members = {member for member, group in groups_of(session, found.id).items() if group == arm}
    done, person = given_to(session, found.id) & members, who_goes_on(session)
    move, points = transfers.c, 0
    for booking, amount in session.execute(
        sa.select(move.booking, move.amount).where(move.booking.between(*_span(found.id)), move.kind == "credit")
    ):
        points += amount if person(booking.partition(":")[2]) in members else 0
    return len(done), _worth(programme, Fraction(points))


def _taken_off(session: Session, name: str, ids: list[str | None], digits: int) -> int:
    """What an offer took off those sales, as their results say."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for begin in range(0, len(ids), 400):
        rows = session.execute(sa.select(bookings.c.id, bookings.c.result).where(bookings.c.id.in_(ids[begin:][:400])))
        for id, result in rows:
            for each in result.get("offers", ()):
                if each["name"] == name:
                    total[id] += Decimal(str(each["amount"]))
    return int(sum(total.values(), Decimal(0)).scaleb(digits))


def _worth(programme: Programme, points: Fraction) -> int:
    """Of points in the wallet's smallest unit."""
    wallet = programme.wallet(programme.first_wallet)
    return half_up(points * Fraction(wallet.value_per_point) * Fraction(10**programme.digits, 10**wallet.decimals))
