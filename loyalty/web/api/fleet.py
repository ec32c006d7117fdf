"""Counters tell of themselves and their devices, fetch what is asked of these, and tell how far that is."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.contract.fleet import CounterReport, ErrandReport
from loyalty.contract.wire import from_json, to_json
from loyalty.errors import LoyaltyError
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.errands import open_errands, take_errand_report
from loyalty.web.api.fleet_book import take_report
from loyalty.web.api.schemas_fleet import CounterReportBody, ErrandReportBody, ErrandStatusAnswer, ReportAnswer


@call("POST", "/counters/<id>/report", scope="counter", body=CounterReportBody, changes=False, gives=ReportAnswer,
      answer="`errands`: what is asked of this counter's devices now.")  # fmt: skip
def report(session: Session, asked: Asked[CounterReportBody]) -> dict[str, Any]:
    """How the counter and its devices are: sent every quarter of a minute, and at once when a device changes."""
    counter = _counter(asked)
    told = from_json(CounterReport, asked.body.model_dump(mode="json"))
    found = open_errands(session, counter, asked.now)
    session.close()  # the report has a transaction of its own, and seldom one that writes
    take_report(asked.services.engine, counter, told, asked.now)
    return {"errands": [to_json(errand) for errand in found]}


@call("POST", "/counters/<id>/errands/<errand>", scope="counter", body=ErrandReportBody, changes=False,
      gives=ErrandStatusAnswer, answer="The errand's `status` afterwards.")  # fmt: skip
def errand(session: Session, asked: Asked[ErrandReportBody]) -> dict[str, str]:
    """How far an errand is. Each report tells all of it, so sending it twice changes nothing."""
    counter = _counter(asked)
    told = from_json(ErrandReport, asked.body.model_dump(mode="json"))
    session.close()
    id = asked.path["errand"]
    return {"status": take_errand_report(asked.services.engine, counter, id, told, asked.now)}


def _counter(asked: Asked[Any]) -> str:
    if asked.key.test:
        raise LoyaltyError("A test key cannot tell of devices: what it says is not kept.", code="forbidden")
    return asked.path["id"]
