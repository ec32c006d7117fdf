"""A till that speaks HTTP: `POST /tills/{id}/receipts` on the loopback address, with the till's own key."""

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from loyalty.counter.screens.problems import problem, status_of
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.counter.tills.answers import NO_MEMBER, PENDING, REFUSED, REPEATED, answer_of
from loyalty.counter.tills.receipt import read_receipt
from loyalty.counter.tills.settings import HTTP, KEYBOARD, TillSettings
from loyalty.errors import Invalid, NotFound

LONGEST_LINE = 512
blue = Blueprint("tills", __name__, url_prefix="/tills")


@blue.post("/<id>/receipts")
def receive(id: str) -> tuple[Response, int] | Response:
    """A receipt: 201 booked, 200 the same answer again or nobody's receipt, 202 stored, 4xx refused."""
    counter, till = parts(), _till(id, HTTP)
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secrets.compare_digest(key.strip().encode(), till.key.encode()):
        answer = problem(401, "unauthorized", f"This is not the key of the till {id}; send Authorization: Bearer KEY.")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    settings = counter.settings
    receipt = read_receipt(json_body(), settings.currency, settings.zone, counter.clock())
    return _answer(answer_of(receipt.number, counter.tills.booking.book(till, receipt)))


@blue.post("/<id>/lines")
def typed(id: str) -> Response:
    """What a till typed into the cashier's page, one line; the answers to the receipts that it completed."""
    text = json_body().get("line")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_LINE:
        raise Invalid(f"line is what the till typed, 1 to {LONGEST_LINE} characters.", pointer="/line")
    return jsonify({"receipts": parts().tills.line(_till(id, KEYBOARD), text)})


def _till(id: str, way: str) -> TillSettings:
    for till in parts().settings.tills:
        if till.id == id and till.way == way:
            return till
    raise NotFound(f"No till {id[:40]!r} with the way {way} stands in this counter's settings.")


def _answer(body: dict[str, Any]) -> tuple[Response, int] | Response:
    status = body["status"]
    if status == REFUSED:
        return problem(status_of(body["code"]), body["code"], body["sentence"])
    answer = jsonify(body)
    if body[REPEATED]:
        answer.headers["Idempotency-Replayed"] = "true"
    if status == PENDING:
        return answer, 202
    return answer, 200 if body[REPEATED] or status == NO_MEMBER else 201
