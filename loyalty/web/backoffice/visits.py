"""Visits of mystery shoppers: forms, a visit written down, and the page of how stores and staff do."""

from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.care.performance import of_staff, of_stores
from loyalty.care.visits import MARKS, all_forms, get_form, last_visits, lost_at, make_form, note_visit, percent_of
from loyalty.db.session import write
from loyalty.errors import Invalid
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.members_saved import known_stores
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("visits", __name__, url_prefix="/care")

DAYS = (28, 91, 365)


@blueprint.get("/visits")
@allows("survey.view")
def index() -> str:
    return _index("", "", "")


@blueprint.post("/visits")
@allows("survey.edit")
def make() -> Response | tuple[str, int]:
    """A new form."""
    name, lines = request.form.get("name", ""), request.form.get("questions", "")
    try:
        with write(services().engine) as session:
            id = make_form(session, name, lines, current_user.email, services().now())
            tell(session, "visit.form", f"visit_form:{id}", after={"questions": len(lines.splitlines())})
    except Invalid as fault:
        wrong = {
            "/name": _("Give the form a name of its own, in at most 60 characters."),
        }.get(fault.pointer or "", _("Write 1 to 40 questions, one a line, each with 1 to 100 points after a bar."))
        return _index(name, lines, wrong), 422
    say(_("The form can be used."))
    return redirect(url_for("visits.index"), code=303)


@blueprint.get("/visits/forms/<id>")
@allows("visit.write")
def form(id: str) -> str:
    """A visit to be filled in."""
    return _form(id, {}, "")


@blueprint.post("/visits/forms/<id>")
@allows("visit.write")
def note(id: str) -> Response | tuple[str, int]:
    typed = request.form
    questions = get_form(reading(), id).questions
    marks = [typed.get(f"mark-{place}", "") for place in range(len(questions))]
    try:
        day = date.fromisoformat(typed.get("day", ""))
        with write(services().engine) as session:
            visit = note_visit(session, id, typed.get("store", ""), day, marks, typed.get("words", ""),
                               current_user.email, services().now(), shop().today)  # fmt: skip
            tell(session, "visit.note", f"visit:{visit}", after={"store": typed.get("store", ""), "day": day})
    except (ValueError, Invalid):
        return _form(id, typed.to_dict(), _("Say which store was visited and when, and answer every question.")), 422
    say(_("The visit is written down."))
    return redirect(url_for("visits.index"), code=303)


@blueprint.get("/performance")
@allows("survey.view")
def performance() -> str:
    """Stores and staff in the last days."""
    days = request.args.get("days", "91")
    if days not in map(str, DAYS):
        abort(404)
    now = services().now()
    since = now - timedelta(days=int(days))
    return render_template(
        "performance.html", stores=of_stores(reading(), since), people=of_staff(reading(), since, now),
        days=int(days), choices=DAYS, shop=shop(),
    )  # fmt: skip


def _index(name: str, lines: str, wrong: str) -> str:
    return render_template(
        "visits.html", forms=all_forms(reading()), visits=last_visits(reading()), percent_of=percent_of,
        lost_at=lost_at, name=name, lines=lines, wrong=wrong, shop=shop(),
    )  # fmt: skip


def _form(id: str, typed: dict[str, str], wrong: str) -> str:
    return render_template("visit_form.html", form=get_form(reading(), id), typed=typed, wrong=wrong, marks=MARKS,
                           stores=known_stores(reading()), shop=shop())  # fmt: skip
