"""What all calls that book share: one step of the engine, and its answer with the member as they are afterwards."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from loyalty.checkout.places import note_place, place_of
from loyalty.checkout.sale import explanation_of, shown
from loyalty.errors import NotFound
from loyalty.points.facts import Booking
from loyalty.points.shapes import MEANS_NEVER
from loyalty.points.sql_engine import Ledger
from loyalty.web.api.calls import Asked
from loyalty.web.api.documents import view_document


def given(body: BaseModel, *without: str) -> dict[str, Any]:
    """The keys that were sent, as the engine takes them; a null stays only where it says something."""
    sent = body.model_dump(exclude_unset=True, by_alias=True, exclude=set(without) or None)
    return {key: value for key, value in sent.items() if value is not None or key in MEANS_NEVER}


def book(
    session: Session, asked: Asked[Any], verb: str, *, without: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """Performs `verb` with the body that was sent, `without` these keys and with `more`; the answer of a booking."""
    ledger = Ledger(session)
    body = given(asked.body, *without) | more
    if asked.id is not None:
        body["id"] = asked.id
    done = ledger.perform(verb, body, asked.now)
    if verb in ("hold", "redeem", "capture"):
        store = body.get("store") or (place_of(ledger.facts.cursor, body["hold"]) if "hold" in body else None)
        note_place(ledger.facts.cursor, str(done.booking), store, None, asked.now)
    booking = ledger.facts.booking(str(done.booking))
    return answer_of(ledger, asked, str(done.booking), booking.member if booking else None, done.result)


def answer_of(
    ledger: Ledger, asked: Asked[Any], id: str, member: str | None, result: Mapping[str, Any]
) -> dict[str, Any]:
    """`last` of scenario files, and the member's wallets and level."""
    document: dict[str, Any] = {"id": id, "member": member, **said(result), "wallets": {}, "tier": None}
    if member is not None:
        view = view_document(shown(ledger.facts, member, asked.now).view)
        document |= {"wallets": view["wallets"], "tier": view["tier"]}
    return document


def said(result: Mapping[str, Any]) -> dict[str, Any]:
    """The engine's answer; the explanation as one list over all wallets."""
    document = dict(result)
    if "explanation" in result:
        document["explanation"] = [
            {"rule": why.rule, "wallet": why.wallet, "points": _number(why.points), "why": why.why}
            for why in explanation_of(result)
        ]
    return document


def booking_of(ledger: Ledger, id: str, *verbs: str) -> Booking:
    """The booking that an address names. NotFound when there is none, or none of these verbs."""
    found = ledger.facts.booking(id)
    if found is None or (verbs and found.verb not in verbs):
        raise NotFound(f"There is no {' or '.join(verbs) or 'booking'} {id[:60]!r}; look at the member's ledger.")
    return found


def _number(points: Decimal) -> int | str:
    return int(points) if points == points.to_integral_value() else f"{points:f}"
