"""Who lives with a member: what they have together, who comes to them and who leaves."""

from collections import Counter

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict, LoyaltyError
from loyalty.members.enrolment import get_member
from loyalty.members.households import LONGEST_NAME, household_of, join_household, leave_household
from loyalty.members.names import masked_name
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.finding import find
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.members_rows import rows_of
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.wrong_fields import refused_at

blueprint = Blueprint("member_household", __name__, url_prefix="/members/<id>/household")


@blueprint.get("")
@allows("member.view")
def page(id: str) -> str:
    if request.headers.get("HX-Request") == "true":
        return render_template("_choose_member.html", **_found(id))
    return _page(id)


@blueprint.post("")
@allows("member.edit")
def join(id: str) -> Response | tuple[str, int]:
    """Somebody comes to live with this member."""
    other = request.form.get("member", "")
    name = request.form.get("name", "").replace("\x00", "").strip()
    try:
        with write(services().engine) as session:
            made = join_household(session, id, other, name, services().now(), current_user.email)
            tell(session, "member.household", f"member:{other}", after={"household": made.id})
    except LoyaltyError as fault:
        refused_at(fault, {"member": "q"}, "q")
        return _page(id, "", name[:LONGEST_NAME]), 409 if isinstance(fault, Conflict) else 422
    say(_("They belong to one household now."), undo=url_for("member_household.leave", id=id, member=other))
    return redirect(url_for("member_household.page", id=id), code=303)


@blueprint.post("/leave")
@allows("member.edit")
def leave(id: str) -> Response:
    """This member, or another of the household (`member`), leaves it."""
    gone = request.values.get("member", "") or id
    try:
        with write(services().engine) as session:
            here = household_of(session, gone)
            leave_household(session, gone, services().now(), current_user.email)
            tell(session, "member.household", f"member:{gone}", before={"household": here.id if here else None})
        say(_("The household is left."))
    except LoyaltyError as fault:
        say(str(fault))
    return redirect(url_for("member.page", id=id), code=303)


def _page(id: str, wrong: str = "", name: str = "") -> str:
    member, here = get_member(reading(), id), household_of(reading(), id)
    rows = rows_of(reading(), shop(), list(here.members) if here else [id], permitted("member.contact"))
    facts, together = SqlFacts(reading()), Counter[str]()
    for row in rows:
        together.update({account.wallet: account.available for account in facts.accounts(row.id)})
    shown = member.name if permitted("member.contact") else masked_name(member.name)
    return render_template(
        "member_household.html", household=here, people=rows, together=together, wrong=wrong, name=name, shop=shop(),
        shown=shown, **_found(id),
    )  # fmt: skip


def _found(id: str) -> dict[str, object]:
    text = request.args.get("q", "") if permitted("member.edit") else ""
    rows = [row for row in find(reading(), shop(), text, permitted("member.contact")) if row.id != id]
    return {
        "id": id, "text": text.strip(), "rows": rows, "level_style": level_style, "target": "",
        "choose": _("Lives here too"),
    }  # fmt: skip
