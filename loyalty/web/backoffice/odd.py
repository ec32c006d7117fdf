"""What looks odd: findings of the shop's rules, each with its facts, until somebody has looked and says what it was."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.care.tasks import make_task
from loyalty.db.session import write
from loyalty.insight.odd_kept import LONGEST_NOTE, finding, look_for_odd, reopen, settle
from loyalty.insight.odd_rules import RULES
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.care_view import names_of
from loyalty.web.backoffice.odd_view import read_findings, sales_of
from loyalty.web.backoffice.odd_words import finding_words, rule_name
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("odd", __name__, url_prefix="/odd")

LOOK_BACK_DAYS = 92
_WORDS = {"rule_name": rule_name, "finding_words": finding_words}


@blueprint.get("")
@allows("work.view")
def index() -> str:
    """Findings; `rule` is one of the rules, `show` is open or settled, `store` a name."""
    rule, show, skip = request.args.get("rule", ""), request.args.get("show", "open"), request.args.get("skip", "0")
    if (rule and rule not in RULES) or show not in ("open", "settled") or not skip.isdecimal() or len(skip) > 7:
        abort(404)
    store = request.args.get("store", "").replace("\x00", "")[:200]
    found = read_findings(reading(), rule, store, show == "settled", int(skip), permitted("member.contact"))
    return render_template("odd.html", found=found, rule=rule, store=store, show=show, shop=shop(), **_WORDS)


@blueprint.post("/look")
@allows("work.settle")
def look() -> Response:
    """Applies the rules to the last three months now."""
    new = look_for_odd(services().engine, services().now(), LOOK_BACK_DAYS)
    with write(services().engine) as session:
        tell(session, "odd.look", "odd:rules", after={"days": LOOK_BACK_DAYS, "found": new})
    say(_("Looked at the last %(days)s days: %(new)s new.", days=LOOK_BACK_DAYS, new=new))
    return redirect(url_for("odd.index"), code=303)


@blueprint.get("/<id>")
@allows("work.view")
def page(id: str) -> str:
    """One finding with the sales it rests on."""
    row = finding(reading(), id)
    members = [*row.facts.get("members", ()), row.member_id]
    names = names_of(reading(), members, permitted("member.contact"))
    return render_template("odd_finding.html", row=row, names=names, sales=sales_of(reading(), row), shop=shop(),
                           longest=LONGEST_NOTE, **_WORDS)  # fmt: skip


@blueprint.post("/<id>/done")
@allows("work.settle")
def done(id: str) -> Response:
    """Somebody has looked; a note says what it was."""
    with write(services().engine) as session:
        row = settle(session, id, current_user.email, request.form.get("note", ""), services().now())
        tell(session, "odd.settle", f"odd:{id}", after={"rule": row.rule, "note": row.note})
    say(_("Settled. It stands among the settled findings."), undo=url_for("odd.undone", id=id))
    return redirect(url_for("odd.index"), code=303)


@blueprint.post("/<id>/undone")
@allows("work.settle")
def undone(id: str) -> Response:
    """The finding is on the list again, with its note."""
    with write(services().engine) as session:
        row = reopen(session, id)
        tell(session, "odd.again", f"odd:{id}", after={"rule": row.rule})
    say(_("The finding is on the list again."))
    return redirect(url_for("odd.index"), code=303)


@blueprint.post("/<id>/task")
@allows("care.work")
def task(id: str) -> Response:
    """A task for the person who asks, by tomorrow, about the finding's member."""
    with write(services().engine) as session:
        row = finding(session, id)
        what = f"{rule_name(row.rule)}: {finding_words(row.rule, row.facts)}"[:400]
        due_on = shop().today + timedelta(days=1)
        made = make_task(session, what, current_user.email, due_on, current_user.email, services().now(),
                         member=row.member_id)  # fmt: skip
        tell(session, "case.task", f"task:{made}", after={"odd": id, "due_on": due_on})
    say(_("The task is on the list."))
    return redirect(url_for("odd.page", id=id), code=303)
