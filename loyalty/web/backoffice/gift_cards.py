"""Gift cards that counters sold: which there are, what is on them, and how much the shop owes on all."""

from flask import Blueprint, render_template, request

from loyalty.web.access import allows
from loyalty.web.backoffice.gift_cards_view import read_gift_cards
from loyalty.web.database import reading

blueprint = Blueprint("gift_cards", __name__, url_prefix="/cards/gifts")


@blueprint.get("")
@allows("card.view")
def index() -> str:
    """`q`: how a code ends, or the number of the receipt it was sold with."""
    text = request.args.get("q", "").strip()[:255]
    found = read_gift_cards(reading(), text)
    return render_template("gift_cards.html", found=found, text=text)
