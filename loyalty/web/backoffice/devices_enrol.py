"""Counters come in by a one-time code made here, and are sent away; sending away can be taken back for a while."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid
from loyalty.printing.codes import QUIET_QR, qr
from loyalty.web.access import allows
from loyalty.web.api.enrolments import make_code, restore, revoke
from loyalty.web.audit import tell
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("device_counters", __name__, url_prefix="/devices/counters")


@blueprint.get("/new")
@allows("counter.enrol", fresh=True)
def new() -> str:
    """`counter=till-1`: the name stands there already."""
    return render_template("counter_new.html", typed=request.args.get("counter", "")[:60], wrong="")


@blueprint.post("/new")
@allows("counter.enrol", fresh=True)
def make() -> str | tuple[str, int]:
    """The code, the command and the QR code, shown this once."""
    name = request.form.get("counter", "").replace("\x00", "").strip()[:200]
    try:
        with write(services().engine) as session:
            made = make_code(session, name, current_user.email, services().now())
            tell(session, "counter.code", f"counter:{made.counter}")
    except Invalid:
        wrong = _("A counter’s name has 1 to 60 plain characters without a colon, such as till-1.")
        return render_template("counter_new.html", typed=name, wrong=wrong), 422
    command = f"loyalty counter enrol --server {request.host_url.rstrip('/')} --code {made.code}"
    local = request.host.partition(":")[0] in ("127.0.0.1", "localhost")
    return render_template("counter_code.html", made=made, command=command, picture=qr_picture(command), local=local)


@blueprint.post("/<id>/revoke")
@allows("counter.enrol", fresh=True)
def send_away(id: str) -> Response:
    """The counter's key stops at once; what it has not sent stays on its disk."""
    with write(services().engine) as session:
        revoke(session, id, services().now())
        tell(session, "counter.revoke", f"counter:{id}")
    say(_("%(counter)s is not let in any more.", counter=id), undo=url_for("device_counters.let_back", id=id))
    return redirect(url_for("devices.index"), code=303)


@blueprint.post("/<id>/restore")
@allows("counter.enrol", fresh=True)
def let_back(id: str) -> Response:
    """The key that was stopped works again, within half an hour."""
    try:
        with write(services().engine) as session:
            restore(session, id, services().now())
            tell(session, "counter.restore", f"counter:{id}")
        say(_("%(counter)s is let in again.", counter=id))
    except Conflict:
        say(_("This cannot be taken back any more; make a code and enrol the counter again."))
    return redirect(url_for("devices.index"), code=303)


def qr_picture(text: str) -> Markup:
    """A QR code as SVG of one path, with its quiet zone."""
    rows = qr(text)
    side = len(rows) + 2 * QUIET_QR
    path = "".join(
        f"M{x + QUIET_QR} {y + QUIET_QR}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dot in enumerate(row)
        if dot == "1"
    )
    return Markup(
        '<svg class="qr" role="img" aria-labelledby="qr-says" viewBox="0 0 {0} {0}"><path d="{1}"/></svg>'
    ).format(side, path)
