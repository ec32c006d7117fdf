"""One entry of a draft: its form saved or tried while it is typed, and the buttons beside it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict
from loyalty.ops.programme_drafts import change
from loyalty.web.access import allows
from loyalty.web.backoffice.editor.acting import DEEDS, addition, deed, name_of, still_named
from loyalty.web.backoffice.editor.draft_view import Opened, read, saving, speak_of
from loyalty.web.backoffice.editor.fault_words import fault_words
from loyalty.web.backoffice.editor.fields import typed
from loyalty.web.backoffice.editor.moving import about_levels, moved_on, so_far_of
from loyalty.web.backoffice.editor.pages import (
    draft_or_404,
    field_labels,
    refused,
    section_or_404,
    section_page,
    shown_name,
    text_difference,
)
from loyalty.web.backoffice.editor.sections import Section
from loyalty.web.backoffice.editor.sentences import sentences
from loyalty.web.backoffice.editor.splice import edited
from loyalty.web.backoffice.levels import level_style
from loyalty.web.database import reading
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("programme_entries", __name__, url_prefix="/programme/drafts")

Page = str | tuple[str, int] | Response


@blueprint.post("/<id>/<key>/<int:number>")
@allows("programme.edit")
def act(id: str, key: str, number: int) -> Page:
    """Saves the form, or does what the button says: `do` is save, copy, up, down, off, on, remove or add:<pattern>."""
    found, section = draft_or_404(id), section_or_404(key)
    do = request.form.get("do", "")
    if do == "save":
        return _save(found, section, number)
    if do == "remove" and (names := still_named(section, found.document, number)):
        refusal = _("%(names)s would then be for nobody. Change that first.", names=names)
        return section_page(found, section, None, refusal=refusal), 422
    if do in DEEDS:
        changes, what, at = deed(section, found.document, number, do)
    elif do.startswith("add:"):
        changes, what, at = addition(section, found.document, do.removeprefix("add:"))
    else:
        abort(404)
    text = read(edited(found.draft.text, changes))
    if text.document is None:
        said = "; ".join(f"{fault.place}: {fault_words(fault.reason)}" for fault in text.faults[:3])
        refusal = _("That is not done, because the rest of the programme needs it. %(faults)s", faults=said)
        return section_page(found, section, None, refusal=refusal), 422
    refusal = _store(found, text.text, what) if changes else ""
    if refusal:
        return section_page(found, section, None, refusal=refusal), 422
    opened = at if do.startswith("add:") and len(changes) == 1 and key != "wallets" else None
    return _back(id, key, at, opened)


def _save(found: Opened, section: Section, number: int) -> Page:
    inputs = typed(section.form_of(number), request.form.getlist, iter(request.form))
    result = saving(found, section, number, inputs)
    if result is None:
        return section_page(found, section, None, refusal=refused(found.draft)), 422
    if not result.sound:
        return section_page(found, section, number, result.filled), 422
    if result.changes:
        what = _("%(name)s changed", name=name_of(section, result.text.document or {}, number))
        refusal = _store(found, result.text.text, what)
        if refusal:
            return section_page(found, section, number, result.filled, refusal), 422
    return _back(found.draft.id, section.key, number, None)


def _store(found: Opened, text: str, what: str) -> str:
    """Keeps a new step; gives a refusal when the draft is not as the page showed it."""
    if found.draft.step != request.form.get("step", type=int):
        return refused(found.draft)
    try:
        with write(services().engine) as session:
            change(session, found.draft, current_user.email, text, found.draft.scenarios, what, services().now())
    except Conflict:
        return refused(found.draft)
    return ""


def _back(id: str, key: str, number: int, item: int | None) -> Response:
    address = url_for("programme_drafts.section", id=id, key=key, item=item)
    return redirect(f"{address}#entry-{number}", code=303)


@blueprint.post("/<id>/<key>/<int:number>/look")
@allows("programme.edit")
def look(id: str, key: str, number: int) -> Page:
    """A part: what the form as typed would say and do. Nothing is stored."""
    found, section = draft_or_404(id), section_or_404(key)
    inputs = typed(section.form_of(number), request.form.getlist, iter(request.form))
    result = saving(found, section, number, inputs)
    if result is None:
        abort(404)
    programme = result.text.programme if result.sound else None
    progress, said = None, ""
    if programme is not None:
        speak_of(programme)
        said = sentences(section.key, programme)[number - 1] if number else ""
        if about_levels(reading(), result.text.document) and section.key == "tiers":
            progress = moved_on(reading(), result.text.document or {}, so_far_of(request.form.get("so_far", "")))
    return render_template(
        "_draft_look.html",
        draft=found.draft,
        again=url_for("programme_entries.look", id=id, key=key, number=number),
        result=result,
        labels=field_labels(result.filled),
        said=said,
        lines=text_difference(found.draft.text, result.text.text) if result.sound else [],
        progress=progress,
        programme=programme,
        level_style=level_style,
        shown_name=shown_name,
    )
