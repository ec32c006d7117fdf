"""People who are not members yet: the list, writing one down, going on with one, welcoming them as a member."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.welcome_prospect import welcome_prospect
from loyalty.db.session import write
from loyalty.errors import Conflict, LoyaltyError
from loyalty.members.prospects import (
    JOINED,
    NOT_NOW,
    OPEN,
    change_prospect,
    erase_prospect,
    get_prospect,
    note_prospect,
)
from loyalty.members.prospects_list import PAGE, SHOWN, counts, list_prospects, where_they_buy
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.care_view import names_of
from loyalty.web.backoffice.finding import conventions
from loyalty.web.backoffice.prospects_form import FIELDS, as_typed, details_from, fault_words, field_of, labels, typed
from loyalty.web.database import reading
from loyalty.web.i18n import LANGUAGES, select_language, tag
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing

blueprint = Blueprint("prospects", __name__, url_prefix="/prospects")


@blueprint.get("")
@allows("prospect.view")
def index() -> str:
    """Who is to be contacted first; `show`, `at` (where they buy) and `q` limit the list."""
    show, skip = request.args.get("show", OPEN), request.args.get("skip", "0")
    if show not in SHOWN or not skip.isdecimal() or len(skip) > 7:
        abort(404)
    at, text = (request.args.get(name, "").replace("\x00", "").strip()[:120] for name in ("at", "q"))
    rows = list_prospects(reading(), show, shop().today, at, text, int(skip), PAGE + 1)
    return render_template(
        "prospects.html", rows=rows[:PAGE], next=int(skip) + PAGE if len(rows) > PAGE else 0, show=show, at=at,
        text=text, counts=counts(reading(), shop().today), places=where_they_buy(reading()), today=shop().today,
        names=names_of(reading(), (row.brought_by for row in rows), True),
    )  # fmt: skip


@blueprint.get("/new")
@allows("prospect.edit")
def new() -> str:
    return _form("", dict.fromkeys(FIELDS, "") | {"language": tag(select_language())}, {})


@blueprint.post("/new")
@allows("prospect.edit")
def create() -> Response | tuple[str, int]:
    values = typed(request.form)
    try:
        with write(services().engine) as session:
            details = details_from(session, values)
            id = note_prospect(session, details, current_user.email, services().now(), conventions())
            tell(session, "prospect.note", f"prospect:{id}", after={"name": details.name, "buys_at": details.buys_at})
    except LoyaltyError as fault:
        return _form("", values, {field_of(fault): fault_words(fault)}), 422
    say(_("The prospect is written down."))
    return redirect(url_for("prospects.index"), code=303)


@blueprint.get("/<id>")
@allows("prospect.view")
def page(id: str) -> str | Response:
    row = get_prospect(reading(), id)
    if row.status == JOINED:
        return redirect(url_for("member.page", id=row.member_id))
    return _form(id, as_typed(reading(), row), {})


@blueprint.post("/<id>")
@allows("prospect.edit")
def change(id: str) -> Response | tuple[str, int]:
    """412 with both states side by side when somebody else was quicker."""
    before, values = get_prospect(reading(), id), typed(request.form)
    stands, status = as_typed(reading(), before), request.form.get("status", before.status)
    if (both := crossed(request.form, stands, values)) is not None:
        show_crossing(both, labels())
        return _form(id, dict(both.values), {}), 412
    try:
        with write(services().engine) as session:
            change_prospect(session, id, details_from(session, values), status, services().now(), conventions())
            tell(session, "prospect.change", f"prospect:{id}", before={**stands, "status": before.status},
                 after={**values, "status": status})  # fmt: skip
    except LoyaltyError as fault:
        return _form(id, values, {field_of(fault): fault_words(fault)}), 422
    say(_("The changes are saved."))
    return redirect(url_for("prospects.index"), code=303)


@blueprint.post("/<id>/join")
@allows("member.create")
def join(id: str) -> Response:
    """One press: a member with everything that was known."""
    try:
        with write(services().engine) as session:
            member = welcome_prospect(session, id, services().now(), conventions(), current_user.email)
            tell(session, "member.create", f"member:{member.id}", after={"number": member.number, "prospect": id})
            number, new = member.number, member.id
    except Conflict:
        say(_("Somebody has this telephone or e-mail address meanwhile. Look whether they are a member already."))
        return redirect(url_for("prospects.page", id=id), code=303)
    say(_("A member now, with the number %(number)s.", number=number))
    return redirect(url_for("member.page", id=new), code=303)


@blueprint.post("/<id>/erase")
@allows("prospect.edit")
def erase(id: str) -> Response:
    try:
        with write(services().engine) as session:
            erase_prospect(session, id, services().now())
            tell(session, "prospect.erase", f"prospect:{id}")
        say(_("Nothing is kept of this person any more."))
    except Conflict:
        say(_("This person is a member now; personal data is erased on the member’s page."))
    return redirect(url_for("prospects.index"), code=303)


def _form(id: str, values: dict[str, str], wrong: dict[str, str]) -> str:
    row = get_prospect(reading(), id) if id else None
    return render_template(
        "prospect.html", id=id, form=values, wrong=wrong, words=labels(), row=row, states=(OPEN, NOT_NOW),
        was=as_seen(as_typed(reading(), row)) if row else "",
        member_languages={tag(code): name for code, name in LANGUAGES.items()},
    )  # fmt: skip
