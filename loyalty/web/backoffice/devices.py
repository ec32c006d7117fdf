"""Counters and their devices: what needs a hand first, one device's life, a check and a support bundle from afar."""

from io import BytesIO

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as Answer

from loyalty.db.session import write
from loyalty.errors import Conflict
from loyalty.web.access import allows
from loyalty.web.api import errands
from loyalty.web.audit import tell
from loyalty.web.backoffice import devices_view as view
from loyalty.web.backoffice import devices_words as words
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("devices", __name__, url_prefix="/devices")


@blueprint.get("")
@allows("device.view")
def index() -> str:
    """All counters; `show=trouble`: only those that need a hand."""
    counters = view.read_counters(reading(), services().now())
    only = request.args.get("show") == "trouble"
    shown = [counter for counter in counters if counter.needs_a_hand] if only else counters
    return render_template("devices.html", counters=shown, everything=counters, only=only, words=words)


@blueprint.get("/at/<id>/<key>")
@allows("device.view")
def page(id: str, key: str) -> str:
    """One device: `id` is its counter, `key` its own name there."""
    now, session = services().now(), reading()
    device = view.read_device(session, id, key)
    history = view.read_history(session, id, key)
    if device is None and not history:
        abort(404)
    counter = next((one for one in view.read_counters(session, now) if one.id == id), None)
    return render_template(
        "device.html", id=id, key=key, device=device, counter=counter, history=history, words=words,
        asked=view.read_errands(session, id, key, now),
    )  # fmt: skip


@blueprint.post("/at/<id>/<key>/<verb>")
@allows("device.test")
def ask(id: str, key: str, verb: str) -> Answer:
    """check or bundle: the counter does it as soon as it hears of it and nobody is being served."""
    if verb not in words.ERRANDS:
        abort(404)
    with write(services().engine) as session:
        errand = errands.ask(session, id, key, verb, current_user.email, services().now())
        tell(session, f"device.{verb}", f"device:{id}/{key}", after={"errand": errand})
    say(_("The counter is asked."), undo=url_for("devices.drop", token=errand))
    return redirect(url_for("devices.page", id=id, key=key), code=303)


@blueprint.post("/errands/<token>/drop")
@allows("device.test")
def drop(token: str) -> Answer:
    """Takes back what the counter has not begun."""
    try:
        with write(services().engine) as session:
            id, key = errands.drop(session, token, services().now())
            tell(session, "device.errand_drop", f"device:{id}/{key}", before={"errand": token})
    except Conflict:
        say(_("Too late: the counter has begun already."))
        return redirect(url_for("devices.index"), code=303)
    return redirect(url_for("devices.page", id=id, key=key), code=303)


@blueprint.get("/errands/<token>/file")
@allows("device.test")
def bundle(token: str) -> Response:
    """The support bundle as the counter packed it: without persons, keys or card numbers."""
    device, packed = errands.bundle_of(reading(), token)
    name = f"support-{device}.zip"
    return send_file(BytesIO(packed), mimetype="application/zip", as_attachment=True, download_name=name)
