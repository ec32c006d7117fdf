"""The day jobs: what time alone does to every member. Safe to run twice, to be killed, and to catch up many days.

Midnight by midnight: statements over many members settle the frequent cases, the engine does whoever is left. Each
chunk is a transaction of its own, so that sales go on in between.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.db.session import folded_aside, read, write
from loyalty.points import engine as rules
from loyalty.points import ledger, sql_night
from loyalty.points.calendar import end_of_day, is_midnight, zone_of
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts

CHUNK = 2_000
"""Members settled together at most. The first chunk is a tenth of it, later ones go by the time taken, never below
that tenth: what a chunk costs by itself would be all that is left."""
AT_A_LOOK = 40
"""Due members asked for at once by the engine's own clock."""
HOLD_S = 0.03
"""Of the processor: how long a transaction should keep others from writing."""
LONGEST_HOLD_S = 0.08
"""On the wall, however little the busy machine gave us of its processor meanwhile."""
FOLD_EVERY = 10
"""Of the engine's own transactions so many before their pages are folded into the file."""
PAUSE_S = 0.001
"""Between transactions, so that whoever waits gets the turn."""


def run_day_jobs(engine: Engine, until: datetime, chunk: int = CHUNK) -> int:
    """Activates, expires, reviews levels and gives birthdays up to and including `until`; how many steps that took."""
    done = 0
    with folded_aside(engine) as fold:
        while (stop := _next_stop(engine, until)) is not None:
            done += _settle_many(engine, stop, chunk, fold)
            done += _do_the_rest(engine, stop, chunk, fold)
            if stop == until:
                break
    return done


def _next_stop(engine: Engine, until: datetime) -> datetime | None:
    """The next midnight at which something is due, or the last moment before it; `until` when nothing is."""
    with read(engine) as session:
        facts = SqlFacts(session)
        clock, due = facts.clock(), facts.members_due(until, 1)
        if facts.latest() is None or (clock is not None and until < clock):
            return None
        if not due:
            return until
        first = max(due[0][0], clock or due[0][0])
        version = facts.version(first)
    assert version is not None
    zone = zone_of(version.programme.timezone)
    if is_midnight(first, zone):
        return first
    last = end_of_day(first.astimezone(zone).date(), zone) - timedelta(microseconds=1)
    return min(until, last)


def _settle_many(engine: Engine, stop: datetime, chunk: int, fold: Callable[[], None]) -> int:
    """Chunk after chunk in order of due moments; how many members need no more."""
    least = size = max(1, chunk // 10)
    done, after, night = 0, None, sql_night.Night(stop)
    while True:
        with write(engine) as session:
            begun, worked = time.monotonic(), time.thread_time()
            found = night.settle(session, after, size)
        taken, spent = time.monotonic() - begun, time.thread_time() - worked  # the commit too: it keeps others waiting
        done += found.settled
        if found.seen < size:
            return done
        after = found.last
        fits = min(HOLD_S / max(spent, 1e-4), LONGEST_HOLD_S / max(taken, 1e-4))
        size = max(least, min(int(size * fits), size * 3, chunk))
        time.sleep(PAUSE_S)
        fold()


def _do_the_rest(engine: Engine, stop: datetime, chunk: int, fold: Callable[[], None]) -> int:
    """Whoever is still due, one after the other, in order of time; then the clock stands at `stop`."""
    done = 0
    for turn in count(1):
        with write(engine) as session:
            steps, finished = _some(session, stop, chunk)
        done += steps
        if finished:
            break
        time.sleep(PAUSE_S)
        if turn % FOLD_EVERY == 0:
            fold()
    return done


def _some(session: Session, stop: datetime, chunk: int) -> tuple[int, bool]:
    """As many of the engine's plans as fit into HOLD_S, at most `chunk`; whether that was the last one."""
    book, ends, steps = Ledger(session), time.monotonic() + HOLD_S, 0
    for plan in rules.advance(book.facts, stop, book.context, batch=min(chunk, AT_A_LOOK)):
        ledger.post(session, plan)
        if plan.clock_to is not None:  # the last one only moves the clock
            return steps, True
        steps += 1
        if steps >= chunk or time.monotonic() > ends:
            return steps, False
    return steps, True  # the clock stands later already: somebody else ran it
