"""A large shop for looking at, written with bare SQL: members, cards, sales and points, none of them booked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from loyalty.db.session import open_engine, write, writing_connection
from loyalty.db.upgrade import upgrade
from loyalty.members.names import beginnings
from loyalty.points.sql_engine import Ledger
from loyalty.web.accounts import create_staff

NOW = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
EMAIL, PASSWORD = "bench@shop.example", "salt wind 88"
AT_ONCE = 20_000
SALES_DAYS = 365
FAMILY = ("陳", "李", "張", "黃", "Wong", "Chan", "Smith", "Tanaka", "García", "Nguyen")
GIVEN = ("大文", "嘉欣", "偉強", "淑儀", "Ka Yan", "John", "Hiroshi", "María", "Elizabeth", "Bo")
PROGRAMME = {
    "name": "Bench", "currency": "HKD", "timezone": "Asia/Hong_Kong", "wallets": {"points": {}},
    "earn": [{"name": "base", "per_amount": {"points": 1, "per": 10}}],
    "tiers": {"metric": "spend", "levels": [{"name": "Member", "from": 0}, {"name": "Gold", "from": 5000}]},
}  # fmt: skip


def build(folder: Path, members: int) -> Engine:
    """A database of `members` members with two sales each over a year, ready for `create_app`."""
    engine = open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}")
    upgrade(engine)
    with write(engine) as session:
        Ledger(session).put_programme(PROGRAMME, NOW - timedelta(days=400))
        create_staff(session, EMAIL, PASSWORD, "administrator", NOW)
    luck = Random(20261118)
    with writing_connection(engine) as connection:
        for first in range(0, members, AT_ONCE):
            _people(connection, range(first, min(first + AT_ONCE, members)), luck)
    with writing_connection(engine) as connection:
        connection.execute(sa.text("ANALYZE"))
    return engine


def _people(connection: Connection, places: range, luck: Random) -> None:
    members, terms, standings, accounts, sales = [], [], [], [], []
    for place in places:
        id, number = f"mem_{place:026}", f"{100_000_000 + place}"
        name = f"{luck.choice(FAMILY)} {luck.choice(GIVEN)} {place % 9973}"
        phone, joined = f"852{50_000_000 + place}", NOW - timedelta(days=luck.randrange(366, 2000))
        at = joined.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        members.append((id, number, name, f"+{phone}", f"m{place}@example.com", at, at))
        terms += [("name", term, id) for term in beginnings(name)]
        terms += [("number", number, id), ("phone", phone, id), ("phone", phone[3:], id), ("tail", phone[::-1], id)]
        terms.append(("email", f"m{place}@example.com", id))
        standings.append((id, luck.randrange(900_000), "Gold" if place % 7 == 0 else "Member"))
        accounts.append((id, luck.randrange(5_000)))
        for turn in range(2):
            day = (NOW - timedelta(days=luck.randrange(SALES_DAYS))).date().isoformat()
            sales.append((f"pur_{place}_{turn}", 2 * place + turn + 1, id, day, f"{day}T04:00:00.000000Z"))
    cursor = connection.connection.cursor()
    cursor.executemany(_MEMBER, members)
    cursor.executemany("INSERT OR IGNORE INTO member_terms (kind, term, member_id) VALUES (?, ?, ?)", sorted(terms))
    cursor.executemany(_STANDING, standings)
    cursor.executemany(_ACCOUNT, accounts)
    cursor.executemany(_SALE, sales)


_MEMBER = (
    "INSERT INTO members (id, number, name, phone, email, language, joined_at, notes, status, version, updated_at)"
    " VALUES (?, ?, ?, ?, ?, 'en', ?, '', 'active', 1, ?)"
)
_STANDING = (
    "INSERT INTO standings (member, spend, purchases, tier, tier_since, started, version)"
    " VALUES (?, ?, 2, ?, '2026-01-01', 1, 1)"
)
_ACCOUNT = (
    "INSERT INTO accounts (member, wallet, active, pending, held, deficit, cost, held_cost, earned)"
    " VALUES (?, 'points', ?, 0, 0, 0, 0, 0, 0)"
)
_SALE = (
    "INSERT INTO purchases (id, number, member, day, occurred_at, total, due, discount, programme, store, codes)"
    " VALUES (?, ?, ?, ?, ?, 12000, 12000, 0, 1, 'Central', '[]')"
)
