"""A shop in memory: what tests of the engine stand in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.points import engine
from loyalty.points.body import moment
from loyalty.points.calendar import zone_of
from loyalty.points.enrolment import Enrolment
from loyalty.points.facts import Account, Standing
from loyalty.points.memory import MemoryFacts
from loyalty.points.step import Context

OPENS = "2026-01-01T12:00"


class Shop:
    """One programme, one ledger. Times are ISO texts in the programme's zone."""

    def __init__(self, programme: Mapping[str, Any], *members: str, opens: str = OPENS) -> None:
        self.facts = MemoryFacts()
        self.context = Context(self.facts.numbers)
        self.zone = zone_of(programme.get("timezone", "UTC"))
        self.now = self.time(opens)
        self.facts.absorb(engine.put_programme(self.facts, programme, self.now, self.context))
        for member in members or ("alice",):
            self.enrol(Enrolment(member))

    def time(self, text: str) -> datetime:
        return moment(text, self.zone, "at")

    def enrol(self, enrolment: Enrolment) -> None:
        self.facts.absorb(engine.enrol(self.facts, enrolment, self.now, self.context))

    def wait(self, until: str) -> None:
        self.now = self.time(until)
        for plan in engine.advance(self.facts, self.now, self.context):
            self.facts.absorb(plan)

    def do(self, verb: str, at: str | None = None, occurred: str | None = None, **body: Any) -> Mapping[str, Any]:
        """Performs a step for alice unless told otherwise; its result."""
        if at is not None:
            self.wait(at)
        late = self.time(occurred) if occurred else None
        if verb not in ("transfer", "return", "cancel", "reverse", "capture", "set_programme"):
            body.setdefault("member", "alice")
        outcome = engine.perform(self.facts, verb, body, self.now, self.context, occurred_at=late)
        self.facts.absorb(outcome.plan)
        return outcome.result

    def account(self, wallet: str = "points", member: str = "alice") -> Account:
        return self.facts.account(member, wallet) or Account(member, wallet)

    def standing(self, member: str = "alice") -> Standing:
        standing = self.facts.standing(member)
        assert standing is not None
        return standing
