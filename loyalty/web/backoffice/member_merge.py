"""Two records of one person: side by side first, then one, and for 30 days two again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.merge_members import LONGEST_WHY, get_merge, merge_members, preview_merge, undo_merge
from loyalty.db.session import write
from loyalty.errors import LoyaltyError, NotFound
from loyalty.members.enrolment import get_member
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.finding import find
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.member_view import MemberBox, read_member
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("member_merge", __name__, url_prefix="/members/<id>/merge")


@blueprint.get("")
@allows("member.merge")
def page(id: str) -> str:
    """The search for the other record, or both side by side with what would pass over."""
    get_member(reading(), id)
    if request.headers.get("HX-Request") == "true":
        return render_template("_choose_member.html", **_found(id))
    return _page(id, request.args.get("other", ""))


@blueprint.post("")
@allows("member.merge")
def merge(id: str) -> Response | tuple[str, int]:
    """Makes the other record part of this one."""
    other = request.form.get("other", "")
    why = request.form.get("reason", "").replace("\x00", "").strip()
    if not why or len(why) > LONGEST_WHY:
        return _page(id, other, _("Write in a few words why these two are one person.")), 422
    try:
        with write(services().engine) as session:
            done = merge_members(session, id, other, current_user.email, why, services().now())
            tell(session, "member.merge", f"member:{id}", after={"merged": other, "merge": done}, why=why)
    except LoyaltyError as fault:
        return _page(id, other, str(fault)), 409
    say(_("The two records are one now."), undo=url_for("member_merge.undo", id=id, merge=done))
    return redirect(url_for("member.page", id=id), code=303)


@blueprint.post("/<merge>/undo")
@allows("member.merge")
def undo(id: str, merge: str) -> Response:
    """Brings the other record back."""
    try:
        with write(services().engine) as session:
            found = get_merge(session, merge)
            if id not in (found.kept_id, found.merged_id):
                raise NotFound("There is no such merge.")
            undo_merge(session, merge, current_user.email, services().now())
            tell(session, "member.unmerge", f"member:{found.kept_id}", before={"merged": found.merged_id})
        say(_("The two records stand apart again."))
    except LoyaltyError as fault:
        say(str(fault))
    return redirect(url_for("member.page", id=id), code=303)


def _box(id: str) -> MemberBox:
    return read_member(reading(), shop(), get_member(reading(), id), permitted("member.contact"))


def _page(id: str, other: str, wrong: str = "") -> str:
    seen, boxes = None, [_box(id)]
    if other:
        try:
            boxes.append(_box(other))
            seen = preview_merge(reading(), id, other, services().now())
        except LoyaltyError as fault:
            wrong = wrong or str(fault)
    return render_template(
        "member_merge.html", boxes=boxes, other=other, seen=seen, wrong=wrong, shop=shop(),
        reason=request.form.get("reason", "")[:LONGEST_WHY], **_found(id),
    )  # fmt: skip


def _found(id: str) -> dict[str, object]:
    text = request.args.get("q", "")
    rows = [row for row in find(reading(), shop(), text, permitted("member.contact")) if row.id != id]
    return {
        "id": id, "text": text.strip(), "rows": rows, "level_style": level_style,
        "target": "member_merge.page", "choose": _("Compare with this one"),
    }  # fmt: skip
