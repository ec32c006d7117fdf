"""Harbour Club with a campaign for everybody: planned, asked for, agreed to, and sales in its days."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_plan import read_plan
from loyalty.campaigns.segments_keep import make_segment
from loyalty.campaigns.segments_rules import Rules
from loyalty.checkout.record_purchase import record_purchase
from loyalty.contract.commands import Line, RecordPurchase
from loyalty.db.session import write
from loyalty.members.conventions import Conventions
from tests.web.harbour import NOW

FIRST = date(2026, 11, 20)
LAST = date(2026, 12, 3)
START = datetime.fromisoformat("2026-11-20T00:01:00+08:00")
DOUBLE = {"kind": "multiply", "amount": "2"}


def planned(engine: Engine, *mechanics: dict[str, Any], **rest: Any) -> str:
    """The campaign's id; agreed to by a second person."""
    with write(engine) as session:
        everybody = make_segment(session, "Everybody", Rules(), "ann@harbour.example", NOW)
        given = {
            "goal": "more_visits", "segment": everybody.id, "first": FIRST.isoformat(), "last": LAST.isoformat(),
            "holdout": 20, "budget": "500", "mechanics": list(mechanics) or [DOUBLE], **rest,
        }  # fmt: skip
        found = life.plan_campaign(session, "November", read_plan(given), "ann@harbour.example", NOW)
        found = life.ask(session, found.id, "More visits before Christmas.", NOW)
        life.agree(session, found.id, found.version, "bob@harbour.example", NOW)
    return found.id


def sell(engine: Engine, member: str, at: datetime, total: str, place: int, codes: tuple[str, ...] = ()) -> Any:
    """The outcome of a sale of tea."""
    line = Line(Decimal(total), category="tea")
    sale = RecordPurchase(f"c_{place:04}", "till-9", place, at, member=member, lines=(line,), codes=codes)
    with write(engine) as session:
        return record_purchase(session, sale, at, Conventions())


def noon(days: int) -> datetime:
    """Of the campaign's n-th day, counted from zero."""
    return START + timedelta(days=days, hours=12)
