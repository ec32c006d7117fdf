"""The day jobs: what time alone does to every member. Safe to run twice, to be killed, and to catch up many days."""

from datetime import datetime
from itertools import islice

from sqlalchemy import Engine

from loyalty.db.session import read, write
from loyalty.points import engine as rules
from loyalty.points import ledger
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts

CHUNK = 40
"""Members in one transaction: sales wait no longer than that takes, some tens of milliseconds."""


def run_day_jobs(engine: Engine, until: datetime, chunk: int = CHUNK) -> int:
    """Activates, expires, reviews levels and gives birthdays up to and including `until`; how many steps that took."""
    with read(engine) as session:
        if SqlFacts(session).latest() is None:
            return 0
    done = 0
    while True:
        with write(engine) as session:
            book = Ledger(session)
            finished = True
            for plan in islice(rules.advance(book.facts, until, book.context, batch=chunk), chunk):
                ledger.post(session, plan)
                finished = plan.clock_to is not None  # the last one only moves the clock
                done += not finished
        if finished:
            return done
