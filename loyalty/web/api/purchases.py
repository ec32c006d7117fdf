"""Sales over the API: quoted, booked, returned in part, undone."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout.lookup import lookup_member
from loyalty.checkout.merged_records import bring_together, settled_with_who_goes_on
from loyalty.checkout.places import note_own_sale
from loyalty.checkout.quote_sale import quote_sale
from loyalty.checkout.sale import face_data, receipt_data, shown
from loyalty.checkout.sold import Sold, last_sold, sold
from loyalty.checkout.thank_for_bringing import take_thanks_back, thank_for_bringing
from loyalty.contract.outcomes import ReceiptLine
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import Invalid, NotFound
from loyalty.members.enrolment import get_member
from loyalty.members.identification import going_on
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.api.answers import PurchaseAnswer, QuoteAnswer, ReturnAnswer
from loyalty.web.api.answers_shop import SalesAnswer, SoldAnswer
from loyalty.web.api.bank_cards import refuse_bank_card
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.documents import view_document
from loyalty.web.api.schemas_sales import CancelBody, LastQuery, PurchaseBody, QuoteBody, ReturnBody, SaleBody
from loyalty.web.api.steps import given, said

_NOT_OF_THE_VERB = ("id", "token", "kind", "counter", "staff", "occurred_at", "holds")


@call("POST", "/purchases:quote", scope="read", body=QuoteBody, changes=False, gives=QuoteAnswer,
      answer="As a purchase, nothing booked.")  # fmt: skip
def quote(session: Session, asked: Asked[QuoteBody]) -> dict[str, Any]:
    """What a sale would come to: discounts, points, and the rewards that the member could have now."""
    ledger, member = Ledger(session), _member(session, asked)
    result = quote_sale(ledger, _verb_body(asked.body, member), asked.body.holds, asked.now)
    state = shown(ledger.facts, member, asked.now)
    view = view_document(state.view)
    return {**_sale(result), "rewards": view["rewards"], "wallets": view["wallets"], "tier": view["tier"]}


@call("POST", "/purchases", scope="book", body=PurchaseBody, status=201, booking=True, gives=PurchaseAnswer,
      answer="The booked sale.")  # fmt: skip
def book(session: Session, asked: Asked[PurchaseBody]) -> dict[str, Any]:
    """Books a sale: points, levels, rewards, stored value; with the data of card face and receipt."""
    ledger, member, body = Ledger(session), _member(session, asked), asked.body
    verb = _verb_body(body, member) | {"id": asked.id}
    done = ledger.perform("purchase", verb, asked.now, body.occurred_at)
    thank_for_bringing(ledger, member, str(done.booking), done.result, asked.now)
    at = min(body.occurred_at or asked.now, asked.now)
    note_own_sale(ledger.facts.cursor, str(done.booking), member, body.staff, body.counter, at)
    state = shown(ledger.facts, member, asked.now)
    lines = tuple(ReceiptLine(line.sku or line.category or "", str(_money(line))) for line in body.lines or ())
    view = view_document(state.view)
    return {
        "purchase": done.booking,
        "member": member,
        **_sale(done.result),
        "wallets": view["wallets"],
        "tier": view["tier"],
        "face": to_json(face_data(state, body.occurred_at or asked.now)),
        "receipt": to_json(receipt_data(state, str(done.booking), done.result, lines)),
    }


@call("GET", "/purchases/<id>", scope="read", gives=SoldAnswer, answer="The sale, with what is left of each line.")
def one(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """A booked sale by its number, as it stands on the receipt."""
    return _sold(sold(SqlFacts(session), asked.path["id"], asked.now))


@call("GET", "/members/<id>/purchases", scope="read", body=LastQuery, gives=SalesAnswer, answer="The latest first.")
def of_member(session: Session, asked: Asked[LastQuery]) -> dict[str, Any]:
    """A member's last sales, for returns."""
    found = last_sold(SqlFacts(session), get_member(session, asked.path["id"]).id, asked.body.limit, asked.now)
    return {"purchases": [_sold(each) for each in found]}


@call("POST", "/purchases/<id>/returns", scope="book", body=ReturnBody, status=201, booking=True, gives=ReturnAnswer,
      answer="What was taken back and given back.")  # fmt: skip
def give_back(session: Session, asked: Asked[ReturnBody]) -> dict[str, Any]:
    """Returns lines, an amount or all that is left of a sale."""
    body = asked.body
    verb = given(body, "id", "occurred_at") | {"id": asked.id, "of": asked.path["id"]}
    return _undo(session, asked, "return", verb, body.occurred_at)


@call("POST", "/purchases/<id>:cancel", scope="book", body=CancelBody, booking=True, gives=ReturnAnswer,
      answer="What was taken back.")  # fmt: skip
def cancel(session: Session, asked: Asked[CancelBody]) -> dict[str, Any]:
    """Undoes a sale: all that is left is returned, limits and stock come back."""
    verb = {"id": asked.id, "of": asked.path["id"]}
    return _undo(session, asked, "cancel", verb, asked.body.occurred_at)


def _sold(found: Sold) -> dict[str, Any]:
    document: dict[str, Any] = to_json(found)
    return document


def _sale(result: Mapping[str, Any]) -> dict[str, Any]:
    return {"earned": {}, "redeemed": 0, "vouchers": [], "explanation": [], **said(result)}


def _undo(
    session: Session, asked: Asked[Any], name: str, verb: dict[str, Any], occurred_at: datetime | None
) -> dict[str, Any]:
    ledger = Ledger(session)
    purchase = ledger.facts.purchase(asked.path["id"])
    if purchase is None:
        raise NotFound(f"There is no sale {asked.path['id'][:60]!r}; look at the member's sales.")
    bring_together(ledger, purchase.member, purchase.id, str(asked.id), asked.now)
    done = ledger.perform(name, verb | {"member": purchase.member}, asked.now, occurred_at)
    take_thanks_back(ledger, purchase.member, purchase.id, asked.now)
    member = settled_with_who_goes_on(ledger, purchase.member, str(asked.id), asked.now)
    view = view_document(shown(ledger.facts, member, asked.now).view)
    undone = {"reversed": {}, "given_back": {}, "refund": "0", **said(done.result)}
    who = {"purchase": purchase.id, "member": member}
    return {**who, **undone, "wallets": view["wallets"], "tier": view["tier"]}


def _member(session: Session, asked: Asked[Any]) -> str:
    body: SaleBody = asked.body
    if (body.member is None) == (body.token is None):
        raise Invalid("Give either the member or the token that was read.", pointer="/member")
    if body.member is not None:
        return going_on(Cursor(session), body.member)
    refuse_bank_card(body.kind, body.token)
    kinds = [body.kind] if body.kind else ["barcode", "card_uid", "magstripe", "sun", "phone"]
    return lookup_member(session, [Token(kind, body.token or "") for kind in kinds], None, asked.conventions)


def _verb_body(body: SaleBody, member: str) -> dict[str, Any]:
    return given(body, *_NOT_OF_THE_VERB) | {"member": member}


def _money(line: Any) -> Decimal:
    amount: Decimal = line.amount if line.amount is not None else (line.price or Decimal(0)) * line.quantity
    return amount
