"""Lifetime value: the page of the model, one member's part of it, and working it out anew."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.insight.analyses import ANALYSES
from loyalty.insight.values import refresh_values
from loyalty.members.enrolment import get_member
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.analyses_words import word
from loyalty.web.backoffice.values_view import dearest, future_of, model_row, parameters_of, totals
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import ngettext

blueprint = Blueprint("values", __name__)


@blueprint.get("/lifetime-value")
@allows("figures.view")
def page() -> str:
    """The model with its ranges, what it says altogether, and the dearest members."""
    model = model_row(reading())
    fitted = model is not None and model.parameters is not None
    return render_template(
        "lifetime_value.html",
        analyses=ANALYSES, model=model, fitted=fitted, shop=shop(), word=word,
        parameters=parameters_of(model) if fitted else [],
        totals=totals(reading()) if fitted else None,
        members=dearest(reading(), permitted("member.contact")) if fitted and permitted("member.view") else [],
    )  # fmt: skip


@blueprint.post("/lifetime-value")
@allows("segment.edit")
def refresh() -> Response:
    """Works it out anew, at once."""
    many = refresh_values(services().engine, services().now())
    with write(services().engine) as session:
        tell(session, "values.refresh", "values:all", after={"members": many})
    say(ngettext("%(num)s member is valued.", "%(num)s members are valued.", many))
    return redirect(url_for("values.page"), code=303)


@blueprint.get("/members/<id>/value")
@allows("figures.view")
def member(id: str) -> str:
    """A part of the member's page: place among all, and the coming year between what and what."""
    get_member(reading(), id)
    future = future_of(reading(), id, shop().digits)
    return render_template("_member_value.html", future=future, shop=shop(), word=word)
