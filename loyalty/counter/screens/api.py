"""The counter's API, first half: what is, what happens, who is here. docs/counter.md describes each call."""

from flask import Blueprint, Response, jsonify

from loyalty.counter import till as till_mind
from loyalty.counter.choosing import NoMember, NotOffline
from loyalty.counter.identify import OFFLINE
from loyalty.counter.link import Unreachable
from loyalty.counter.sale_request import read_text, read_token
from loyalty.counter.screens.problems import problem, status_of
from loyalty.counter.screens.this_counter import json_body, parts, stream
from loyalty.counter.views import clock_view, device_view, job_view, link_view, making_view
from loyalty.errors import Invalid

CASHIER_EVENTS = frozenset({"member", "outcome", "device", "print", "link", "receipt", "making", "clock", "allowed"})
LOOKUP_S = 4.0
blue = Blueprint("api", __name__)


@blue.get("/state")
def state() -> Response:
    """Everything at once; the names are those of the events."""
    counter = parts()
    settings, link = counter.settings, link_view(counter.watch.state)
    return jsonify({
        "counter": settings.id, "store": settings.store, "shop": settings.shop, "currency": settings.currency,
        "online": link["online"], "pending": link["pending"], "link": link, "clock": clock_view(counter.server_time),
        "offline": {"days": counter.choosing.limits.days, "redeem_points": counter.choosing.limits.points},
        "topups": counter.topping_up.offers,
        "claims": counter.selling.claims.offer is not None,
        "staff_known": counter.staff.known, "staff_cards": counter.staff.cards,
        **counter.desk.shown(), "last_outcome": counter.desk.last_outcome,
        "making": making_view(counter.issuing),
        "devices": [device_view(unit) for unit in counter.agent.states()],
        "print_jobs": [job_view(job, counter.snapshots, counter.redemptions) for job in counter.jobs.unfinished()],
    })  # fmt: skip


@blue.get("/events")
def events() -> Response:
    return stream(CASHIER_EVENTS)


@blue.post("/identify")
def identify() -> tuple[Response, int] | Response:
    """As if a card had been read, or members who fit a search, or one of those."""
    body = json_body()
    if "search" in body:
        return jsonify({"members": parts().search(str(body["search"]).strip())})
    if "member" in body:
        parts().choose(str(body["member"]))
        return _shown()
    if "token" not in body:
        raise Invalid('Say who: {"token": …}, {"search": …} or {"member": …}.', pointer="/token")
    token = read_token(body["token"])
    parts().desk.present_token(token, ("cashier",))
    till = parts().desk.wait_until_asked(token, LOOKUP_S)
    if till.notice and not (till.present and till.present.token == token):
        return problem(status_of(till.notice.code), till.notice.code, till.notice.detail)
    if till.present is not None and till.present.member is None:
        return jsonify({"status": OFFLINE.code, "detail": OFFLINE.sentence}), 202
    return _shown()


@blue.delete("/member")
def detach() -> Response:
    parts().desk.act(till_mind.detach)
    return _shown()


@blue.put("/member/pin")
def member_pin() -> Response:
    """The PIN by which the kiosk shows what is private, of the member who is here; the server keeps it."""
    present, pin = parts().desk.till.present, read_text(json_body(), "pin")
    if present is None or present.member is None:
        raise NoMember("Nobody is at the counter; scan or tap a card first.")
    try:
        parts().link.set_pin(present.member.id, pin or "")
    except Unreachable as error:
        raise NotOffline("The server cannot be reached; try again in a moment.") from error
    return jsonify({"status": "set"})


@blue.post("/question")
def question() -> Response:
    """Whose sale it is, after another card came."""
    answer = json_body().get("answer")
    if answer not in ("switch", "keep"):
        raise Invalid("The answer is switch or keep.", pointer="/answer")
    parts().desk.act(lambda till: till_mind.decide(till, answer == "switch"))
    return _shown()


def _shown() -> Response:
    return jsonify(parts().desk.shown())
