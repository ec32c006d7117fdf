"""Home: what needs a person today, and six numbers."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from loyalty.web.access import allows, permitted
from loyalty.web.backoffice.frame import first_place

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@allows("account.use")
def door() -> Response:
    """Where everybody enters: the first page that is open to this person."""
    return redirect(first_place())


@blueprint.get("/home")
@allows("home.view")
def page() -> str:
    return render_template("home.html", figures=permitted("figures.view"))
