"""The counter's API, cards made for a job: rest, go on, the card in hand is spoilt."""

from flask import Blueprint, Response, jsonify

from loyalty.counter.choosing import NotOffline
from loyalty.counter.link import Unreachable
from loyalty.counter.screens.this_counter import parts
from loyalty.counter.views import making_view
from loyalty.errors import NotFound

blue = Blueprint("making", __name__)


@blue.post("/making:<verb>")
def steer(verb: str) -> Response:
    """`pause`, `resume`, `spoilt`."""
    issuing = parts().issuing
    if verb not in ("pause", "resume", "spoilt"):
        raise NotFound("Cards are paused, resumed or spoilt.")
    try:
        issuing.spoilt() if verb == "spoilt" else issuing.steer(verb)
    except Unreachable as error:
        raise NotOffline("The server cannot be reached; try again in a moment.") from error
    return jsonify({"making": making_view(issuing)})
