"""The engine on the database: reads facts, decides, posts, all in the session's one transaction."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from loyalty.points import engine, ledger
from loyalty.points.enrolment import Enrolment
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.step import Context

UNTAKEN = 1 << 60
"""Greater than every number ever handed out: for rows that are thrown away."""


class Ledger:
    """The engine's verbs on one session. Several steps may follow each other; each sees what the ones before posted."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.facts = SqlFacts(session)
        self.context = Context(ledger.SqlNumbers(self.facts.cursor))

    def perform(
        self, verb: str, body: Mapping[str, Any], now: datetime, occurred_at: datetime | None = None
    ) -> engine.Outcome:
        """One step, decided and written down. Raises LoyaltyError and writes nothing when it cannot be."""
        outcome = engine.perform(self.facts, verb, body, now, self.context, occurred_at)
        ledger.post(self.session, outcome.plan)
        return outcome

    def quote(self, body: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
        """What a purchase would come to; nothing is written, not even the numbers are taken."""
        return engine.quote(self.facts, body, now, Context(count(UNTAKEN).__next__))

    def enrol(self, new: Enrolment, now: datetime) -> None:
        """A new member with what was brought along."""
        ledger.post(self.session, engine.enrol(self.facts, new, now, self.context))

    def put_programme(
        self, document: Mapping[str, Any], now: datetime, effective_at: datetime | None = None
    ) -> None:
        """A version of the programme in force from `effective_at` (default now)."""
        ledger.post(self.session, engine.put_programme(self.facts, document, now, self.context, effective_at))

    def advance(self, to: datetime) -> int:
        """Runs the clock for everybody up to and including `to`; how many plans that took."""
        posted = 0
        for plan in engine.advance(self.facts, to, self.context):
            ledger.post(self.session, plan)
            posted += 1
        return posted
