"""Some households' year of purchases, booked for real under a programme of one's choice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.checkout.record_purchase import record_purchase
from loyalty.cli.demo.history import Basket, read_history
from loyalty.contract.commands import RecordPurchase, Redeem
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.ops.day_jobs import run_day_jobs
from loyalty.points.sql_engine import Ledger

REWARD = "$5 off"


@dataclass
class Booked:
    """Household -> member, and the sales in which the reward was taken."""

    members: dict[str, str] = field(default_factory=dict)
    rewarded: set[str] = field(default_factory=set)


def households_baskets(many: int) -> list[Basket]:
    """The year of households of which each bought between 40 and 90 times; all of them for 0."""
    history = read_history(date(2026, 11, 21))
    visits: dict[str, int] = defaultdict(int)
    for basket in history:
        visits[basket.household] += 1
    chosen = {name for name in sorted(visits, key=int) if 40 <= visits[name] <= 90}
    chosen = set(sorted(chosen, key=int)[:many]) if many else set(visits)
    return [basket for basket in history if basket.household in chosen]


def opening(baskets: Sequence[Basket]) -> datetime:
    return baskets[0].at - timedelta(days=1)


def book(engine: Engine, programme: Any, baskets: Sequence[Basket], wanted: set[str] | None = None) -> Booked:
    """As at a counter. The reward is asked for with the sales in `wanted`; by default whenever it can be had in every
    fifth sale. A sale whose reward is refused is made without."""
    done = Booked()
    with write(engine) as session:
        Ledger(session).put_programme(programme, opening(baskets))
        for basket in baskets:
            if basket.household not in done.members:
                joined = basket.at - timedelta(hours=1)
                member = enrol(session, NewMember(name="Ann", joined_at=joined), joined, Conventions())
                done.members[basket.household] = member.id
    for place, basket in enumerate(baskets):
        asks = place % 5 == 0 if wanted is None else basket.id in wanted
        if not asks or not _sell(engine, basket, done.members[basket.household], place, (Redeem(REWARD, 1),)):
            _sell(engine, basket, done.members[basket.household], place, ())
        else:
            done.rewarded.add(basket.id)
    return done


def _sell(engine: Engine, basket: Basket, member: str, place: int, redeem: tuple[Redeem, ...]) -> bool:
    sale = RecordPurchase(
        id=basket.id, counter="till", seq=place + 1, occurred_at=basket.at, member=member, lines=basket.lines,
        store=basket.store, redeem=redeem,
    )  # fmt: skip
    try:
        with write(engine) as session:
            record_purchase(session, sale, basket.at, Conventions())
    except LoyaltyError:
        return False
    return True


def settle(engine: Engine, until: datetime) -> None:
    run_day_jobs(engine, until)
