"""For staff: a code for a member without e-mail, to be printed or read out at the counter."""

from flask import Blueprint, abort, render_template

from loyalty.db.session import write
from loyalty.members.enrolment import get_member
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.database import reading
from loyalty.web.portal import codes
from loyalty.web.portal.guard import secret
from loyalty.web.portal.switch import is_on
from loyalty.web.services import services

blueprint = Blueprint("portal_desk", __name__, url_prefix="/members/<id>/portal-code")


@blueprint.post("")
@allows("member.edit", fresh=True)
def give(id: str) -> str:
    """Shown once; who gave it to whom stands in the audit log, the code itself does not."""
    if not is_on(reading()):
        abort(404)
    now = services().now()
    with write(services().engine) as session:
        member = get_member(session, id)
        if member.status != "active":
            abort(404)
        number = member.number
        asked = codes.ask(session, f"number:{number}", member.id, {"kind": "counter"}, now, secret())
        tell(session, "portal.code", f"member:{id}")
    return render_template("portal_desk.html", id=id, number=number, code=asked.code, minutes=codes.LIFE.seconds // 60)
