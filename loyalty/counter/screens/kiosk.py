"""The kiosk's page and the little it may know: a masked name, balances, the way to the next level."""

from dataclasses import replace

from flask import Blueprint, Response, abort, jsonify, render_template

from loyalty.contract.wire import to_json
from loyalty.counter import kiosk as kiosk_mind
from loyalty.counter.face import face_of
from loyalty.counter.kiosk import Kiosk
from loyalty.counter.sale_request import read_text
from loyalty.counter.screens.pages import picture
from loyalty.counter.screens.this_counter import json_body, parts, stream
from loyalty.counter.settings import LANGUAGES
from loyalty.counter.views import kiosk_view
from loyalty.errors import NotFound

EVENTS = frozenset({"kiosk", "link"})
LEAVE_TO = "/bench"
blue = Blueprint("kiosk", __name__, url_prefix="/kiosk")


@blue.get("")
def page() -> str:
    return render_template("kiosk.html", settings=parts().settings, languages=LANGUAGES)


@blue.get("/state")
def state() -> Response:
    """The member here, whether the server can be reached, whether cards are printed here."""
    counter = parts()
    return jsonify({
        **kiosk_view(counter.desk.kiosk), "online": counter.watch.state.online, "prints": counter.kiosk_member.prints,
    })  # fmt: skip


@blue.get("/events")
def events() -> Response:
    return stream(EVENTS)


@blue.post("/touch")
def touch() -> Response:
    """Somebody is still there."""
    now = parts().clock()
    parts().desk.act_on_kiosk(lambda kiosk: kiosk_mind.touched(kiosk, now))
    return state()


@blue.delete("/member")
def done() -> Response:
    parts().desk.act_on_kiosk(lambda _: Kiosk())
    return state()


@blue.post("/history")
def history() -> Response:
    """`{pin?}`: the member's last purchases, after their PIN or to a chip that has proven itself."""
    return jsonify(parts().kiosk_member.history(read_text(json_body(), "pin")))


@blue.get("/challenges")
def challenges() -> Response:
    """`{challenges: [{name, badge, reached, target, won}]}` of the member who is here."""
    return jsonify({"challenges": [to_json(each) for each in parts().kiosk_member.challenges()]})


@blue.post("/card:print")
def print_card() -> Response:
    parts().kiosk_member.print_card()
    return jsonify({"status": "waiting_for_card"})


@blue.post("/leave")
def leave() -> Response:
    """`{pin}` of a supervisor: the technician may leave the kiosk's page."""
    if parts().staff.supervisor(read_text(json_body(), "pin") or "") is None:
        raise NotFound("There is nobody to leave for.")
    parts().desk.act_on_kiosk(lambda _: Kiosk())
    return jsonify({"to": LEAVE_TO})


@blue.get("/card.png")
def card() -> Response:
    """The card as it would be printed now, with the masked name: others can see this screen."""
    member = parts().desk.kiosk.member
    if member is None:
        abort(404)
    face = face_of(member, parts().settings, parts().clock(), masked=True)
    return picture(replace(face, number=f"…{member.number[-4:]}"))
