"""Home: what needs a person today, and six numbers."""

from flask import Blueprint, redirect, render_template
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.web.access import allows, permitted
from loyalty.web.backoffice.figures import figure_name, figure_note, figure_short
from loyalty.web.backoffice.frame import first_place, places
from loyalty.web.backoffice.help import purposes
from loyalty.web.backoffice.home_decisions import read_decisions
from loyalty.web.backoffice.home_view import read_home
from loyalty.web.database import reading
from loyalty.web.shop import shop
from loyalty.web.spark import spark_line

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@allows("account.use")
def door() -> Response:
    """Where everybody enters: the first page that is open to this person."""
    return redirect(first_place())


@blueprint.get("/home")
@allows("home.view")
def page() -> str:
    decisions = read_decisions(reading(), current_user.email, permitted, shop().now, shop().today)
    home = read_home(reading(), shop(), decisions, permitted)
    elsewhere = [] if permitted("figures.view") else [place for place in places() if place.endpoint != "home.page"]
    return render_template(
        "home.html",
        home=home,
        elsewhere=elsewhere,
        purposes=purposes() if elsewhere else {},
        shop=shop(),
        spark_line=spark_line,
        figure_name=figure_name,
        figure_note=figure_note,
        figure_short=figure_short,
    )
