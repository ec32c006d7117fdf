"""Card stock and batches, and the page of one card: its life, what is on it, and the steps that can be taken."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.card_contents import in_order
from loyalty.checkout.issue_card import replace_card
from loyalty.clock import parse_rfc3339, rfc3339
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.members.card_stock import NewBatch, numbered, put_back, receive, withdraw_batch
from loyalty.members.cards import get_card, step_card
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice import cards_view as view
from loyalty.web.backoffice.event_words import card_status
from loyalty.web.backoffice.finding import conventions
from loyalty.web.backoffice.tokens import token_name
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("cards", __name__, url_prefix="/cards")
KINDS = ("barcode", "card_uid", "magstripe")
_EMPTY = {"name": "", "kind": "barcode", "first": "", "count": "100", "tokens": "", "rewrite_limit": "", "note": ""}
_WORDS = {
    "card_status": card_status,
    "event_words": view.event_words,
    "token_name": token_name,
    "verdict_words": view.verdict_words,
    "wear_share": view.wear_share,
}


@blueprint.get("")
@allows("card.view")
def index() -> str | Response:
    """Stock and batches; with `q` straight to the card that was read."""
    text = request.args.get("q", "").strip()
    found = view.find_card(reading(), text, conventions().phone_region) if text else None
    if found:
        return redirect(url_for("cards.page", id=found))
    return render_template("cards.html", stock=view.read_stock(reading()), text=text, **_WORDS)


@blueprint.get("/new")
@allows("card.stock")
def new() -> str:
    return _form(_EMPTY)


@blueprint.post("/new")
@allows("card.stock")
def take_in() -> Response | tuple[str, int]:
    """A batch goes into stock, named by a list or counted up from its first number."""
    form = {name: request.form.get(name, standard).strip() for name, standard in _EMPTY.items()}
    try:
        tokens = form["tokens"].split() or numbered(form["first"], _number(form["count"]) or 0)
        batch = NewBatch(form["name"], form["kind"], _number(form["rewrite_limit"]), form["note"][:2000])
        with write(services().engine) as session:
            id = receive(session, batch, tokens, services().now(), conventions(), staff=current_user.email)
            tell(session, "card.receive", f"batch:{id}", after={"batch": batch.name, "cards": len(tokens)})
    except LoyaltyError as fault:
        return _form(form, fault), 422
    say(_("%(number)s cards lie in stock.", number=len(tokens)), undo=url_for("cards.withdraw", id=id))
    return redirect(url_for("cards.index"), code=303)


@blueprint.post("/batches/<id>/withdraw")
@allows("card.stock")
def withdraw(id: str) -> Response:
    """What is left of a batch goes out of stock; can be undone."""
    now = services().now()
    with write(services().engine) as session:
        number = withdraw_batch(session, id, now)
        tell(session, "card.withdraw", f"batch:{id}", after={"cards": number})
    undo = url_for("cards.put_in_again", id=id, since=rfc3339(now))
    say(_("%(number)s cards were taken out of stock.", number=number), undo=undo)
    return redirect(url_for("cards.index"), code=303)


@blueprint.post("/batches/<id>/put-back")
@allows("card.stock")
def put_in_again(id: str) -> Response:
    """Undoes a withdrawal."""
    since = _moment(request.args.get("since", ""))
    with write(services().engine) as session:
        number = put_back(session, id, services().now(), since)
        tell(session, "card.put_back", f"batch:{id}", after={"cards": number})
    say(_("%(number)s cards lie in stock again.", number=number))
    return redirect(url_for("cards.index"), code=303)


@blueprint.get("/<id>")
@allows("card.view")
def page(id: str) -> str:
    return _page(id)


@blueprint.post("/<id>/<step>")
@allows("card.block")
def take_step(id: str, step: str) -> Response | tuple[str, int]:
    """block, lose, activate or retire, with its reason."""
    if step not in view.step_words():
        abort(404)
    reason = request.form.get("reason", "").strip()[:500]
    with write(services().engine) as session:
        before = get_card(session, id).status
        card = step_card(session, id, step, services().now(), staff=current_user.email, reason=reason or None)
        after = {"status": card.status}
        tell(session, f"card.{step}", f"card:{id}", before={"status": before}, after=after, why=reason)
    undo = url_for("cards.take_step", id=id, step="activate") if step in ("block", "lose") else ""
    say(_("The card is now: %(status)s.", status=card_status(card.status)), undo=undo)
    return redirect(url_for("cards.page", id=id), code=303)


@blueprint.post("/<id>/replace")
@allows("card.block")
def replace(id: str) -> Response | tuple[str, int]:
    """Another card for the same member; this one is out. Points and history stay."""
    token, kind = request.form.get("token", "").strip(), request.form.get("kind", "")
    reason = request.form.get("reason", "").strip()[:500]
    try:
        with write(services().engine) as session:
            now, by = services().now(), current_user.email
            new = replace_card(session, id, kind, token, now, conventions(), staff=by, reason=reason or None).id
            tell(session, "card.replace", f"card:{id}", after={"replaced_by": new}, why=reason)
    except LoyaltyError as fault:
        if fault.code == "not_found":
            raise
        return _page(id, fault, {"token": token, "kind": kind, "reason": reason}), 422
    say(_("The new card works; the old one does not any more."))
    return redirect(url_for("cards.page", id=new), code=303)


@blueprint.post("/<id>/in-order")
@allows("card.block")
def clear(id: str) -> Response:
    """A person has looked at a suspected card and found it right."""
    with write(services().engine) as session:
        in_order(session, id)
        tell(session, "card.in_order", f"card:{id}")
    say(_("Nothing is held against the card any more."))
    return redirect(url_for("cards.page", id=id), code=303)


def _page(id: str, fault: LoyaltyError | None = None, form: dict[str, str] | None = None) -> str:
    card = view.read_card(reading(), id)
    given = form or {"token": "", "kind": card.kind, "reason": ""}
    return render_template(
        "card.html", card=card, step_words=view.step_words(), kinds=KINDS, fault=fault, form=given, **_WORDS
    )


def _form(form: dict[str, str], fault: LoyaltyError | None = None) -> str:
    field = (fault.pointer or "/name").split("/")[1] if fault else ""
    return render_template("card_batch.html", form=form, fault=fault, field=field, kinds=KINDS, token_name=token_name)


def _number(text: str) -> int | None:
    """A whole number; 0, which every check refuses, for anything else that was typed."""
    return (int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0) if text else None


def _moment(text: str) -> datetime:
    try:
        return parse_rfc3339(text)
    except ValueError:
        abort(404)
