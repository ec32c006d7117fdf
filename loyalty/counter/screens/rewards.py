"""The counter's API, rewards: chosen for the open sale, let go, handed out without a sale, settled by hand."""

from flask import Blueprint, Response, jsonify

from loyalty.counter import till_rewards
from loyalty.counter.redemptions import Redemption
from loyalty.counter.sale_request import read_text, read_texts, read_token
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.counter.till import Extras
from loyalty.counter.views import chosen_view
from loyalty.errors import Invalid

blue = Blueprint("rewards", __name__)
_EXTRAS = ("vouchers", "pay", "codes", "discount")


@blue.post("/redemptions")
def choose() -> tuple[Response, int]:
    """`{reward, quantity?, supervisor?}` for the member who is here: held until the sale is booked or it is let go."""
    body = json_body()
    reward, quantity = read_text(body, "reward"), body.get("quantity", 1)
    if reward is None:
        raise Invalid("Say which reward: its name as it stands in the list.", pointer="/reward")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= 99:
        raise Invalid("A quantity is a whole number from 1 to 99.", pointer="/quantity")
    supervisor = parts().staff.supervisor(read_text(body, "supervisor"))
    return _said(parts().choosing.choose(reward, quantity, supervisor)), 201


@blue.delete("/redemptions/<id>")
def let_go(id: str) -> Response:
    """Not this reward after all; what was held is given back."""
    parts().choosing.drop(id)
    parts().quoting.again()
    return jsonify(parts().desk.shown())


@blue.post("/redemptions/<id>:hand-out")
def hand_out(id: str) -> Response:
    """Without a sale: the slip is printed, and the hold captured once it is out."""
    return jsonify(chosen_view(parts().redeeming.hand_out(id)))


@blue.post("/redemptions/<id>:given")
def given(id: str) -> Response:
    """The customer has it, whatever the printer says."""
    return jsonify(chosen_view(parts().redeeming.settle(id, given=True)))


@blue.post("/redemptions/<id>:back")
def back(id: str) -> Response:
    """The customer does not have it: the points go back."""
    return jsonify(chosen_view(parts().redeeming.settle(id, given=False)))


@blue.post("/sale")
def extras() -> Response:
    """What else goes with the open sale: `{vouchers?, pay?, codes?, discount?}`, each replacing what was there.

    `supervisor` is the PIN that allows a discount above the limit.
    """
    body = json_body()
    for key in body:
        if key not in (*_EXTRAS, "supervisor"):
            raise Invalid(f"An open sale has no field {key!r}; known are {', '.join(_EXTRAS)}.", pointer=f"/{key}")
    there, pin = parts().desk.till.extras, read_text(body, "supervisor")
    named = {key: read_texts(body, key) if key in body else getattr(there, key) for key in _EXTRAS[:3]}
    off = parts().discounts.read(body, parts().staff.supervisor(pin)) if "discount" in body else there.discount
    parts().desk.act(lambda till: till_rewards.extra(till, Extras(**named, discount=off)))
    parts().quoting.again()
    return jsonify(parts().desk.shown())


def _said(row: Redemption) -> Response:
    parts().quoting.again()
    return jsonify({**parts().desk.shown(), "redemption": chosen_view(row)})


@blue.post("/staff")
def sign_in() -> Response:
    """`{pin}` or `{token}` of a badge: whoever has it stands at the till from now on; the open sale stays."""
    body = json_body()
    if "token" in body:
        parts().staff.sign_in_by_code(read_token(body["token"]))
    else:
        parts().staff.sign_in(read_text(body, "pin") or "")
    return jsonify(parts().desk.shown())


@blue.post("/staff/card")
def ask_for_card() -> Response:
    """A window asks for a supervisor: their card brings the event `allowed` with a ticket in place of the PIN."""
    parts().staff.await_card(True)
    return jsonify({"status": "waiting"})


@blue.delete("/staff/card")
def ask_no_longer() -> Response:
    parts().staff.await_card(False)
    return jsonify({"status": "idle"})


@blue.delete("/staff")
def sign_out() -> Response:
    parts().staff.sign_out()
    return jsonify(parts().desk.shown())
