"""Cards between counters and the server: what is on them, which to refuse, and new ones activated at the till."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import gift_cards
from loyalty.checkout.card_contents import note_report
from loyalty.checkout.hot_list import hot_list
from loyalty.checkout.issue_card import issue_card
from loyalty.checkout.member_view import programme_of
from loyalty.checkout.offline_policy import offline_policy
from loyalty.checkout.top_up import topups_offered
from loyalty.contract.card_report import CardReport
from loyalty.contract.wire import from_json, to_json
from loyalty.members.face_designs import current
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.api.answers import CardAnswer
from loyalty.web.api.answers_cards import (
    CardFaceAnswer,
    ClaimsAnswer,
    GiftCardAnswer,
    HotListAnswer,
    TopUpsAnswer,
    VerdictsAnswer,
)
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.documents import card_document
from loyalty.web.api.schemas_cards import ActivateBody, CardFaceQuery, GiftCardQuery, HotListQuery, ReportsBody
from loyalty.web.portal.switch import claims_offered


@call("POST", "/counters/<id>/card-reports", scope="counter", body=ReportsBody, gives=VerdictsAnswer,
      answer="`verdicts` in the order told.")  # fmt: skip
def reports(session: Session, asked: Asked[ReportsBody]) -> dict[str, Any]:
    """What was printed on cards, written to them and read from them; each is counted once under its id."""
    told = [from_json(CardReport, report) for report in asked.body.reports]
    counter = asked.path["id"]
    return {"verdicts": [to_json(note_report(session, counter, one, asked.now, asked.conventions)) for one in told]}


@call("GET", "/counters/<id>/hot-list", scope="counter", body=HotListQuery, gives=HotListAnswer,
      answer="The list's `version`, its `cards` unless that version is known, and the limits `offline`.")  # fmt: skip
def hot(session: Session, asked: Asked[HotListQuery]) -> dict[str, Any]:
    """Cards that a counter must refuse while it cannot ask, by the SHA-256 of `kind:token` (its first 32 digits).

    With it what a counter may give away without asking: points of one member in 24 hours, and for how many days after
    it last heard of the member; null where the shop leaves it to each counter's settings.
    """
    found, offline = hot_list(session), offline_policy(session)
    cards = None if found.version == asked.body.known else found.cards
    return {"version": found.version, "cards": cards, "offline": to_json(offline)}


@call("GET", "/counters/<id>/card-face", scope="counter", body=CardFaceQuery, gives=CardFaceAnswer,
      answer="The `version`, and the `design` unless that version is known; null: the product's own.")  # fmt: skip
def face(session: Session, asked: Asked[CardFaceQuery]) -> dict[str, Any]:
    """How the card's face is to be drawn, in millimetres; see docs/card-face.md."""
    version, design = current(session)
    return {"version": version, "design": None if version == asked.body.known else design}


@call("GET", "/counters/<id>/claims", scope="counter", gives=ClaimsAnswer,
      answer="The `address` before a code, empty where the shop gives none, and its `days`.")  # fmt: skip
def claims(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Codes on the receipts of sales without a card, by which members claim the points later."""
    offer = claims_offered(session, asked.services.config.public_url)
    return {"address": offer.address, "days": offer.days}


@call("GET", "/counters/<id>/topups", scope="counter", gives=TopUpsAnswer,
      answer="`topups`: what each costs and `gives`, in text; `wallets` that take any amount of money; `passes`"
      " whose visits are bought, `stamps` that are given.")  # fmt: skip
def topups(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Stored value that the programme sells at the counter now."""
    return topups_offered(programme_of(SqlFacts(session), asked.now).programme)


@call("GET", "/counters/<id>/gift-card", scope="counter", body=GiftCardQuery, gives=GiftCardAnswer,
      answer="Its last digits, what is `available` on it, and the `last_day` of the first of that.")  # fmt: skip
def gift_card(session: Session, asked: Asked[GiftCardQuery]) -> dict[str, Any]:
    """What is on a gift card; 404 for a code that is none."""
    there = gift_cards.balance(session, gift_cards.usable(session, asked.body.code), asked.now)
    last_day = there.last_day.isoformat() if there.last_day else None
    return {"gift": there.card.ends, "available": str(there.available), "last_day": last_day}


@call("POST", "/counters/<id>/cards", scope="counter", body=ActivateBody, status=201, gives=CardAnswer,
      answer="The card.")  # fmt: skip
def activate(session: Session, asked: Asked[ActivateBody]) -> dict[str, Any]:
    """Activates a pre-printed card at the till for the member who gets it."""
    body, counter = asked.body, asked.path["id"]
    by = f"{body.staff} ({counter})" if body.staff else counter
    card = issue_card(session, body.member, body.kind, body.token, asked.now, asked.conventions, staff=by)
    return card_document(card)
