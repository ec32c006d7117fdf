"""The counter's API, second half: sales, undoing, print jobs. docs/counter.md describes each call."""

from flask import Blueprint, Response, jsonify, request

from loyalty.counter.return_request import read_return
from loyalty.counter.sale_request import read_amount, read_sale, read_text, read_token
from loyalty.counter.screens.booked import booked
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.errors import Invalid, NotFound

blue = Blueprint("sales", __name__)


@blue.post("/quote")
def quote() -> Response:
    """The amount as it is being typed; what the sale would give, where the server can say so."""
    given, currency = json_body().get("amount"), parts().settings.currency
    amount = read_amount(given, currency) if given not in (None, "") else None
    return jsonify({"amount": None if amount is None else str(amount), "quote": parts().quoting.typed(amount)})


@blue.get("/sales")
def last_sales() -> Response:
    return jsonify({"sales": parts().undoing.last_sales(), "undo_minutes": parts().settings.undo_minutes})


@blue.post("/sales")
def sell() -> tuple[Response, int] | Response:
    return booked(*parts().selling.sell(read_sale(json_body(), parts().settings.currency)))


@blue.post("/sales/<path:id>:undo")
def undo(id: str) -> tuple[Response, int] | Response:
    """`{supervisor?}`: a supervisor's PIN allows it after the time for undoing is over."""
    body = request.get_json(silent=True)
    pin = read_text(body, "supervisor") if isinstance(body, dict) else None
    return booked(*parts().undoing.undo(id, parts().staff.supervisor(pin)))


@blue.post("/sales/<path:id>/returns")
def give_back(id: str) -> tuple[Response, int] | Response:
    """Lines, an amount or all that is left of a sale comes back; a sale of another counter by its whole number."""
    return booked(*parts().undoing.give_back(id, read_return(json_body(), parts().settings.currency)))


@blue.post("/sales/<path:id>:move")
def move(id: str) -> tuple[Response, int] | Response:
    """The sale was booked for the wrong member; `{member | token, reason}` says whose it is and why."""
    body = json_body()
    member, token = read_text(body, "member"), body.get("token")
    reason = read_text(body, "reason")
    if (member is None) == (token is None) or reason is None:
        raise Invalid("Say whose sale it is, a member or a token, and the reason.", pointer="/member")
    return booked(*parts().undoing.move(id, member, None if token is None else read_token(token), reason))


@blue.get("/sales/<path:id>")
def sold(id: str) -> Response:
    """A sale of any counter as it stands at the server, by the number on its receipt."""
    return jsonify(parts().undoing.sold(id))


@blue.get("/member/sales")
def of_member() -> Response:
    """The last sales of the member who is here, at any counter."""
    return jsonify({"sales": parts().undoing.of_member()})


@blue.post("/print-jobs/<id>:retry")
def retry(id: str) -> Response:
    if not parts().jobs.retry(id, parts().clock()):
        raise NotFound("There is no such print job to try again; look at the list.")
    return jsonify({"id": id})


@blue.post("/print-jobs/<id>:drop")
def drop(id: str) -> Response:
    if not parts().jobs.drop(id):
        raise NotFound("There is no such print job open; look at the list.")
    return jsonify({"id": id})
