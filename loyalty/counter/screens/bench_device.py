"""What the bench does to a whole device: the self-test, its settings, its profile, history and support bundle."""

from flask import Blueprint, Response, jsonify

from loyalty.counter.screens.bench import unit_called
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.counter.self_test import SelfTest
from loyalty.devices.capabilities import capabilities_of
from loyalty.devices.options import options_of, set_for, value_of
from loyalty.errors import Conflict, DeviceError, Invalid

blue = Blueprint("bench_device", __name__, url_prefix="/bench")


@blue.get("/devices/<id>/about")
def about(id: str) -> Response:
    """Profile with the source of each fact, what can be set, and the last states."""
    unit = unit_called(id)
    profile = unit.profile
    facts = [{"name": name, "value": fact.value, "source": fact.source, "verified": fact.verified}
             for name, fact in profile.facts.items()]  # fmt: skip
    states = [{"at": state.since.isoformat(timespec="seconds"), "state": state.health.value, "cause": state.cause}
              for state in reversed(unit.history)]  # fmt: skip
    return jsonify({
        "name": profile.name, "vendor": profile.vendor, "model": profile.model, "firmware": profile.firmware,
        "verified": profile.verified, "notes": profile.notes, "capabilities": capabilities_of(profile),
        "facts": facts, "states": states, "options": [
            {"fact": each.fact, "kind": each.kind, "choices": list(each.choices), "least": each.least,
             "most": each.most, "help": each.help, "value": value_of(profile, each.fact)}
            for each in options_of(profile)
        ],
    })  # fmt: skip


@blue.post("/devices/<id>/check")
def begin(id: str) -> tuple[Response, int]:
    test = _test(id)
    test.start()
    return jsonify(test.view()), 202


@blue.get("/devices/<id>/check")
def progress(id: str) -> Response:
    return jsonify(_test(id).view())


@blue.post("/devices/<id>/check/answer")
def answer(id: str) -> Response:
    """Yes or no of the person who looks at what came out."""
    good = json_body().get("good")
    if not isinstance(good, bool):
        raise Invalid('Say {"good": true} or {"good": false}.', pointer="/good")
    _test(id).answer(good)
    return jsonify(_test(id).view())


@blue.get("/devices/<id>/check/report.<form>")
def report(id: str, form: str) -> Response:
    """The last report: html to print, txt, or json."""
    found = _test(id).report
    if found is None:
        raise Conflict("This device has not been tested since the counter was started.")
    if form == "json":
        return jsonify(found.to_json())
    kind = "text/html" if form == "html" else "text/plain"
    answer = Response(found.to_html() if form == "html" else found.to_text(), mimetype=kind)
    if form == "html":  # the page is of one piece and runs nothing
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer


@blue.post("/devices/<id>/settings")
def configure(id: str) -> Response:
    """Facts that are otherwise here; in force at once and until the counter ends."""
    unit = unit_called(id)
    profile = set_for(unit.profile, json_body())
    try:
        with unit.lent():
            unit.use(profile)
    except DeviceError as error:
        raise Conflict(f"{error} {error.advice}") from error
    return about(id)


@blue.get("/devices/<id>/support.zip")
def support(id: str) -> Response:
    packed = parts().pack(unit_called(id).settings.id)
    headers = {"Content-Disposition": f'attachment; filename="support-{id}.zip"'}
    return Response(packed, mimetype="application/zip", headers=headers)


def _test(id: str) -> SelfTest:
    return parts().tests.of(id)
