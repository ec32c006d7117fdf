"""One sale of a member: its receipt, and moving it to the member whose sale it really was."""

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.move_purchase import move_purchase
from loyalty.checkout.sold_again import move_command
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.ids import new_id
from loyalty.members.enrolment import get_member
from loyalty.members.names import masked_name
from loyalty.points.facts_sale import Purchase
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables_sale import purchases
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.finding import conventions, find
from loyalty.web.backoffice.levels import level_style
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("member_sale", __name__, url_prefix="/members/<id>/sales/<int:number>")

LONGEST_REASON = 200


@blueprint.get("")
@allows("member.view")
def page(id: str, number: int) -> str:
    """The receipt; for those who may move it also the search for the right member."""
    sale = _sale(id, number)
    if request.headers.get("HX-Request") == "true":
        return render_template("_sale_members.html", sale=sale, **_found(id))
    return _page(id, sale)


@blueprint.post("/move")
@allows("sale.move")
def move(id: str, number: int) -> Response | tuple[str, int]:
    """Undoes the sale here and books it for another member as of when it happened, both or neither."""
    sale = _sale(id, number)
    now = services().now()
    reason = request.form.get("reason", "").replace("\x00", "").strip()
    if not reason or len(reason) > LONGEST_REASON:
        return _page(id, sale, {"reason": _("Write in a few words why the sale is moved.")}), 422
    try:
        with write(services().engine) as session:
            to = get_member(session, request.form.get("member", ""))
            command = move_command(session, sale.id, to.id, new_id("pur", now), reason, current_user.email, now)
            move_purchase(session, command, now, conventions())
            change = {"before": {"member": id, "sale": sale.id}, "after": {"member": to.id, "sale": command.id}}
            tell(session, "sale.move", f"member:{id}", why=reason, **change)
            name = to.name if permitted("member.contact") else masked_name(to.name)
            address = url_for("member.page", id=to.id)
    except LoyaltyError as fault:
        return _page(id, sale, {"member": str(fault)}), 409
    say(_("The sale stands with %(name)s now; the points moved with it.", name=name))
    return redirect(address, code=303)


def _sale(id: str, number: int) -> Purchase:
    get_member(reading(), id)
    at = purchases.c
    key = reading().scalar(sa.select(at.id).where(at.member == id, at.number == number))
    sale = SqlFacts(reading()).purchase(key) if key else None
    if sale is None:
        abort(404)
    return sale


def _found(id: str) -> dict[str, object]:
    text = request.values.get("q", "")
    rows = find(reading(), shop(), text, permitted("member.contact")) if permitted("sale.move") else ()
    return {
        "id": id,
        "text": text.strip(),
        "rows": [row for row in rows if row.id != id],
        "level_style": level_style,
    }


def _page(id: str, sale: Purchase, wrong: dict[str, str] | None = None) -> str:
    member = get_member(reading(), id)
    facts = SqlFacts(reading())
    return render_template(
        "member_sale.html",
        sale=sale,
        lines=facts.lines_of(sale.id),
        state=facts.purchase_state(sale.id),
        shown=member.name if permitted("member.contact") else masked_name(member.name),
        reason=request.form.get("reason", "")[:LONGEST_REASON],
        wrong=wrong or {},
        shop=shop(),
        **_found(id),
    )
