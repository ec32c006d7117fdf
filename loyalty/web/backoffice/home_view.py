"""What the home page shows: work that waits for a person, and the six figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points.calendar import end_of_day
from loyalty.points.tables import lots
from loyalty.web.backoffice.devices_view import count_needing_a_hand
from loyalty.web.backoffice.figures_view import FIGURES, Books, Figure
from loyalty.web.backoffice.home_decisions import Decisions
from loyalty.web.backoffice.work_view import count_open
from loyalty.web.shop import Shop

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Expiring:
    """Points of the main wallet that die within 30 days unless somebody uses them."""

    members: int
    amount: int


@dataclass(frozen=True)
class Home:
    waiting: int
    """Sales and cards that counters reported and nobody has settled."""
    expiring: Expiring
    decisions: Decisions
    ill_devices: int
    silent_counters: int
    figures: tuple[Figure, ...]

    @property
    def nothing_to_do(self) -> bool:
        shown = (self.waiting, self.expiring.members, self.ill_devices, self.silent_counters)
        return not any(shown) and self.decisions.none


def expiring_soon(session: Session, shop: Shop) -> Expiring:
    lot = lots.c
    until = end_of_day(shop.today + SOON, shop.zone)
    row = session.execute(
        sa.select(sa.func.count(sa.distinct(lot.member)), sa.func.coalesce(sa.func.sum(lot.remaining), 0)).where(
            lot.expires_at.is_not(None),
            lot.remaining > 0,
            lot.wallet == shop.main_wallet,
            lot.expires_at > shop.now,
            lot.expires_at <= until,
        )
    ).one()
    return Expiring(int(row[0]), int(row[1]))


def read_home(session: Session, shop: Shop, decisions: Decisions, may: Callable[[str], bool]) -> Home:
    """`decisions`: what waits for this person; `may`: whether they may do an action of the table in access.py.

    What they may not see is as if there were none.
    """
    books = Books(session, shop)
    ill, silent = count_needing_a_hand(session, shop.now) if may("device.view") else (0, 0)
    return Home(
        waiting=count_open(session) if may("work.view") else 0,
        expiring=expiring_soon(session, shop) if may("member.view") else Expiring(0, 0),
        decisions=decisions,
        ill_devices=ill,
        silent_counters=silent,
        figures=tuple(read(books) for read in FIGURES.values()) if may("figures.view") and shop.programme else (),
    )
