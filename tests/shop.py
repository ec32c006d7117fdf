"""A small shop for tests: a programme, a member with a card, and a clock that stands where it is put."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.clock import SetClock
from loyalty.db.session import read, write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.ops.verify import Report, verify
from loyalty.points.sql_engine import Ledger
from loyalty.points.yaml_core import load

OPENED = datetime(2026, 3, 1, 9, tzinfo=UTC)
CARD = "04A2B3C4D5E6F7"
PROGRAMME = """
name: Harbour Club
currency: HKD
timezone: Asia/Hong_Kong
wallets: {points: {expiry: {after: {months: 12}, round_up: month}}}
earn: [{name: base, per_amount: {points: 1, per: 1}}]
tiers:
  metric: spend
  levels: [{name: Basic, from: 0}, {name: Gold, from: 1000}]
rewards: [{name: $50 off, cost: 500, value: {amount: 50}}]
"""


@dataclass
class Shop:
    """An engine with a programme and the member `ann`, who has a card."""

    engine: Engine
    clock: SetClock
    ann: str
    conventions: Conventions = field(default_factory=Conventions)

    def perform(self, verb: str, **body: Any) -> Any:
        with write(self.engine) as session:
            return Ledger(session).perform(verb, body, self.clock()).result

    def balance(self, member: str | None = None) -> int:
        with read(self.engine) as session:
            account = Ledger(session).facts.account(member or self.ann, "points")
            return account.available if account else 0

    def verify(self) -> Report:
        with read(self.engine) as session:
            return verify(session)


def open_shop(engine: Engine, programme: str = PROGRAMME) -> Shop:
    clock = SetClock(OPENED)
    with write(engine) as session:
        Ledger(session).put_programme(load(programme).value, OPENED)
        new = NewMember("陳大文", phone="61234567", language="zh-Hant")
        ann = enrol(session, new, OPENED, Conventions(), [("card_uid", CARD)])
        id = ann.id
    return Shop(engine, clock, id)


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Shop]:
    yield open_shop(sqlite_engine)
