"""Harbour Club: an invented shop in Hong Kong with thirty members and half a year of sales, booked as a counter books.

Everything goes through the same functions as in a real shop; only the clock is set. The same every time.
"""

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Engine

from loyalty.checkout.cancel_purchase import cancel_purchase
from loyalty.checkout.enrol import enrol
from loyalty.checkout.record_purchase import record_purchase
from loyalty.contract.commands import CancelPurchase, Line, RecordPurchase
from loyalty.contract.token import Token
from loyalty.db.session import open_engine, write
from loyalty.db.upgrade import upgrade
from loyalty.members.cards import step_card
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.members.tables import Card
from loyalty.points import yaml_core
from loyalty.points.sql_engine import Ledger
from loyalty.web.access import ROLES
from loyalty.web.accounts import COST, create_staff
from loyalty.web.secret import NAME as SECRET
from loyalty.web.secret import secret_key
from tests.made_once import made_once

NOW = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""Wednesday, half past four in the afternoon in Hong Kong."""
START = NOW - timedelta(days=210)
PASSWORD = "salt wind 88"
FULL_COST = dict(COST)
COST.update(time_cost=1, memory_cost=64, parallelism=1)  # some hundred log-ins are tried, none by a thief
CONVENTIONS = Conventions()

PROGRAMME = """
name: Harbour Club
currency: HKD
timezone: Asia/Hong_Kong
wallets:
  points: {expiry: {after: {months: 3}, round_up: month}, value_per_point: 0.1}
  stamps: {kind: count}
earn:
  - {name: base, per_amount: {points: 1, per: 10}}
  - {name: fresh double, multiply: 2, when: {category: [fruit, vegetables]}}
  - {name: weekend, bonus: 5, when: {weekday: [sat, sun], min_amount: 200}, limit: {times: 2, per: month}}
  - {name: birthday, on: birthday, fixed: 50}
  - {name: coffee stamp, wallet: stamps, per_unit: {points: 1, per: 1}, when: {category: coffee}}
tiers:
  metric: spend
  levels:
    - {name: Member, from: 0}
    - {name: Silver, from: 2000, window: {rolling: {years: 1}}, lasts: {years: 1},
       benefits: {earn_multiplier: 1.2}}
    - {name: Gold, from: 5000, window: {rolling: {years: 1}}, lasts: {years: 1},
       benefits: {earn_multiplier: 1.5, discount_percent: 5}}
    - {name: Platinum, from: 12000, window: {rolling: {years: 1}}, lasts: {years: 1},
       benefits: {earn_multiplier: 2, discount_percent: 8, lounge: true}}
rewards:
  - {name: five off, cost: 50, value: {amount: 5}}
  - {name: fifty off, cost: 450, value: {amount: 50}}
  - {name: free coffee, wallet: stamps, cost: 9, value: {product: COFFEE}}
"""

HONG_KONG = ["陳大文", "李嘉欣", "張偉強", "黃淑儀", "何綺雯", "鄭佩珊", "歐陽詠琪", "吳家豪"]
TAIWAN = ["林志玲", "許雅婷", "劉冠廷", "謝宜蓁", "蔡宗翰", "王小明"]
MAINLAND = ["刘洋", "赵敏", "孙丽华", "周杰", "马晓东", "朱琳"]
ENGLISH = [
    *("Wong Ka Yan", "John Smith", "Priya Raghunathan", "María José Fernández", "Siobhán O’Connor", "Tom Baker"),
    *("Chan Siu Ming", "Elizabeth Montgomery-Fairweather", "Bo Li", "Hiroshi Tanaka"),
]
NAMES = [name for four in zip_longest(HONG_KONG, ENGLISH, TAIWAN, MAINLAND) for name in four if name]
STORES = ("Central", "Tsim Sha Tsui", "Causeway Bay")
CATEGORIES = ("coffee", "bakery", "fruit", "vegetables", "dairy", "household", "tea")


@dataclass
class Harbour:
    """What a test may know of the shop. `members` by name: their id."""

    members: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    chips: dict[str, str] = field(default_factory=dict)
    sales: int = 0


def staff_address(role: str) -> str:
    """Everybody logs in as their role, with PASSWORD."""
    return f"{role}@harbour.example"


def copied(shared: Path, folder: Path) -> Harbour:
    """Database and secret of the shop in `folder`, to be changed at will; they are built once for all workers."""
    built = made_once(shared / "harbour", build)
    for name in ("loyalty.sqlite", SECRET):
        shutil.copy(built / name, folder / name)
    return Harbour(**json.loads((built / "harbour.json").read_text()))


def build(folder: Path) -> None:
    """The shop's database in `folder`, ready for `create_app`, with all that a `Harbour` says beside it."""
    engine = open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}")
    upgrade(engine)
    harbour = fill(engine)
    engine.dispose()
    secret_key(folder)
    (folder / "harbour.json").write_text(json.dumps(asdict(harbour)))


def fill(engine: Engine) -> Harbour:
    """The whole half year, into a database without anything."""
    harbour, luck = Harbour(), random.Random(20261118)
    with write(engine) as session:
        Ledger(session).put_programme(yaml_core.load(PROGRAMME).value, START)
        for role in ROLES:
            create_staff(session, staff_address(role), PASSWORD, role, START)
    joined = {name: _enrol(engine, harbour, luck, place, name) for place, name in enumerate(NAMES)}
    for seq, (at, name) in enumerate(_visits(luck, joined), 1):
        _sell(engine, harbour, luck, seq, at, name)
    _extras(engine, harbour)
    return harbour


def _language(name: str) -> str:
    if name.isascii() or name[0].isascii():
        return "en"
    return "zh-Hans" if name in MAINLAND else "zh-Hant"


def _enrol(engine: Engine, harbour: Harbour, luck: random.Random, place: int, name: str) -> datetime:
    at = START + timedelta(days=luck.randrange(1, 70), hours=luck.randrange(12), minutes=luck.randrange(60))
    chip = f"04{luck.randrange(16**12):012X}"
    new = NewMember(
        name=name,
        language=_language(name),
        phone=f"+852{60000000 + place * 137_531}",
        email=f"member{place}@example.com" if place % 2 else None,
        birthday=date(1955 + luck.randrange(48), 1 + luck.randrange(12), 1 + luck.randrange(28)),
        joined_at=at,
        notes="Likes the seat by the window." if place == 0 else "",
    )
    with write(engine) as session:
        member = enrol(session, new, at, CONVENTIONS, cards=[("card_uid", chip)], staff="till-1")
        harbour.members[name], harbour.numbers[name] = member.id, member.number
    harbour.chips[name] = chip
    return at


def _visits(luck: random.Random, joined: dict[str, datetime]) -> Iterator[tuple[datetime, str]]:
    found = []
    for place, (name, since) in enumerate(joined.items()):
        until = NOW - timedelta(days=100) if place % 10 == 9 else NOW - timedelta(hours=1)
        for _ in range((4, 8, 9, 14, 26)[place % 5]):
            at = since + (until - since) * luck.random()
            found.append((at.replace(hour=1 + at.hour % 11), name))  # nine in the morning to eight in the evening
        if place % 3 == 0 and place % 10 != 9:
            found.append((NOW - timedelta(minutes=7 + 13 * place), name))
    yield from sorted((at, name) for at, name in found if at < NOW)


def _sell(engine: Engine, harbour: Harbour, luck: random.Random, seq: int, at: datetime, name: str) -> None:
    lines = tuple(
        Line(
            amount=Decimal(luck.randrange(80, 1600)) / 10,
            quantity=Decimal(luck.randrange(1, 4)),
            sku=f"{luck.randrange(10**6):06}",
            category=luck.choice(CATEGORIES),
        )
        for _ in range(luck.randrange(1, 6))
    )
    token = Token("card_uid", harbour.chips[name])
    sale = RecordPurchase(
        f"pur_{seq:05}", f"till-{1 + seq % 3}", seq, at, token=token, lines=lines, store=STORES[seq % 3]
    )
    with write(engine) as session:
        record_purchase(session, sale, at, CONVENTIONS)
        if seq % 41 == 0:
            undo = CancelPurchase(f"undo_{seq:05}", sale.counter, 100_000 + seq, at, sale.id)
            cancel_purchase(session, undo, at + timedelta(minutes=4))
    harbour.sales += 1


def _extras(engine: Engine, harbour: Harbour) -> None:
    """A credit by hand, a reward, a blocked card that was used all the same, and cards that belong to nobody."""
    with write(engine) as session:
        ledger, chan = Ledger(session), harbour.members["陳大文"]
        credit = {"id": "cr_1", "member": chan, "points": 120, "reason": "Waited too long"}
        ledger.perform("credit", credit, NOW - timedelta(hours=3))
        ledger.perform("redeem", {"id": "re_1", "member": chan, "reward": "five off"}, NOW - timedelta(hours=2))
    with write(engine) as session:
        tom = session.query(Card).filter_by(token=harbour.chips["Tom Baker"]).one()
        step_card(session, tom.id, "block", NOW - timedelta(days=1), staff="supervisor@harbour.example")
        lost = (harbour.chips["Tom Baker"], "04AABBCCDDEE01", "04AABBCCDDEE02")
        for place, chip in enumerate(lost):
            at = NOW - timedelta(hours=1 + place)
            line = Line(Decimal(f"{80 + 31 * place}.50"), category="tea")
            token = Token("card_uid", chip)
            sale = RecordPurchase(f"lost_{place}", "till-2", 200_000 + place, at, token=token, lines=(line,))
            record_purchase(session, sale, at, CONVENTIONS)
