"""Visits of mystery shoppers: forms, a visit written down, and the page of how stores and staff do."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.care.performance import of_staff, of_stores
from loyalty.care.visits import (
    MARKS,
    all_forms,
    change_form,
    get_form,
    last_visits,
    lines_of,
    lost_at,
    make_form,
    note_visit,
    percent_of,
)
from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.members_saved import known_stores
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("visits", __name__, url_prefix="/care")

DAYS = (28, 91, 365)


@blueprint.get("/visits")
@allows("survey.view")
def index() -> str:
    return _index("", "")


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
        _blame_form(fault)
        return _index(name, lines), 422
    say(_("The form can be used."))
    return redirect(url_for("visits.index"), code=303)


@blueprint.get("/visits/forms/<id>/edit")
@allows("survey.edit")
def edit(id: str) -> str:
    form = get_form(reading(), id)
    return _edit(form, form.name, lines_of(form.questions))


@blueprint.post("/visits/forms/<id>/edit")
@allows("survey.edit")
def change(id: str) -> Response | tuple[str, int]:
    """Other questions from now on; visits so far keep theirs."""
    before = get_form(reading(), id)
    name, lines = request.form.get("name", ""), request.form.get("questions", "")
    stands = {"name": before.name, "questions": lines_of(before.questions)}
    both = crossed(request.form, stands, {"name": name, "questions": lines})
    if both is not None:
        show_crossing(both, {"name": _("Name"), "questions": _("Questions, one a line, points after a bar")})
        return _edit(before, both.values["name"], both.values["questions"]), 412
    try:
        with write(services().engine) as session:
            change_form(session, id, before.version, name, lines, current_user.email, services().now())
            after = {"name": name, "questions": len(get_form(session, id).questions)}
            was = {"name": before.name, "questions": len(before.questions)}
            tell(session, "visit.form_change", f"visit_form:{id}", before=was, after=after)
    except Invalid as fault:
        _blame_form(fault)
        return _edit(before, name, lines), 422
    say(_("The form is changed. Visits so far keep the questions that they answered."))
    return redirect(url_for("visits.index"), code=303)


@blueprint.get("/visits/forms/<id>")
@allows("visit.write")
def form(id: str) -> str:
    """A visit to be filled in."""
    return _form(id, {})


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
                               current_user.email, services().now(), shop().today,
                               typed.get("version", type=int))  # fmt: skip
            tell(session, "visit.note", f"visit:{visit}", after={"store": typed.get("store", ""), "day": day})
    except Conflict:
        wrong_at({"form": _("The form was changed meanwhile. Answer its questions as they are now.")})
        return _form(id, typed.to_dict()), 409
    except Invalid as fault:
        _blame_visit(fault, questions, marks)
        return _form(id, typed.to_dict()), 422
    except ValueError:
        wrong_at({"day": _("This is no day; write it as 2026-12-31.")})
        return _form(id, typed.to_dict()), 422
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


def _blame_form(fault: Invalid) -> None:
    if fault.pointer == "/name":
        wrong_at({"name": _("Give the form a name of its own, in at most 60 characters.")})
    else:
        wrong_at({"questions": _("Write 1 to 40 questions, one a line, each with 1 to 100 points after a bar.")})


def _blame_visit(fault: Invalid, questions: Sequence[Any], marks: Sequence[str]) -> None:
    if fault.pointer == "/store":
        wrong_at({"store": _("Say which store was visited, in at most 200 characters.")})
    elif fault.pointer == "/day":
        wrong_at({"day": _("The day of the visit lies ahead.")})
    elif open_ones := [place for place, mark in enumerate(marks) if mark not in MARKS]:
        said = _("Answer every question.")
        wrong_at({f"mark-{place}": f"{said} {questions[place]['text']}" for place in open_ones[:5]})
    else:
        wrong_at({"mark-0": _("At least one question must count.")})


def _edit(form: Any, name: str, lines: str) -> str:
    was = as_seen({"name": form.name, "questions": lines_of(form.questions)})
    return render_template("visit_form_edit.html", form=form, name=name, lines=lines, was=was)


def _index(name: str, lines: str) -> str:
    return render_template(
        "visits.html", forms=all_forms(reading()), visits=last_visits(reading()), percent_of=percent_of,
        lost_at=lost_at, name=name, lines=lines, shop=shop(),
    )  # fmt: skip


def _form(id: str, typed: dict[str, str]) -> str:
    return render_template("visit_form.html", form=get_form(reading(), id), typed=typed, answers=MARKS,
                           stores=known_stores(reading()), shop=shop())  # fmt: skip
