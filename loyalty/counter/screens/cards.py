"""The counter's API, cards: given to whoever stands here, a newcomer, a lost card, another in its place."""

from flask import Blueprint, Response, jsonify, request

from loyalty.counter.sale_request import read_id, read_text
from loyalty.counter.screens.this_counter import json_body, parts
from loyalty.counter.settings import LANGUAGES
from loyalty.errors import Invalid

blue = Blueprint("cards", __name__)


@blue.post("/cards")
def give() -> tuple[Response, int]:
    """The card that was read, and belongs to nobody, becomes that of the member who is here."""
    parts().card_desk.give()
    return _shown(), 201


@blue.delete("/cards")
def put_aside() -> Response:
    """Not to anybody, after all."""
    parts().card_desk.put_aside()
    return _shown()


@blue.post("/members")
def enrol() -> tuple[Response, int]:
    """`{id, name, phone?, language}`: somebody new, with the card that was read."""
    body = json_body()
    id, name, language = read_id(body.get("id")), read_text(body, "name"), body.get("language")
    if id is None or name is None:
        raise Invalid("A new member needs a name.", pointer="/name")
    if language not in LANGUAGES:
        raise Invalid(f"The language is one of {', '.join(LANGUAGES)}.", pointer="/language")
    parts().card_desk.enrol(id, name, read_text(body, "phone"), language)
    return _shown(), 201


@blue.get("/member/cards")
def cards() -> Response:
    """The cards of the member who is here."""
    return jsonify({"cards": parts().card_desk.cards()})


@blue.post("/member/cards/<id>:lose")
def lose(id: str) -> Response:
    parts().card_desk.lose(id)
    return _shown()


@blue.post("/member/cards/<id>:replace")
def replace(id: str) -> tuple[Response, int]:
    """`{supervisor?}`: the card that was read takes the place of this one."""
    body = request.get_json(silent=True)
    pin = read_text(body, "supervisor") if isinstance(body, dict) else None
    parts().card_desk.replace(id, parts().staff.supervisor(pin))
    return _shown(), 201


def _shown() -> Response:
    return jsonify(parts().desk.shown())
