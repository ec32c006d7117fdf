"""The counter's API, hints: what the server lets the cashier say to the member who is here, and that it was said.

A courtesy: asked when the member is on the screen already, and where the server is away or slow there is none.
"""

import logging
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify

from loyalty.contract.hints import Hint
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.choosing import NoMember
from loyalty.counter.link import Unreachable
from loyalty.counter.sale_request import read_texts
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.errors import LoyaltyError

MOST = 2
log = logging.getLogger(__name__)
blue = Blueprint("hints", __name__)


@blue.get("/member/hints")
def hints() -> Response:
    """`{hints: [{kind, text, id, of}]}`, two at most."""
    present = parts().desk.till.present
    if present is None or present.member is None:
        return jsonify({"hints": []})
    answer = _asked("GET", f"hints?member={quote(present.member.id, safe='')}")
    found = [from_json(Hint, each) for each in answer.get("hints") or ()]
    return jsonify({"hints": [to_json(each) for each in found[:MOST]]})


@blue.post("/member/hints:said")
def said() -> Response:
    """`{ids}` of messages that need not come again."""
    present, ids = parts().desk.till.present, read_texts(json_body(), "ids")
    if present is None or present.member is None:
        raise NoMember("Nobody is at the counter; scan or tap a card first.")
    answer = _asked("POST", "hints:said", {"member": present.member.id, "ids": list(ids)}) if ids else {}
    return jsonify({"said": answer.get("said", 0)})


def _asked(method: str, what: str, body: object = None) -> dict[str, Any]:
    """The server's answer, empty without one."""
    if not parts().watch.state.online:
        return {}
    try:
        return dict(parts().link.at_counter(method, what, body) or {})
    except (Unreachable, LoyaltyError) as error:
        log.info("no hints: %s", error)
        return {}
