"""The list of cases with what is late first, the staff's tasks, a new case, and contacts that are written down."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.care.cases import CHANNELS, KINDS, NewCase, note_contact, open_case
from loyalty.care.tasks import finish_task, make_task, open_tasks, reopen_task
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.members.care_tables import care_cases
from loyalty.members.enrolment import get_member
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.care_view import SHOWN, names_of, owners, read_cases
from loyalty.web.backoffice.care_words import care_words
from loyalty.web.backoffice.members_saved import known_stores
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("care", __name__, url_prefix="/care")

FIELDS = ("subject", "kind", "channel", "words", "member", "store", "owner")


@blueprint.get("")
@allows("care.view")
def index() -> str:
    """Cases; `show` is open, mine, late or closed."""
    show, skip = request.args.get("show", "open"), request.args.get("skip", "0")
    if show not in SHOWN or not skip.isdecimal() or len(skip) > 7:
        abort(404)
    cases = read_cases(reading(), show, current_user.email, services().now(), int(skip), permitted("member.contact"))
    tasks = open_tasks(reading(), owner=current_user.email)
    return render_template("care.html", cases=cases, show=show, tasks=tasks, now=services().now(), shop=shop(),
                           **care_words())  # fmt: skip


@blueprint.get("/new")
@allows("care.work")
def new() -> str:
    """A case to be filled in; `member` may stand in the address."""
    typed = dict.fromkeys(FIELDS, "") | {"member": request.args.get("member", ""), "owner": current_user.email}
    return _form(typed, {})


@blueprint.post("/new")
@allows("care.work")
def create() -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "").replace("\x00", "").strip() for name in FIELDS}
    typed["owner"] = typed["owner"] if typed["owner"] in owners(reading()) else current_user.email
    try:
        with write(services().engine) as session:
            id = open_case(session, NewCase(**typed), current_user.email, services().now())
            told = {"kind": typed["kind"], "member": typed["member"], "owner": typed["owner"]}
            tell(session, "case.open", f"case:{id}", after=told)
    except LoyaltyError as fault:
        name = (fault.pointer or "/member").strip("/")
        return _form(typed, {name if name in FIELDS else "member": _fault(name)}), 422
    say(_("The case is open. Tell the member that you look after it."))
    return redirect(url_for("cases.page", id=id), code=303)


@blueprint.get("/members/<id>")
@allows("care.note")
def of_member(id: str) -> str:
    """A part of the member's page: open cases, and a form to write down a contact."""
    member, at = get_member(reading(), id), care_cases.c
    found = sa.select(care_cases).where(at.member_id == member.id).order_by(at.closed_at.is_not(None), at.id.desc())
    rows = reading().execute(found.limit(5)).all() if permitted("care.view") else []
    return render_template("_member_care.html", id=member.id, cases=rows, channels=CHANNELS, **care_words())


@blueprint.post("/members/<id>/contact")
@allows("care.note")
def contact(id: str) -> Response:
    """Somebody spoke or wrote with the member."""
    typed = request.form
    try:
        with write(services().engine) as session:
            channel = typed.get("channel", "")
            event = note_contact(session, channel, typed.get("words", ""), current_user.email, services().now(),
                                 member=id)  # fmt: skip
            tell(session, "case.contact", f"member:{id}", after={"channel": channel, "event": event})
        say(_("Written down. It stands on the timeline."))
    except LoyaltyError as fault:
        if fault.pointer is None:
            raise
        say(_("Nothing was written down: say in which words, and choose a channel."))
    return redirect(url_for("member.page", id=id), code=303)


@blueprint.post("/tasks")
@allows("care.work")
def task() -> Response:
    """A task for oneself or somebody else, of a case or by itself."""
    typed, case = request.form, request.form.get("case", "")
    owner = typed.get("owner", "")
    try:
        due_on = date.fromisoformat(typed.get("due_on") or (shop().today + timedelta(days=1)).isoformat())
        with write(services().engine) as session:
            of = session.execute(sa.select(care_cases).where(care_cases.c.id == case)).first()
            id = make_task(
                session, typed.get("what", ""), owner if owner in owners(session) else current_user.email, due_on,
                current_user.email, services().now(), case=of.id if of else None, member=of.member_id if of else None,
            )  # fmt: skip
            tell(session, "case.task", f"task:{id}", after={"case": case, "due_on": due_on})
        say(_("The task is on the list."))
    except (ValueError, LoyaltyError):
        say(_("No task was made: write what is to be done and by which day."))
    return redirect(url_for("cases.page", id=case) if case else url_for("care.index"), code=303)


@blueprint.post("/tasks/<id>/done")
@allows("care.work")
def done(id: str) -> Response:
    with write(services().engine) as session:
        row = finish_task(session, id, current_user.email, services().now())
        tell(session, "case.task_done", f"task:{id}")
    say(_("Done."), undo=url_for("care.undone", id=id))
    return redirect(url_for("cases.page", id=row.case_id) if row.case_id else url_for("care.index"), code=303)


@blueprint.post("/tasks/<id>/undone")
@allows("care.work")
def undone(id: str) -> Response:
    """The task is on the list again."""
    with write(services().engine) as session:
        row = reopen_task(session, id)
        tell(session, "case.task_again", f"task:{id}")
    say(_("The task is on the list."))
    return redirect(url_for("cases.page", id=row.case_id) if row.case_id else url_for("care.index"), code=303)


def _fault(name: str) -> str:
    return {
        "subject": _("Write in a few words what it is about, in at most 120 characters."),
        "kind": _("Choose what it is about."),
        "channel": _("Choose how it reached you."),
        "words": _("Use at most 4,000 characters."),
    }.get(name, _("There is no such member; open the case from the member’s page."))


def _form(typed: dict[str, str], wrong: dict[str, str]) -> str:
    session = reading()
    names = names_of(session, [typed["member"]], permitted("member.contact"))
    words: dict[str, Any] = {
        "subject": _("Subject"), "kind": _("About"), "channel": _("How it reached us"), "words": _("What happened"),
        "member": _("Member"), "store": _("Store"), "owner": _("Looked after by"),
    }  # fmt: skip
    return render_template(
        "case_new.html", form=typed, wrong=wrong, words=words, kinds=KINDS, channels=CHANNELS,
        owners=owners(session), stores=known_stores(session), name=names.get(typed["member"], ""), shop=shop(),
        **care_words(),
    )  # fmt: skip
