"""Points by hand on a member's page, and the list of those that wait for a second person."""

from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.adjust_points import REASONS, PointsWish, adjust_points, decide, get_request, limit_of, waiting
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.ids import new_id
from loyalty.members.enrolment import get_member
from loyalty.members.names import masked_name
from loyalty.members.tables import Member
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import with_unit
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("member_points", __name__, url_prefix="/members")

FIELDS = ("way", "points", "wallet", "reason", "note")


@blueprint.get("/<id>/adjust")
@allows("points.adjust")
def page(id: str) -> str:
    return _form(id, {"way": "add", "reason": "goodwill", "wallet": shop().main_wallet})


@blueprint.post("/<id>/adjust")
@allows("points.adjust")
def adjust(id: str) -> Response | tuple[str, int]:
    """Books at once, or puts it on the list for a second person."""
    typed = {name: request.form.get(name, "").replace("\x00", "").strip()[:2_000] for name in FIELDS}
    try:
        wish = _wish(id, typed)
        with write(services().engine) as session:
            limit = limit_of(session, [role.name for role in current_user.roles])
            row = adjust_points(session, wish, current_user.email, limit, services().now())
            told = {"wallet": row.wallet, "units": row.units, "reason": row.reason, "status": row.status}
            tell(session, "points.adjust", f"member:{row.member_id}", after=told, why=row.note or row.reason)
    except LoyaltyError as fault:
        name = (fault.pointer or "").strip("/")
        return _form(id, typed, {name if name in FIELDS else "points": _fault_words(name, fault)}), 422
    say(_done_words(row))
    return redirect(url_for("member.page", id=id), code=303)


@blueprint.get("/points-waiting")
@allows("points.adjust")
def queue() -> str:
    """Points that wait for a second person."""
    rows = waiting(reading())
    ids = {row.member_id for row in rows}
    found = reading().execute(sa.select(Member.id, Member.name).where(Member.id.in_(ids))) if ids else ()
    shown = {row.id: row.name if permitted("member.contact") else masked_name(row.name) for row in found}
    return render_template("points_waiting.html", rows=rows, names=shown, **_words())


@blueprint.post("/points-waiting/<id>/<step>")
@allows("points.adjust")
def settle(id: str, step: str) -> Response:
    """Agrees to a request, or refuses it."""
    with write(services().engine) as session:
        before = get_request(session, id).status
        row = decide(session, id, current_user.email, step == "agree", services().now())
        action = "points.agree" if step == "agree" else "points.refuse"
        tell(session, action, f"member:{row.member_id}", before={"status": before},
             after={"status": row.status, "request": id})  # fmt: skip
    say(_("Booked.") if row.status == "booked" else _("Refused. Nothing was booked."))
    return redirect(url_for("member_points.queue"), code=303)


def reason_word(reason: str) -> str:
    """A reason of the list, in the page's language."""
    return {
        "goodwill": _("Goodwill after a complaint"),
        "missed_sale": _("A sale was not recorded"),
        "correction": _("Correction of a mistake"),
        "gift": _("Gift"),
        "faulty_goods": _("Faulty goods"),
        "other": _("Other, see note"),
    }.get(reason, reason)


def _wish(id: str, typed: dict[str, str]) -> PointsWish:
    try:
        points = Decimal(typed["points"].replace(",", ""))
    except InvalidOperation:
        points = Decimal("NaN")
    points = -abs(points) if typed["way"] == "take" else abs(points)
    key = request.form.get("id", "")
    key = key if key.startswith("ptr_") and len(key) == 30 else new_id("ptr", services().now())
    return PointsWish(key, id, typed["wallet"], points, typed["reason"], typed["note"])


def _fault_words(name: str, fault: LoyaltyError) -> str:
    return {
        "points": _("Type how many points, a number above 0 that the balance and the wallet allow."),
        "reason": _("Choose a reason."),
        "note": _("Write in the note what the reason is, in at most 400 characters."),
    }.get(name, str(fault))


def _done_words(row: Any) -> str:
    points = with_unit(abs(row.units), shop().wallet(row.wallet))
    if row.status == "waiting":
        return _("%(points)s wait for a second person: it is above what you may book alone in a day.", points=points)
    if row.units > 0:
        return _("%(points)s credited.", points=points)
    return _("%(points)s taken off.", points=points)


def _words() -> dict[str, Any]:
    return {"shop": shop(), "reason_word": reason_word}


def _form(id: str, form: dict[str, str], wrong: dict[str, str] | None = None) -> str:
    member = get_member(reading(), id)
    return render_template(
        "member_points.html",
        member=member,
        shown=member.name if permitted("member.contact") else masked_name(member.name),
        form=form,
        wrong=wrong or {},
        key=new_id("ptr", services().now()),
        reasons=REASONS,
        limit=limit_of(reading(), [role.name for role in current_user.roles]),
        words=_field_words(),
        **_words(),
    )


def _field_words() -> dict[str, str]:
    return {"points": _("Points"), "wallet": _("Wallet"), "reason": _("Reason"), "note": _("Note"), "way": _("What")}
