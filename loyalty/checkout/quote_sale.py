"""What a sale would come to, with the points that are held for it counted as there. Nothing is written."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any

from loyalty.errors import LoyaltyError
from loyalty.points import engine
from loyalty.points.sql_engine import UNTAKEN, Ledger
from loyalty.points.step import Context
from loyalty.points.store import Facts


def quote_sale(ledger: Ledger, body: Mapping[str, Any], holds: Sequence[str], now: datetime) -> Mapping[str, Any]:
    """`body` as the engine's verb takes it; `holds` that are not open any more count for nothing."""
    context = Context(count(UNTAKEN).__next__)
    facts: Facts = ledger.facts
    for hold in holds:
        found = ledger.facts.hold(hold)
        if found is not None and found.status == "open" and found.member == body.get("member"):
            with suppress(LoyaltyError):  # it times out at this very moment: then the points are free anyway
                facts = engine.perform(facts, "release", {"hold": hold}, now, context).plan
    return engine.quote(facts, body, now, context)
