"""The counter's API for its own screens and for tills of other makes. docs/counter.md describes each call."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from loyalty.contract.outcomes import Refusal
from loyalty.counter import till as till_mind
from loyalty.counter.events import TooManyClients
from loyalty.counter.identify import OFFLINE
from loyalty.counter.outbox import Entry
from loyalty.counter.parts import Parts
from loyalty.counter.sale_request import read_amount, read_sale, read_token
from loyalty.counter.screens.problems import problem
from loyalty.counter.views import device_view, job_view, link_view, outcome_view, short_id, till_view
from loyalty.errors import Invalid, NotFound

CASHIER_EVENTS = frozenset({"member", "outcome", "device", "print", "link"})
LOOKUP_S = 4.0
_PENDING = "The sale is stored at this counter and will be credited as soon as the server can be reached."


def api(parts: Parts) -> Blueprint:
    blue = Blueprint("api", __name__)
    desk, selling, jobs = parts.desk, parts.selling, parts.jobs

    @blue.get("/state")
    def state() -> Response:
        link = link_view(parts.watch.state)
        return jsonify({
            "counter": parts.settings.id, "store": parts.settings.store, "shop": parts.settings.shop,
            "currency": parts.settings.currency, "online": link["online"], "pending": link["pending"], "link": link,
            **till_view(desk.till, parts.settings.currency), "last_outcome": desk.last_outcome,
            "devices": [device_view(unit) for unit in parts.agent.states()],
            "print_jobs": [job_view(job, parts.snapshots) for job in jobs.unfinished()],
        })  # fmt: skip

    @blue.get("/events")
    def events() -> Response:
        return stream(parts, CASHIER_EVENTS)

    @blue.post("/identify")
    def identify() -> tuple[Response, int] | Response:
        body = json_body()
        if "search" in body:
            return jsonify({"members": parts.search(str(body["search"]).strip())})
        if "member" in body:
            parts.choose(str(body["member"]))
            return jsonify(till_view(desk.till, parts.settings.currency))
        if "token" not in body:
            raise Invalid('Say who: {"token": …}, {"search": …} or {"member": …}.', pointer="/token")
        token = read_token(body["token"])
        desk.present_token(token, ("cashier",))
        till = desk.wait_until_asked(token, LOOKUP_S)
        if till.notice and not (till.present and till.present.token == token):
            return problem(*_status_of(till.notice.code), till.notice.detail)
        if till.present is not None and till.present.member is None:
            return jsonify({"status": OFFLINE.code, "detail": OFFLINE.sentence}), 202
        return jsonify(till_view(till, parts.settings.currency))

    @blue.delete("/member")
    def detach() -> Response:
        return jsonify(till_view(desk.act(till_mind.detach), parts.settings.currency))

    @blue.post("/question")
    def question() -> Response:
        answer = json_body().get("answer")
        if answer not in ("switch", "keep"):
            raise Invalid("The answer is switch or keep.", pointer="/answer")
        till = desk.act(lambda till: till_mind.decide(till, answer == "switch"))
        return jsonify(till_view(till, parts.settings.currency))

    @blue.post("/quote")
    def quote() -> Response:
        given = json_body().get("amount")
        amount = read_amount(given, parts.settings.currency) if given not in (None, "") else None
        return jsonify({"amount": None if amount is None else str(amount), "quote": selling.quote(amount)})

    @blue.get("/sales")
    def sales() -> Response:
        return jsonify({"sales": selling.last_sales(), "undo_minutes": parts.settings.undo_minutes})

    @blue.post("/sales")
    def sell() -> tuple[Response, int] | Response:
        return _answer(*selling.sell(read_sale(json_body(), parts.settings.currency)))

    @blue.post("/sales/<path:id>:undo")
    def undo(id: str) -> tuple[Response, int] | Response:
        return _answer(*selling.undo(id))

    @blue.post("/print-jobs/<id>:retry")
    def retry(id: str) -> Response:
        if not jobs.retry(id, parts.clock()):
            raise NotFound("There is no such print job to try again; look at the list.")
        return jsonify({"id": id})

    @blue.post("/print-jobs/<id>:drop")
    def drop(id: str) -> Response:
        if not jobs.drop(id):
            raise NotFound("There is no such print job open; look at the list.")
        return jsonify({"id": id})

    return blue


def json_body() -> dict[str, Any]:
    """The request's JSON object; Invalid in one sentence otherwise."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object, sent as Content-Type: application/json.")
    return body


def stream(parts: Parts, names: frozenset[str]) -> Response:
    """Server-sent events of these names; 503 when all places are taken."""
    try:
        text = parts.hub.stream(names, request.headers.get("Last-Event-ID"))
    except TooManyClients:
        full = problem(503, "busy", "Too many screens listen to this counter; close some, or ask /state instead.")
        full.headers["Retry-After"] = "5"
        return full
    return Response(text, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _answer(entry: Entry, new: bool) -> tuple[Response, int] | Response:
    if entry.open:
        return jsonify({**outcome_view(entry, None), "sentence": _PENDING}), 202
    if isinstance(entry.outcome, Refusal):
        return problem(*_status_of(entry.outcome.code), entry.outcome.sentence)
    answer = jsonify({**outcome_view(entry, entry.outcome), "id": short_id(entry)})
    if not new:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer, 201 if new else 200


def _status_of(code: str) -> tuple[int, str]:
    return {"unknown_member": 404, "not_found": 404}.get(code, 409), code
