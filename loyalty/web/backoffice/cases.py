"""A case's page: what comes next and by when, what happened, and points to make up for it."""

from decimal import Decimal, InvalidOperation

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.care.cases import (
    CHANNELS,
    STEPS,
    assign,
    close,
    events_of,
    get_case,
    note_contact,
    note_points,
    points_given,
    reopen,
    take_step,
)
from loyalty.care.tasks import open_tasks
from loyalty.checkout.adjust_points import PointsWish, adjust_points, limit_of
from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.ids import new_id
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.care_view import names_of, owners
from loyalty.web.backoffice.care_words import care_words, step_word
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import with_unit
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("cases", __name__, url_prefix="/care/cases")


@blueprint.get("/<id>")
@allows("care.view")
def page(id: str) -> str:
    session, case, events = reading(), get_case(reading(), id), events_of(reading(), id)
    return render_template(
        "case.html", case=case, events=events, given=points_given(session, events),
        tasks=open_tasks(session, case=id), steps=STEPS,
        names=names_of(session, [case.member_id], permitted("member.contact")), channels=CHANNELS,
        owners=owners(session), now=services().now(), key=new_id("ptr", services().now()),
        limit=limit_of(session, [role.name for role in current_user.roles]), shop=shop(), **care_words(),
    )  # fmt: skip


@blueprint.post("/<id>/step")
@allows("care.work")
def step(id: str) -> Response:
    """The next of regret, solution and follow-up; `close` and `reopen` are steps of their own."""
    wanted, words, who = request.form.get("step", ""), request.form.get("words", ""), current_user.email
    now = services().now()
    try:
        with write(services().engine) as session:
            before = get_case(session, id).step
            if wanted == "close":
                close(session, id, words, who, now)
            elif wanted == "reopen":
                reopen(session, id, words, who, now)
            else:
                take_step(session, id, wanted, words, who, now)
            after = get_case(session, id).step
            tell(session, "case.step", f"case:{id}", before={"step": before}, after={"step": after})
        closed = after == "closed"
        say(_("The case is closed.") if closed else _("Written down. Next: %(step)s.", step=step_word(after)))
    except Invalid:
        say(_("Nothing was written down: say in some words what was done, in at most 4,000 characters."))
    except Conflict:
        say(_("Somebody else was quicker: the case stands elsewhere now."))
    return redirect(url_for("cases.page", id=id), code=303)


@blueprint.post("/<id>/contact")
@allows("care.work")
def contact(id: str) -> Response:
    try:
        with write(services().engine) as session:
            channel = request.form.get("channel", "")
            note_contact(session, channel, request.form.get("words", ""), current_user.email, services().now(), case=id)
            tell(session, "case.contact", f"case:{id}", after={"channel": channel})
        say(_("Written down."))
    except Invalid:
        say(_("Nothing was written down: say in which words, and choose a channel."))
    return redirect(url_for("cases.page", id=id), code=303)


@blueprint.post("/<id>/owner")
@allows("care.work")
def owner(id: str) -> Response:
    """Gives the case to somebody who may look after cases."""
    wanted = request.form.get("owner", "")
    if wanted in owners(reading()):
        with write(services().engine) as session:
            before = get_case(session, id).owner
            assign(session, id, wanted, current_user.email, services().now())
            tell(session, "case.assign", f"case:{id}", before={"owner": before}, after={"owner": wanted})
        say(_("%(who)s looks after it now.", who=wanted))
    return redirect(url_for("cases.page", id=id), code=303)


@blueprint.post("/<id>/points")
@allows("points.adjust")
def points(id: str) -> Response:
    """Points to make up for it, inside the person's limit of the day; above it a second person agrees."""
    key = request.form.get("id", "")
    try:
        with write(services().engine) as session:
            case = get_case(session, id)
            if case.member_id is None:
                raise Invalid("Nobody is named in this case.")
            wish = PointsWish(key if key.startswith("ptr_") and len(key) == 30 else new_id("ptr", services().now()),
                              case.member_id, shop().main_wallet, _number(), "goodwill")  # fmt: skip
            limit = limit_of(session, [role.name for role in current_user.roles])
            row = adjust_points(session, wish, current_user.email, limit, services().now())
            note_points(session, id, row.id, str(wish.points), current_user.email, services().now())
            told = {"wallet": row.wallet, "units": row.units, "reason": row.reason, "status": row.status, "case": id}
            tell(session, "points.adjust", f"member:{row.member_id}", after=told, why="goodwill")
    except LoyaltyError:
        say(_("No points were booked: type how many, a number above 0, for a case that names a member."))
        return redirect(url_for("cases.page", id=id), code=303)
    shown = with_unit(row.units, shop().wallet(row.wallet))
    if row.status == "waiting":
        say(_("%(points)s wait for a second person: it is above what you may book alone in a day.", points=shown))
    else:
        say(_("%(points)s credited.", points=shown))
    return redirect(url_for("cases.page", id=id), code=303)


def _number() -> Decimal:
    try:
        found = Decimal(request.form.get("points", "").replace(",", ""))
    except InvalidOperation as error:
        raise Invalid("That is no number.") from error
    if not found.is_finite() or found <= 0:
        raise Invalid("Give a number above 0.")
    return found
