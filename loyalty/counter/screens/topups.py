"""The counter's API, stored value: bought for the member who is here, its visits used. Undone as a sale is."""

from typing import Any

from flask import Blueprint, Response

from loyalty.contract.stored_value import MOST
from loyalty.counter.pieces import PieceWish
from loyalty.counter.sale_request import read_amount, read_id, read_text
from loyalty.counter.screens.booked import booked
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.counter.topping_up import TopUpWish
from loyalty.errors import Invalid

blue = Blueprint("topups", __name__)
_KEYS = ("id", "topup", "amount", "wallet")


@blue.post("/topups")
def top_up() -> tuple[Response, int] | Response:
    """`{id, topup}` or `{id, amount, wallet?}` for the member who is here; the money is taken by the cashier."""
    body = json_body()
    for key in body:
        if key not in _KEYS:
            raise Invalid(f"A top-up has no field {key!r}; known are {', '.join(_KEYS)}.", pointer=f"/{key}")
    id, amount = read_id(body.get("id")), body.get("amount")
    if id is None:
        raise Invalid("A top-up needs an id of its own, so that it is booked once.", pointer="/id")
    if (amount is None) == (body.get("topup") is None):
        raise Invalid("Say which top-up, or an amount of money.", pointer="/topup")
    pay = None if amount is None else read_amount(amount, parts().settings.currency)
    wish = TopUpWish(id, read_text(body, "topup"), pay, read_text(body, "wallet"))
    return booked(*parts().topping_up.top_up(wish))


@blue.post("/visits")
def visit() -> tuple[Response, int] | Response:
    """`{id, wallet, count?}`: the member who is here comes in on a pass."""
    return booked(*parts().pieces.move(_wish(json_body(), "id", "wallet", "count")))


@blue.post("/stamps")
def stamp() -> tuple[Response, int] | Response:
    """`{id, wallet, reason, count?, supervisor?}`: stamps by hand for the member who is here."""
    body = json_body()
    wish = _wish(body, "id", "wallet", "count", "reason", "supervisor")
    if wish.reason is None:
        raise Invalid("Say why the stamp is given.", pointer="/reason")
    return booked(*parts().pieces.move(wish, parts().staff.supervisor(read_text(body, "supervisor"))))


def _wish(body: dict[str, Any], *known: str) -> PieceWish:
    for key in body:
        if key not in known:
            raise Invalid(f"There is no field {key!r} here; known are {', '.join(known)}.", pointer=f"/{key}")
    id, wallet, count = read_id(body.get("id")), read_text(body, "wallet"), body.get("count", 1)
    if id is None or wallet is None:
        raise Invalid("It needs an id of its own, so that it is booked once, and a wallet.", pointer="/id")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST:
        raise Invalid(f"The count is a whole number from 1 to {MOST}.", pointer="/count")
    return PieceWish(id, wallet, count, read_text(body, "reason"))
