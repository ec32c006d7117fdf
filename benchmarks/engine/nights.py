"""The nightly jobs over many members, against the bare night on the same data; and a till that sells meanwhile."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.engine.bare_night import BareNight
from benchmarks.engine.shop import Shop
from benchmarks.engine.table import Figure
from loyalty.clock import rfc3339
from loyalty.db.session import checkpoint, writing_connection
from loyalty.ops import day_jobs
from loyalty.ops.day_jobs import run_day_jobs

GOLD = 15_000
RULES: dict[str, Any] = {
    "currency": "HKD",
    "timezone": "Asia/Hong_Kong",
    "wallets": {"points": {"expiry": {"after": {"months": 12}}}},
    "earn": [{"name": "base", "per_amount": {"points": 1, "per": 1}}],
    "tiers": {
        "metric": "spend",
        "window": {"rolling": {"days": 364}},
        "levels": [{"name": "Basic", "from": 0}, {"name": "Gold", "from": GOLD // 100}],
    },
}
FIRST_NIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)
"""00:00 in Hong Kong. A lot of each member dies on three of 21 nights; one member in seven loses points each night."""

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :members - 1)"
_PARTS = "p(j) AS (SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2)"
_NAME = "printf('m%07d', i)"
_DIES = "strftime('%Y-%m-%dT%H:%M:%S', '2026-03-01 16:00', '+' || ((i + 7 * j) % 21) || ' days') || '.000000Z'"
_DAY = "date('2025-03-03', '+' || ((i * 11 + j * 120) % 364) || ' days')"
_EARNED = "'2025-03-01T09:00:00.000000Z'"
_NET = "CASE WHEN i % 97 <> 0 THEN 10000 WHEN (i * 11 + j * 120) % 364 < 120 THEN 18000 ELSE 1000 END"
_ROWS = (
    f"INSERT INTO point_members (id, joined, segments) {_NUMBERS} SELECT {_NAME}, '2025-01-01', '[]' FROM n",
    f"""INSERT INTO accounts (member, wallet, active, pending, held, deficit, cost, held_cost, earned, balance)
    {_NUMBERS} SELECT {_NAME}, 'points', 300, 0, 0, 0, 0, 0, 300, 300 FROM n""",
    f"""INSERT INTO lots (number, member, wallet, kind, credited_at, active_at, active, amount, remaining, cost, held,
    held_cost, base_amount, base_cost, expires_at, follows_activity, earned, reversed, expired, forgiven, part)
    {_NUMBERS}, {_PARTS} SELECT i * 3 + j + 1, {_NAME}, 'points', 'earn', {_EARNED}, {_EARNED}, 1, 100, 100, 0, 0,
    0, 100, 0, {_DIES}, 0, 100, 0, 0, 0, 0 FROM n, p""",
    f"""INSERT INTO purchases (id, number, member, day, occurred_at, total, due, discount, programme, codes)
    {_NUMBERS}, {_PARTS} SELECT 's' || i || '-' || j, i * 3 + j + 1, {_NAME}, {_DAY}, {_EARNED}, {_NET}, {_NET}, 0, 1,
    '[]' FROM n, p""",
    f"""INSERT INTO standings (member, spend, purchases, tier, tier_since, review_on, due_at, started, version)
    SELECT member, spend, 3, CASE WHEN spend >= {GOLD} THEN 'Gold' ELSE 'Basic' END, '2025-03-01',
    CASE WHEN spend >= {GOLD} THEN date(day, '+365 days') END, '2026-03-01T16:00:00.000000Z', 1, 1
    FROM (SELECT member, min(day) AS day, sum(total) AS spend FROM purchases GROUP BY member)""",
    """INSERT INTO entitlements (member, level, status, start, after) SELECT member, 'Gold', 'running', '2025-03-01', 0
    FROM standings WHERE tier = 'Gold'""",
    """UPDATE standings SET due_at = min((SELECT min(expires_at) FROM lots WHERE lots.member = standings.member),
    coalesce(strftime('%Y-%m-%dT%H:%M:%S', review_on, '-8 hours') || '.000000Z', '9'))""",
    "UPDATE counts SET value = :members * 6 + 10 WHERE name = 'numbers'",
)


def night(folder: Path, members: int, nights: int) -> list[Figure]:
    """Each night first bare, then ours; a last one with a till that sells."""
    file = folder / "night.sqlite"
    shop = Shop(file, RULES, 0)
    with writing_connection(shop.engine) as connection:
        for statement in _ROWS:
            values = {"members": members} if ":members" in statement else {}
            connection.exec_driver_sql(statement, values)
    checkpoint(shop.engine)
    shop.members = members
    bare = BareNight(folder / "bare.sqlite", file)
    taken: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    holds: list[tuple[float, float]] = []
    for number in range(nights):
        moment = FIRST_NIGHT + timedelta(days=number)
        taken["bare"].append(_timed(partial(_bare, bare, moment)))
        with _watched(holds):
            taken["ours"].append(_timed(partial(run_day_jobs, shop.engine, moment)))
        assert bare.figures() == _figures(file), "the two nights did not do the same"
    waits = _sell_meanwhile(shop, FIRST_NIGHT + timedelta(days=nights))
    bare.close()
    shop.close()
    floor, ours = (median(wall for wall, _ in taken[name]) for name in ("bare", "ours"))
    bare_cpu, our_cpu = (median(cpu for _, cpu in taken[name]) for name in ("bare", "ours"))
    return [
        Figure("bare, one transaction", 1e3 * floor, "ms"),
        Figure("loyalty nightly", 1e3 * ours, "ms", ours / floor, 3.0),
        Figure("  bare, processor time", 1e3 * bare_cpu, "ms"),
        Figure("  nightly, processor time", 1e3 * our_cpu, "ms", our_cpu / bare_cpu, 3.0),
        *_of_the_lock(holds),
        Figure(f"  {len(waits)} sales meanwhile, median", 1e3 * median(waits), "ms"),
        Figure("  a sale meanwhile, longest", 1e3 * max(waits), "ms", 1e3 * max(waits), 100.0),
    ]


@contextmanager
def _watched(holds: list[tuple[float, float]]) -> Iterator[None]:
    """Meanwhile each transaction of the day jobs leaves how long nobody else could write: wall and processor, in s."""
    real = day_jobs.write

    @contextmanager
    def write(engine: Engine) -> Iterator[Session]:
        with real(engine) as session:
            begun, spent = time.perf_counter(), time.thread_time()
            yield session
        holds.append((time.perf_counter() - begun, time.thread_time() - spent))

    day_jobs.write = write
    try:
        yield
    finally:
        day_jobs.write = real


def _of_the_lock(holds: list[tuple[float, float]]) -> list[Figure]:
    walls = sorted(wall for wall, _ in holds)
    most = max(spent for _, spent in holds)
    return [
        Figure(f"  the lock, {len(walls)} times, 99 of 100", 1e3 * walls[len(walls) * 99 // 100], "ms"),
        Figure("  the lock, longest", 1e3 * walls[-1], "ms", 1e3 * walls[-1], 100.0),
        Figure("  the lock, most processor time", 1e3 * most, "ms", 1e3 * most, 100.0),
    ]


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall and of the processor."""
    begun, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - spent


def _bare(bare: BareNight, moment: datetime) -> None:
    last = moment.date() + timedelta(days=1)  # the day that begins in Hong Kong
    bare.run(rfc3339(moment), str(last - timedelta(days=364)), str(last), GOLD)


def _figures(file: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(file)) as connection:
        points = connection.execute("SELECT sum(balance) FROM accounts").fetchone()[0]
        gold = connection.execute("SELECT count(*) FROM standings WHERE tier = 'Gold'").fetchone()[0]
    return int(points), int(gold)


def _sell_meanwhile(shop: Shop, moment: datetime) -> list[float]:
    """One more night, while a till sells as fast as it is answered; how long each sale took."""
    waits: list[float] = []
    over = threading.Event()

    def till() -> None:
        number = 0
        while not over.is_set() or not waits:
            number += 1
            body = {"id": f"n{number}", "member": f"m{number * 7919 % shop.members:07}", "amount": "105.00"}
            waits.append(_timed(partial(shop.book, body, moment))[0])

    thread = threading.Thread(target=till)
    thread.start()
    run_day_jobs(shop.engine, moment)
    over.set()
    thread.join()
    return waits
