"""What counters reported and a person has to look at: sales without a member, blocked cards, gaps."""

from flask import Blueprint, abort, render_template, request

from loyalty.web.access import allows
from loyalty.web.backoffice.work_view import KINDS, read_tasks
from loyalty.web.database import reading
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("work", __name__, url_prefix="/work")

ICONS = {
    "unmatched_sale": "receipt-off",
    "blocked_card": "credit-card-off",
    "refused_sale": "alert-triangle",
    "sequence_gap": "versions",
}


def kind_name(kind: str) -> str:
    """What a report is about."""
    return {
        "unmatched_sale": _("Sale without a member"),
        "blocked_card": _("Card that may not be used"),
        "refused_sale": _("Sale that could not be booked"),
        "sequence_gap": _("Missing report of a counter"),
    }.get(kind, kind)


def token_name(kind: str | None) -> str:
    """How a credential is read."""
    return {
        "card_uid": _("chip card"),
        "barcode": _("printed code"),
        "magstripe": _("magnetic stripe"),
        "sun": _("signed chip"),
        "phone": _("telephone"),
        "number": _("member number"),
    }.get(kind or "", kind or "")


@blueprint.get("")
@allows("work.view")
def index() -> str:
    kind = request.args.get("kind") or None
    if kind is not None and kind not in KINDS:
        abort(404)
    tasks = read_tasks(reading(), kind, request.args.get("before"))
    part = "_work_rows.html" if request.headers.get("HX-Request") == "true" else "work.html"
    return render_template(
        part, tasks=tasks, kind=kind, shop=shop(), icons=ICONS, kind_name=kind_name, token_name=token_name
    )
