"""What counters reported and a person has to look at: sales without a member, blocked cards, gaps."""

from decimal import Decimal

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.resolve_unmatched import resolve_unmatched
from loyalty.checkout.staff_work import again, done, work
from loyalty.db.audit import entries
from loyalty.db.session import write
from loyalty.errors import Conflict
from loyalty.members.enrolment import get_member
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.finding import find
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.tokens import token_name
from loyalty.web.backoffice.work_view import KINDS, OPEN, RECEIPTS, SETTLED, Task, read_task, read_tasks
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import units_of, with_unit
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("work", __name__, url_prefix="/work")

ICONS = {
    "unmatched_sale": "receipt-off",
    "blocked_card": "credit-card-off",
    "refused_sale": "alert-triangle",
    "sequence_gap": "versions",
    "over_redemption": "alert-triangle",
    "copied_card": "credit-card-off",
    "worn_card": "credit-card",
    "stuck_command": "alert-triangle",
    "unreadable_receipt": "receipt-off",
}


def kind_name(kind: str) -> str:
    """What a report is about."""
    return {
        "unmatched_sale": _("Sale without a member"),
        "blocked_card": _("Card that may not be used"),
        "refused_sale": _("Sale that could not be booked"),
        "sequence_gap": _("Missing report of a counter"),
        "over_redemption": _("Reward without the points for it"),
        "copied_card": _("Card that may be a copy"),
        "worn_card": _("Card that fades"),
        "stuck_command": _("Sale that the server fails on"),
        "unreadable_receipt": _("Receipt of a till that could not be read"),
    }.get(kind, kind)


def task_words(task: Task) -> str:
    """What a report says, in the page's language; for refusals the server's own sentence: it names the reason."""
    if task.by_code:
        return _("Made without a card; the code on its receipt brings its points.")
    return {
        "unmatched_sale": _("The sale is kept, but nobody has this card yet."),
        "blocked_card": _("A sale was made with a card that may not be used; its points went to the card's owner."),
        "sequence_gap": _("A counter's reports do not follow each other: one or more have not arrived."),
        "copied_card": _("A card showed another state than it should: look at card and owner, clear or replace it."),
        "worn_card": _("A card was printed as often as its medium bears, or nearly so: give its owner a new one."),
        "stuck_command": _(
            "The server fails on it; the counter keeps it and tries again by itself. The server’s log has the reason."
        ),
        "unreadable_receipt": _(
            "A till handed over something that is no receipt as its mapping describes it."
            " What could be read stands below."
        ),
    }.get(task.kind, task.sentence)


@blueprint.get("")
@allows("work.view")
def index() -> str:
    kind, show = request.args.get("kind") or None, request.args.get("show") or OPEN
    if (kind is not None and kind not in KINDS) or show not in (OPEN, SETTLED, RECEIPTS):
        abort(404)
    tasks = read_tasks(reading(), kind, request.args.get("before"), show)
    part = "_work_rows.html" if request.headers.get("HX-Request") == "true" else "work.html"
    return render_template(part, tasks=tasks, kind=kind, show=show, shop=shop(), **_WORDS)


@blueprint.get("/<id>")
@allows("work.view")
def task(id: str) -> str:
    """One report; for a sale without a member also the search for its member."""
    found, lines = read_task(reading(), id)
    text = request.args.get("q", "")
    rows = find(reading(), shop(), text, permitted("member.contact")) if permitted("work.settle") else ()
    part = "_work_members.html" if request.headers.get("HX-Request") == "true" else "task.html"
    return render_template(part, task=found, lines=lines, text=text.strip(), rows=rows, shop=shop(), **_WORDS)


@blueprint.post("/<id>/member")
@allows("work.settle")
def give(id: str) -> Response:
    """Books a sale that had no member for one, judged as of when it happened."""
    now = services().now()
    with write(services().engine) as session:
        member = get_member(session, request.form.get("member", ""))
        result = resolve_unmatched(session, id, member.id, now, current_user.email)
        tell(session, "work.give", f"work:{id}", after={"member": member.id})
    wallet = shop().wallet(shop().main_wallet)
    earned = Decimal(str((result.get("earned") or {}).get(wallet.name, 0)))
    points = with_unit(units_of(earned, wallet), wallet)
    say(_("Booked for %(name)s: %(points)s earned.", name=member.name, points=points))
    return redirect(url_for("work.index"), code=303)


@blueprint.post("/<id>/done")
@allows("work.settle")
def settle(id: str) -> Response:
    """Takes a report off the list; it stays among the settled ones."""
    with write(services().engine) as session:
        done(session, id, services().now(), current_user.email)
        tell(session, "work.settle", f"work:{id}")
    say(_("Settled. It stands among the settled reports."), undo=url_for("work.unsettle", id=id))
    return redirect(url_for("work.index"), code=303)


@blueprint.post("/<id>/undone")
@allows("work.settle")
def unsettle(id: str) -> Response:
    """Puts a report that was only taken off the list back on it; one that was booked stays booked."""
    with write(services().engine) as session:
        work(session, id)  # there is such a report
        told = entries(session, subject=f"work:{id}", limit=1)
        if not told or told[0].action != "work.settle":
            raise Conflict("More happened to this report since; look at it again.")
        again(session, id)
        tell(session, "work.unsettle", f"work:{id}")
    say(_("The report is on the list again."))
    return redirect(url_for("work.index"), code=303)


_WORDS = {
    "icons": ICONS,
    "kind_name": kind_name,
    "level_style": level_style,
    "task_words": task_words,
    "token_name": token_name,
}
