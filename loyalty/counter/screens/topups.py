"""The counter's API, stored value: bought for the member who is here. Undone as a sale is."""

from flask import Blueprint, Response

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
