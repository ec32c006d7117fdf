"""All that is kept of a person: to read, to print, to take away as a file; and erasing it."""

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as Answer

from loyalty.checkout.erase_member import answers_naming, erase_member
from loyalty.checkout.personal_data import personal_data
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.members.enrolment import get_member
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.record_words import field_word
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("member_personal", __name__, url_prefix="/members/<id>/personal-data")

LONGEST_WHY = 200


@blueprint.get("")
@allows("member.personal")
def page(id: str) -> str:
    return _page(id)


@blueprint.post("/file")
@allows("member.personal", fresh=True)
def file(id: str) -> Response:
    """The same as JSON, for programs."""
    with write(services().engine) as session:
        member = get_member(session, id)
        tell(session, "member.personal", f"member:{id}")
    text = json.dumps(personal_data(reading(), id), ensure_ascii=False, indent=1)
    answer = Response(text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename=member-{member.number}.json"
    return answer


@blueprint.post("/erase")
@allows("member.personal", fresh=True)
def erase(id: str) -> Answer | tuple[str, int]:
    """For ever: the member's number must be typed."""
    member = get_member(reading(), id)
    why = request.form.get("reason", "").replace("\x00", "").strip()
    if not why or len(why) > LONGEST_WHY:
        return _page(id, {"reason": _("Write in a few words who asked for it.")}), 422
    if request.form.get("number", "").strip() != member.number:
        return _page(id, {"number": _("Type the member's number exactly.")}), 422
    answers = answers_naming(reading(), id)
    reading().rollback()
    try:
        with write(services().engine) as session:
            erase_member(session, id, current_user.email, why, services().now(), answers)
            tell(session, "member.erase", f"member:{id}", after={"status": "erased"}, why=why)
    except LoyaltyError as fault:
        return _page(id, {"number": str(fault)}), 409
    say(_("Everything personal is erased. Sales and points stay, and name nobody."))
    return redirect(url_for("member.page", id=id), code=303)


def _page(id: str, wrong: dict[str, str] | None = None) -> str:
    data = personal_data(reading(), id)
    return render_template(
        "member_personal.html", id=id, data=data, record=data["member"], wrong=wrong or {}, names=_names(),
        field_word=field_word,
        reason=request.form.get("reason", "")[:LONGEST_WHY],
    )  # fmt: skip


def _names() -> dict[str, str]:
    """What each part is called."""
    return {
        "cards": _("Cards"),
        "consents": _("Consents"),
        "purchases": _("Purchases"),
        "purchase_lines": _("Lines of purchases"),
        "points_moved": _("Movements of points"),
        "accounts": _("Balances"),
        "lots": _("Portions of points"),
        "level": _("Level"),
        "levels_before": _("Levels so far"),
        "vouchers": _("Vouchers"),
        "topups": _("Top-ups"),
        "holds": _("Points set aside"),
        "points_by_hand": _("Points by hand"),
        "household": _("Household"),
        "tasks": _("Tasks about this person"),
        "merges": _("Merged records"),
    }
