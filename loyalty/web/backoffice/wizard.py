"""The first run: the one-time code and the first administrator, then the shop step by step; each may be skipped."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_security import login_user
from werkzeug.wrappers import Response

from loyalty.db.session import read, write
from loyalty.errors import LoyaltyError, NotFound
from loyalty.web.access import allows
from loyalty.web.backoffice.wizard_steps import STEPS, Step, Wrong
from loyalty.web.database import reading
from loyalty.web.first_run import first_administrator, nobody_yet
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("wizard", __name__, url_prefix="/setup")

Page = str | tuple[str, int] | Response


@blueprint.before_app_request
def _show_the_way() -> Response | None:
    """Where nobody can log in, the log-in page would lead nowhere."""
    if request.endpoint == "security.login" and request.method == "GET" and nobody_yet(reading()):
        return redirect(url_for("wizard.door"))
    return None


@blueprint.get("")
def door() -> Page:
    if not nobody_yet(reading()):
        return redirect(url_for("wizard.step", name=STEPS[0].name))  # asks for the log-in when there is none
    return render_template("setup_door.html", typed={}, wrong="")


@blueprint.post("")
def enter() -> Page:
    """The code from the terminal becomes the first administrator, who is logged in at once."""
    typed = {name: request.form.get(name, "") for name in ("code", "email")}
    password = request.form.get("password", "")
    try:
        if password != request.form.get("again", ""):
            raise LoyaltyError(_("The two passwords differ."))
        with write(services().engine) as session:
            email = first_administrator(session, typed["code"], typed["email"], password, services().now()).email
    except LoyaltyError as error:
        return render_template("setup_door.html", typed=typed, wrong=str(error)), 422
    user = current_app.extensions["security"].datastore.find_user(email=email)
    login_user(user, authn_via=["password"])
    return redirect(url_for("wizard.step", name=STEPS[0].name), code=303)


@blueprint.get("/<name>")
@allows("settings.manage")
def step(name: str) -> str:
    here = _step(name)
    return _page(here, here.read(reading()))


@blueprint.post("/<name>")
@allows("settings.manage")
def save(name: str) -> Page:
    """Keeps the step and goes on; what is wrong comes back as it was typed."""
    here = _step(name)
    typed = {field: request.form.get(field, "").strip() for field in here.fields}
    try:
        shown = here.save(typed)
    except Wrong as wrong:
        return _page(here, {**here.read(reading()), **typed}, wrong.field, str(wrong)), 422
    except LoyaltyError as error:
        return _page(here, {**here.read(reading()), **typed}, "", str(error)), 422
    if shown:
        with read(services().engine) as session:
            return _page(here, {**here.read(session), **shown})
    return redirect(url_for("wizard.step", name=_after(here)), code=303)


def _step(name: str) -> Step:
    found = next((each for each in STEPS if each.name == name), None)
    if found is None:
        raise NotFound("There is no such step.")
    return found


def _after(here: Step) -> str:
    names = [each.name for each in STEPS]
    return names[min(names.index(here.name) + 1, len(names) - 1)]


def _page(here: Step, values: dict[str, Any], field: str = "", wrong: str = "") -> str:
    names = [each.name for each in STEPS]
    place = names.index(here.name)
    return render_template(
        "setup.html", here=here, steps=STEPS, place=place, values=values, field=field, wrong=wrong,
        before=names[place - 1] if place else "", after=_after(here),
    )  # fmt: skip
