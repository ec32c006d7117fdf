"""A sale without a card becomes a member's: by the code on its receipt, on their own phone, once."""

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from loyalty.checkout.claim_purchase import BOOKED, WAITS, Claimed, Receipt, claim_purchase, receipt_of
from loyalty.contract.claim import plain
from loyalty.db.session import write
from loyalty.errors import Conflict, Expired
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import listed, units_of, with_unit
from loyalty.web.portal.blueprint import blueprint
from loyalty.web.portal.guard import CLAIM, phone, signed_in
from loyalty.web.portal.switch import claim_days, is_on
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

FORM, READY, COMING, GONE, LATE, WRONG = "form", "ready", "coming", "gone", "late", "wrong"
"""What the page shows: a field for the code, a sale to take, one that the till has not told of, and why not."""
LONGEST = 40
link = Blueprint("claim", __name__)
"""The short address in the QR code, outside the portal's cookie."""


@link.get("/claim/<code>")
def follow(code: str) -> Response:
    if not is_on(reading()):
        abort(404)
    return redirect(url_for("portal.claim", code=code[:LONGEST]))  # type: ignore[return-value]


@blueprint.get("/claim")
def claim() -> str | tuple[str, int]:
    """What the code would bring. Changes nothing: a mail program or a camera may open links by itself."""
    typed = request.args.get("code", "")
    if not typed:
        return _page(FORM)
    code = plain(typed[:LONGEST])
    if code is None:
        return _page(WRONG, typed[:LONGEST]), 422
    if not signed_in():
        session[CLAIM] = code  # to go on with after signing in
    try:
        found = receipt_of(reading(), code, services().now(), claim_days(reading()))
    except (Conflict, Expired) as why:
        return _page(LATE if isinstance(why, Expired) else GONE, code)
    return _page(READY if found else COMING, code, found)


@blueprint.post("/claim")
def take() -> Answer | tuple[str, int]:
    """Books the sale for the member at the phone."""
    session.pop(CLAIM, None)
    code = plain(request.form.get("code", "")[:LONGEST])
    if code is None:
        return _page(WRONG, request.form.get("code", "")[:LONGEST]), 422
    lent = services()
    days = claim_days(reading())
    try:
        with write(lent.engine) as writing:
            done = claim_purchase(writing, code, phone().member.id, lent.now(), days)
    except (Conflict, Expired) as why:
        return _page(LATE if isinstance(why, Expired) else GONE, code), 409
    say(_told(done))
    return redirect(url_for("portal.history" if done.status == BOOKED else "portal.page"), code=303)


def _told(done: Claimed) -> str:
    if done.status == WAITS:
        return _("The till has not told us of this purchase yet. Its points come by themselves as soon as it does.")
    if done.status != BOOKED:
        return _("These points are yours already.")
    earned = ((shop().wallet(name), amount) for name, amount in (done.earned or {}).items() if amount)
    points = listed(with_unit(units_of(amount, wallet), wallet) for wallet, amount in earned)
    return _("Yours: %(points)s.", points=points) if points else _("The purchase is yours; it earned no points.")


def _page(state: str, code: str = "", receipt: Receipt | None = None) -> str:
    inside = signed_in()
    return render_template(
        "portal_claim.html", state=state, code=code, receipt=receipt, days=claim_days(reading()),
        inside=inside, base="portal_frame.html" if inside else "portal_door.html", longest=LONGEST,
    )  # fmt: skip
