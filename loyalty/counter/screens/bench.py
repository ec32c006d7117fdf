"""The technician's bench: every device with its state, its conversation and, where it is simulated, a hand on it.

A simulator is spoken to over its control address only; nothing of it is imported here.
"""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from flask import Blueprint, Response, abort, jsonify, render_template, request

from loyalty.counter.device_thread import DeviceThread
from loyalty.counter.screens.problems import problem
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.counter.settings import LANGUAGES
from loyalty.counter.views import device_view
from loyalty.devices.trace.hiding import hidden
from loyalty.errors import Invalid, LoyaltyError, NotFound

TIMEOUT_S = 3.0
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PICTURES = {"card_printer": "face.png", "receipt_printer": "paper.png"}
_ACTIONS = {("POST", "card"), ("DELETE", "card"), ("POST", "fault"), ("DELETE", "fault"), ("POST", "scan"),
            ("POST", "swipe")}  # fmt: skip


class NoSimulator(LoyaltyError):
    """A hand on a real device needs a person, and a simulator that has stopped cannot be reached."""

    code = "conflict"


blue = Blueprint("bench", __name__, url_prefix="/bench")


@blue.get("")
def page() -> str:
    return render_template("bench.html", settings=parts().settings, languages=LANGUAGES)


@blue.get("/devices")
def devices() -> Response:
    rows = [_row(unit) for unit in parts().agent.units.values()]
    people = [{"name": member.name, "card": member.card, "code": member.code}
              for member in parts().settings.demo_members]  # fmt: skip
    return jsonify({"devices": rows, "members": people})


@blue.get("/devices/<id>/trace")
def trace(id: str) -> Response:
    unit = unit_called(id)
    after = request.args.get("after", 0, type=int)
    if unit.settings.control:  # a simulator knows what its bytes mean
        return jsonify(_control.json(unit, "GET", f"/wire?after={after}"))
    rows = [row if request.args.get("raw") else hidden(row) for row in unit.trace.after(after)]
    return jsonify([row.to_json() for row in rows])


@blue.get("/devices/<id>/picture.png")
def thing(id: str) -> Response:
    """The card's face or the paper, as a person would see it."""
    unit = unit_called(id)
    name = _PICTURES.get(unit.settings.role)
    if name is None or not unit.settings.control:
        abort(404)
    status, body = _control.call(unit, "GET", f"/{name}")
    if status != 200:
        abort(404)
    return Response(body, mimetype="image/png")


@blue.route("/devices/<id>/<action>", methods=["POST", "DELETE"])
def act(id: str, action: str) -> Response:
    """A hand on a simulated device: a card put in, a code scanned, a cable pulled."""
    unit = unit_called(id)
    if (request.method, action) not in _ACTIONS:
        abort(404)
    body = json_body() if request.method == "POST" else request.args.to_dict()
    status, answer = _control.call(unit, request.method, f"/{action}", body)
    if status >= 400:
        return problem(422, "invalid", str(_loaded(answer).get("error") or "The simulator refused."))
    return Response(answer, mimetype="application/json")


class Control:
    """HTTP to the simulators' control addresses, on this machine only."""

    def __init__(self) -> None:
        self._opener = build_opener(ProxyHandler({}))

    def json(self, unit: DeviceThread, method: str, path: str) -> Any:
        status, body = self.call(unit, method, path)
        if status != 200:
            raise NoSimulator(f"The simulator of {unit.settings.id} answered {status}.")
        return json.loads(body)

    def call(self, unit: DeviceThread, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Status and body; NoSimulator for a real device or a simulator that is gone."""
        base = unit.settings.control
        if base is None:
            raise NoSimulator(f"{unit.settings.id} is a real device; do this with your own hands.")
        if urlsplit(base).hostname not in _LOOPBACK:
            raise Invalid(f"The control address {base} is not on this machine.")
        data = None if body is None else json.dumps(body).encode()
        asked = Request(base.rstrip("/") + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with self._opener.open(asked, timeout=TIMEOUT_S) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()
        except (OSError, HTTPException) as error:
            raise NoSimulator(f"The simulator of {unit.settings.id} cannot be reached; start it again.") from error


_control = Control()


def unit_called(id: str) -> DeviceThread:
    """NotFound for an id that no device of this counter has."""
    units = parts().agent.units
    unit = units.get(id)
    if unit is None:
        raise NotFound(f"There is no device {id!r} at this counter; known are {', '.join(units)}.")
    return unit


def _row(unit: DeviceThread) -> dict[str, Any]:
    """The device as the counter sees it and, where it is simulated, as it is."""
    row = {**device_view(unit.state), "port": unit.settings.port, "vendor": unit.profile.vendor,
           "model": unit.profile.model, "unverified": list(unit.profile.unverified()), "inside": None}  # fmt: skip
    if unit.settings.control:
        try:
            row["inside"] = _control.json(unit, "GET", "/state")
        except NoSimulator as error:
            row["advice"] = str(error)
    return row


def _loaded(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
