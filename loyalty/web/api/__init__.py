"""The HTTP API for programs: keys instead of sessions, JSON instead of pages."""

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from loyalty.web.api import (
    cards,
    counter_cards,
    counter_hints,
    counters,
    enrolling,
    events,
    fleet,
    holds,
    import_files,
    imports,
    issue_jobs,
    ledger,
    machine,
    member_life,
    members,
    metrics,
    pins,
    programme,
    purchases,
    referrals,
    reports,
    reversals,
    standing,
    stream,
    till_cards,
    transfers,
    webhooks,
)
from loyalty.web.api.calls import blueprint
from loyalty.web.api.limits import install_limit
from loyalty.web.api.problems import of_http, problem
from loyalty.web.logs import log_failure

SUBJECTS = (
    *(programme, members, member_life, imports, cards, purchases, ledger, holds, transfers, events, reversals),
    *(standing, issue_jobs, counters, counter_cards, counter_hints, till_cards, enrolling, fleet, pins),
    *(import_files, referrals, reports, webhooks, stream, metrics, machine),
)
"""Each adds its calls to the blueprint when it is imported."""


def register(app: Flask, per_minute: int = 0) -> None:
    """Adds the API to `app`. `per_minute`: calls of one key, 0 for no limit."""
    app.register_blueprint(blueprint)
    install_limit(app, per_minute)


@blueprint.errorhandler(Exception)
def _failed(fault: Exception) -> Response:
    if isinstance(fault, HTTPException):  # the framework's own refusals, before any view
        return of_http(fault)
    log_failure(fault)
    return problem("internal", "The server failed; nothing was changed. Its log says more under this request's id.")
