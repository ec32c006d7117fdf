"""Help: the keys, the words, and what stands where."""

from flask import Blueprint, render_template

from loyalty.web.access import allows

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("")
@allows("account.use")
def page() -> str:
    return render_template("help.html")
