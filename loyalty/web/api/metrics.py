"""Figures for a monitor (Prometheus): how the server fares, nothing about members or sales."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty import __version__
from loyalty.checkout.tables import staff_work
from loyalty.db.prepared import Cursor
from loyalty.db.session import read
from loyalty.errors import LoyaltyError
from loyalty.ops.jobs_table import jobs
from loyalty.web.api.calls import blueprint
from loyalty.web.api.keys import authenticate
from loyalty.web.api.problems import refused
from loyalty.web.services import services
from loyalty.web.tally import tally
from loyalty.webhooks.tables import deliveries

_OWN = frozenset({"127.0.0.1", "::1"})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Without a key only from this very machine, and not where a proxy would ask in everybody's name."""
    lent = services()
    lines = [f'loyalty_info{{version="{__version__}"}} 1']
    try:
        with read(lent.engine) as session:
            if lent.config.https or request.remote_addr not in _OWN:
                _refuse_without_key(session, lent.console)
            lines += _kept(session)
            lines.append("loyalty_database_up 1")
    except LoyaltyError as error:
        return refused(error)
    except DBAPIError:
        lines.append("loyalty_database_up 0")
    lines += tally().lines()
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _refuse_without_key(session: Session, console: str) -> None:
    key = authenticate(Cursor(session), request.headers.get("Authorization"), console)
    if not key.may("read"):
        raise LoyaltyError("This key lacks the scope 'read' that this call needs.", code="forbidden")


def _kept(session: Session) -> Iterator[str]:
    """What waits: small tables with an index, so that asking costs a sale nothing."""
    yield from _gauge("loyalty_jobs", _by_state(session, jobs.c.state))
    yield from _gauge("loyalty_webhook_messages", _by_state(session, deliveries.c.state))
    yield from _gauge("loyalty_staff_work", _by_state(session, staff_work.c.status))


def _by_state(session: Session, column: sa.Column[str]) -> Mapping[str, int]:
    counted = sa.select(column, sa.func.count()).group_by(column)
    return {str(state): int(number) for state, number in session.execute(counted)}


def _gauge(name: str, values: Mapping[str, int]) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    for state, number in sorted(values.items()):
        yield f'{name}{{state="{state}"}} {number}'
