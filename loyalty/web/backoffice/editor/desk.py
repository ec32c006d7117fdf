"""Drafts of the programme: the list, beginning one, its sections, its text, and every step back and forth."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict
from loyalty.ops.programme_drafts import begin, change, draft_of, drafts_in_work, go, settle
from loyalty.ops.put_programme import source_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.yaml_core import load
from loyalty.web.access import allows
from loyalty.web.backoffice.document_view import flow_text
from loyalty.web.backoffice.editor.draft_view import Opened, read
from loyalty.web.backoffice.editor.pages import draft_or_404, refused, section_or_404, section_page
from loyalty.web.backoffice.editor.presets import EMPTY, STARTS, added
from loyalty.web.backoffice.editor.splice import edited
from loyalty.web.backoffice.programme_view import text_of, version_of
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("programme_drafts", __name__, url_prefix="/programme/drafts")

Page = str | tuple[str, int] | Response


@blueprint.get("")
@allows("programme.edit")
def index() -> str:
    """What is being worked on, and patterns to start from."""
    latest = SqlFacts(reading()).latest()
    return render_template(
        "drafts.html", drafts=drafts_in_work(reading()), starts=STARTS, latest=latest.number if latest else 0,
        shop=shop(),
    )  # fmt: skip


@blueprint.post("")
@allows("programme.edit")
def start() -> Response:
    """A draft of one's own: from a version (`from`), from another draft (`draft`), or from a pattern (`start`)."""
    latest = SqlFacts(reading()).latest()
    text, scenarios = _beginning()
    with write(services().engine) as session:
        after = latest.number if latest else 0
        id = begin(session, current_user.email, after, text, scenarios, services().now())
    return redirect(url_for("programme_drafts.page", id=id), code=303)


def _beginning() -> tuple[str, str]:
    """(text, scenarios) that a new draft starts with."""
    number, other = request.form.get("from", type=int), request.form.get("draft")
    if other:
        found = draft_of(reading(), other)
        return found.text, found.scenarios
    pattern = next((parts for key, _name, _what, parts in STARTS if key == request.form.get("start")), None)
    latest = SqlFacts(reading()).latest()
    if pattern is None and (number or latest):
        version = version_of(reading(), number or (latest.number if latest else 1))
        source = source_of(reading(), version.number)
        return text_of(reading(), version), source.scenarios if source else ""
    facts = {"currency": shop().currency, "timezone": str(shop().zone)}
    text = EMPTY.format(name=flow_text(shop().name if latest else _("Our shop")), **facts)
    for key, preset in pattern or ():
        text = edited(text, added(section_or_404(key), preset, load(text).value))
    return text, ""


@blueprint.get("/<id>")
@allows("programme.edit")
def page(id: str) -> Page:
    """The first section."""
    return section_page(draft_or_404(id), section_or_404("tiers"))


@blueprint.get("/<id>/<key>")
@allows("programme.edit")
def section(id: str, key: str) -> Page:
    """A section; `item` opens the form of one entry."""
    return section_page(draft_or_404(id), section_or_404(key), request.args.get("item", type=int))


@blueprint.post("/<id>/text")
@allows("programme.edit")
def take_text(id: str) -> Page:
    """The text as it was typed beside the forms. One with faults is not taken over: it comes back, faults marked."""
    found = draft_or_404(id)
    typed = request.form.get("text", "").replace("\r\n", "\n")
    place = request.form.get("place", "")
    told = read(typed)
    if told.document is None or found.draft.step != request.form.get("step", type=int):
        refusal = _("The text has faults, so nothing was taken over. It stands here as you typed it.")
        shown = Opened(found.draft, told)
        refusal = refusal if told.document is None else refused(found.draft)
        return section_page(found, section_or_404(place or "tiers"), None, None, refusal, typed, shown), 422
    if typed != found.draft.text:
        try:
            with write(services().engine) as session:
                what = _("the text")
                change(session, found.draft, current_user.email, typed, found.draft.scenarios, what, services().now())
        except Conflict:
            return section_page(found, section_or_404(place or "tiers"), None, None, refused(found.draft), typed), 422
    say(_("The text is taken over."))
    return redirect(url_for("programme_drafts.section", id=id, key=place or "tiers"), code=303)


@blueprint.post("/<id>/steps")
@allows("programme.edit")
def step(id: str) -> Response:
    """One step back, or forth again."""
    found = draft_of(reading(), id)
    by = 1 if request.form.get("do") == "redo" else -1
    try:
        with write(services().engine) as session:
            go(session, found, current_user.email, by, services().now())
    except Conflict:
        say(refused(found))
    back = request.form.get("place", "tiers")
    return redirect(url_for("programme_drafts.page", id=id) + f"/{section_key(back)}", code=303)


def section_key(text: str) -> str:
    """The place to go back to; only those that there are."""
    return text if text in ("scenarios", "finish") else section_or_404(text).key


@blueprint.post("/<id>/drop")
@allows("programme.edit")
def drop(id: str) -> Response:
    """Lets one's own draft go; it can be taken up again."""
    found = draft_of(reading(), id)
    if found.staff == current_user.email and found.may_change:
        with write(services().engine) as session:
            settle(session, id, "dropped", services().now())
        say(_("The draft is let go."), undo=url_for("programme_drafts.take_up", id=id))
    return redirect(url_for("programme_drafts.index"), code=303)


@blueprint.post("/<id>/take-up")
@allows("programme.edit")
def take_up(id: str) -> Response:
    """The way back from letting go."""
    found = draft_of(reading(), id)
    if found.staff == current_user.email and found.state == "dropped":
        with write(services().engine) as session:
            settle(session, id, "open", services().now())
    return redirect(url_for("programme_drafts.page", id=id), code=303)
