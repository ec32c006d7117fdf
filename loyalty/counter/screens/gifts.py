"""The counter's API, gift cards: asked, sold, paying, replaced. Undone as a sale is."""

from typing import Any

from flask import Blueprint, Response, jsonify

from loyalty.counter.sale_request import read_amount, read_id, read_text
from loyalty.counter.screens.booked import booked
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.errors import Invalid

blue = Blueprint("gifts", __name__)


@blue.post("/gift-cards:look")
def look() -> Response:
    """`{code}`: what is on the card."""
    return jsonify(parts().gifts.look(_needed(_body("code"), "code")))


@blue.post("/gift-cards")
def sell() -> tuple[Response, int] | Response:
    """`{id, code, amount}`: a new gift card, or more on one; the money is taken by the cashier."""
    body = _body("id", "code", "amount")
    amount = read_amount(body.get("amount"), parts().settings.currency)
    return booked(*parts().gifts.sell(_id(body), _needed(body, "code"), amount))


@blue.post("/gift-cards:pay")
def pay() -> tuple[Response, int] | Response:
    """`{id, code, amount}`: a sale of the member who is here, or of nobody, paid as far as the card goes."""
    body = _body("id", "code", "amount")
    amount = read_amount(body.get("amount"), parts().settings.currency)
    return booked(*parts().gifts.pay(_id(body), _needed(body, "code"), amount))


@blue.post("/gift-cards:replace")
def replace() -> tuple[Response, int] | Response:
    """`{id, receipt, code, supervisor?}`: a new card for a lost one whose receipt is shown."""
    body = _body("id", "receipt", "code", "supervisor")
    supervisor = parts().staff.supervisor(read_text(body, "supervisor"))
    return booked(*parts().gifts.replace(_id(body), _needed(body, "receipt"), _needed(body, "code"), supervisor))


def _body(*known: str) -> dict[str, Any]:
    body = json_body()
    for key in body:
        if key not in known:
            raise Invalid(f"There is no field {key!r} here; known are {', '.join(known)}.", pointer=f"/{key}")
    return body


def _id(body: dict[str, Any]) -> str:
    id = read_id(body.get("id"))
    if id is None:
        raise Invalid("It needs an id of its own, so that it is booked once.", pointer="/id")
    return id


def _needed(body: dict[str, Any], key: str) -> str:
    text = read_text(body, key)
    if text is None:
        raise Invalid(f"The field {key} is missing.", pointer=f"/{key}")
    return text
