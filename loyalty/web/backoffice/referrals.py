"""A part of the member's page: who brought her and whom she brought; staff may write down who brought her."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.members.enrolment import get_member
from loyalty.members.persons import records_of
from loyalty.members.referral_tables import prospects
from loyalty.members.referrals import OFFICE, brought_by, note_referral, referral_of
from loyalty.points.tables_sale import purchases
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.bringer import FIELD, bringer_of
from loyalty.web.backoffice.members_rows import rows_of
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import N_, _

blueprint = Blueprint("referrals", __name__, url_prefix="/members/<id>/referrals")
SHOWN = 5
STATUS: dict[str, str] = {
    "waiting": N_("first purchase to come"), "thanked": N_("bought"), "known": N_("written down later"),
    "refused": N_("not thanked"),
}  # fmt: skip
WHY: dict[str, str] = {
    "self": N_("both records are one person"), "gone": N_("who brought them is no member any more"),
    "phone": N_("this telephone was thanked for before"),
}  # fmt: skip


@blueprint.get("")
@allows("member.view")
def of_member(id: str) -> str:
    member, session = get_member(reading(), id), reading()
    came, brought = referral_of(session, id), brought_by(session, id)
    ids = [*([came.brought_by] if came else []), *(each.member for each in brought[:SHOWN])]
    names = {row.id: row for row in rows_of(session, shop(), list(dict.fromkeys(ids)), permitted("member.contact"))}
    before = session.execute(sa.select(prospects).where(prospects.c.member_id == id)).one_or_none()
    return render_template(
        "_member_referrals.html", member=member, came=came, brought=brought, shown=SHOWN, names=names, before=before,
        status=STATUS, why=WHY,
    )  # fmt: skip


@blueprint.post("")
@allows("member.edit")
def note(id: str) -> Response:
    """Who brought this member, said afterwards; after the first purchase nothing is given for it."""
    try:
        with write(services().engine) as session:
            by = bringer_of(session, request.form.get(FIELD, "").replace("\x00", "")[:120])
            if by is None:
                raise Invalid("Say who brought them.", pointer=f"/{FIELD}")
            bought = sa.select(purchases.c.id).where(purchases.c.member.in_(records_of(session, id))).limit(1)
            note_referral(session, id, by, OFFICE, services().now(), current_user.email,
                          waiting=session.scalar(bought) is None)  # fmt: skip
            tell(session, "member.brought", f"member:{id}", after={"by": by})
        say(_("Written down who brought them."))
    except LoyaltyError as fault:
        say(fault_words(fault))
    return redirect(url_for("member.page", id=id), code=303)


def fault_words(fault: LoyaltyError) -> str:
    """Why nothing was written down, in the page's language."""
    if isinstance(fault, Conflict):
        return _("Nobody can be brought twice or in a circle; nothing was written down.")
    return _("No single other member fits this; type the number of the member who brought them.")
