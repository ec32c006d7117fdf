"""Three ladders tried over the whole year of Complete Journey, beside the same purchases booked for real.

Booked for real are the purchases of every n-th household, `LOYALTY_COMPLETE_JOURNEY_EVERY` (default 10; 1: all):
nothing in these programmes goes from member to member, so each of them must stand in the trial as in the books.
`LOYALTY_COMPLETE_JOURNEY_UNTIL` (default 2018-01-01) ends both earlier.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from loyalty.campaigns.trial_many import live_all
from loyalty.campaigns.trial_result import Lived
from loyalty.checkout.enrol import enrol
from loyalty.db.session import read, write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.members.tables import Member
from loyalty.ops.day_jobs import run_day_jobs
from loyalty.points.calendar import end_of_day
from loyalty.points.sql_engine import Ledger
from loyalty.points.tables import standings, transfers
from loyalty.points.yaml_core import load
from tests.databases import new_sqlite
from tests.insight.complete_journey.conftest import world
from tests.insight.complete_journey.world import OPENED, ZONE, World

__all__ = ["world"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
EVERY = int(os.environ.get("LOYALTY_COMPLETE_JOURNEY_EVERY", "10"))
UNTIL = date.fromisoformat(os.environ.get("LOYALTY_COMPLETE_JOURNEY_UNTIL", "2018-01-01"))
HEAD = """
name: {name}
currency: USD
timezone: America/New_York
wallets: {{points: {{expiry: {{after: {{months: 6}}, round_up: month}}, value_per_point: 0.01}}}}
earn: [{{name: base, per_amount: {{points: 1, per: 1}}}}]
"""
LADDERS = {
    "by the year": """
tiers:
  metric: spend
  window: {rolling: {years: 1}}
  levels: [{name: Member, from: 0}, {name: Silver, from: 500}, {name: Gold, from: 1500, benefits: {earn_multiplier: 2}}]
""",
    "by the month": """
tiers:
  metric: spend
  window: {rolling: {months: 1}}
  levels: [{name: Member, from: 0}, {name: Silver, from: 100, benefits: {earn_multiplier: 1.5}},
           {name: Gold, from: 300, benefits: {earn_multiplier: 2}}]
""",
    "by visits": """
tiers:
  metric: purchases
  window: {calendar: quarter}
  levels: [{name: Member, from: 0}, {name: Regular, from: 12, benefits: {earn_multiplier: 1.25}}]
""",
}
DOCUMENTS = [load(HEAD.format(name=name) + tiers).value for name, tiers in LADDERS.items()]


@pytest.fixture(scope="module")
def lives(world: World) -> Sequence[Lived]:
    heard: list[tuple[int, int]] = []
    address = f"sqlite:///{world.data / 'loyalty.sqlite'}"
    found = live_all(address, DOCUMENTS, datetime.now(ZONE), last=UNTIL,
                     progress=lambda done, all: heard.append((done, all)) or True)  # fmt: skip
    assert found is not None
    assert len(set(heard)) > 5 and heard[-1][0] == heard[-1][1] > 0, "it tells how far it is"
    return found[2]


def test_all_of_them_see_every_sale(world: World, lives: Sequence[Lived]) -> None:
    rows = [row for row in world.rows("purchases.csv") if row["occurred_at"][:10] <= UNTIL.isoformat()]
    total = round(sum(Decimal(row["amount"]) for row in rows) * 100)
    for each in lives:
        assert (each.figures.sales, each.figures.total, each.figures.refused_sales) == (len(rows), total, 0)
    assert len({each.figures.points_worth for each in lives}) == 4
    assert any(each.figures.risen > 0 for each in lives[1:])


@pytest.mark.parametrize("place", range(3), ids=list(LADDERS))
def test_each_member_stands_as_booked_for_real(
    world: World, lives: Sequence[Lived], place: int, shared: Path, tmp_path: Path
) -> None:
    with read(world.engine) as session:
        of_world = {number: id for id, number in session.execute(sa.select(Member.id, Member.number))}
    chosen = sorted(of_world)[::EVERY]
    booked = booked_for_real(new_sqlite(shared, tmp_path), DOCUMENTS[place], world, set(chosen))
    tried = lives[place + 1]
    found = {number: (tried.worths.get(of_world[number], (0, 0))[1], tried.levels[of_world[number]])
             for number in chosen}  # fmt: skip
    assert found == booked and len(booked) == len(chosen)


def booked_for_real(engine: Any, document: Any, world: World, chosen: set[str]) -> dict[str, tuple[int, str | None]]:
    """Number -> points earned and level at the end, by the engine on a database, each sale at its own moment."""
    with write(engine) as session:
        Ledger(session).put_programme(document, OPENED)
        ids = {number: enrol(session, NewMember(number, joined_at=OPENED), OPENED, Conventions()).id
               for number in sorted(chosen)}  # fmt: skip
    for rows in in_groups(row for row in world.rows("purchases.csv") if row["member"] in chosen):
        with write(engine) as session:
            for row in rows:
                at = datetime.fromisoformat(row["occurred_at"]).replace(tzinfo=ZONE)
                if at.date() <= UNTIL:
                    body = {"id": row["id"], "member": ids[row["member"]], "lines": lines_of(row["lines"])}
                    Ledger(session).perform("purchase", body, at)
    run_day_jobs(engine, end_of_day(UNTIL, ZONE))
    with read(engine) as session:
        move = transfers.c
        earned = dict(session.execute(sa.select(move.member, sa.func.sum(move.amount)).where(
            move.kind == "earn").group_by(move.member)).all())  # fmt: skip
        levels = dict(session.execute(sa.select(standings.c.member, standings.c.tier)).all())
    engine.dispose()
    return {number: (int(earned.get(id, 0)), levels[id]) for number, id in ids.items()}


def lines_of(cell: str) -> list[dict[str, Any]]:
    pairs = [piece.rpartition("=") for piece in cell.split("; ")]
    return [{"amount": Decimal(amount)} | ({"category": name} if name else {}) for name, _, amount in pairs]


def in_groups(rows: Iterator[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    while some := list(islice(rows, 200)):
        yield some
