"""The end of a draft: scenarios run in the page, who would move, and the way into force, alone or by two people."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid
from loyalty.ops import programme_approval as approval
from loyalty.ops.programme_drafts import Draft, change, draft_of, settle
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.editor.draft_view import Opened
from loyalty.web.backoffice.editor.finish_view import Wish, finish_page, refusal_of, scenarios_page, trial_of
from loyalty.web.backoffice.editor.moving import moved_on, so_far_of
from loyalty.web.backoffice.editor.pages import draft_or_404, refused, shown_name
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.programme_edit_view import local_moment, moment_words
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("programme_finish", __name__, url_prefix="/programme/drafts")

Page = str | tuple[str, int] | Response


@blueprint.get("/<id>/scenarios")
@allows("programme.edit")
def scenarios(id: str) -> Page:
    return scenarios_page(draft_or_404(id))


@blueprint.post("/<id>/scenarios")
@allows("programme.edit")
def run(id: str) -> Page:
    """Keeps what was typed and runs it on the draft; the results stand beside it."""
    found = draft_or_404(id)
    text = request.form.get("scenarios", "").replace("\r\n", "\n")
    if text.strip() != found.draft.scenarios.strip() and found.may_change:
        refusal = refused(found.draft) if found.draft.step != request.form.get("step", type=int) else ""
        if not refusal:
            with write(services().engine) as session:
                what = _("the scenarios")
                change(session, found.draft, current_user.email, found.draft.text, text, what, services().now())
        else:
            return scenarios_page(found, text, None, refusal), 422
        found = draft_or_404(id)
    return scenarios_page(found, text, trial_of(found, text))


@blueprint.get("/<id>/finish")
@allows("programme.edit")
def page(id: str) -> Page:
    """What differs, who would move, and the fields for going into force."""
    found = draft_or_404(id)
    at = found.draft.start_at
    moment = at.astimezone(shop().zone).strftime("%Y-%m-%dT%H:%M") if at else ""
    return finish_page(found, Wish(later=bool(at), moment=moment, why=found.draft.why))


@blueprint.post("/<id>/moves")
@allows("programme.edit")
def moves(id: str) -> Page:
    """A part: the next slice of members who would move; a page of its own without scripts."""
    found = draft_or_404(id)
    progress = moved_on(reading(), found.document, so_far_of(request.form.get("so_far", "")))
    shown = {"progress": progress, "programme": found.programme, "level_style": level_style, "shown_name": shown_name}
    if request.headers.get("HX-Request"):
        again = url_for("programme_finish.moves", id=id)
        return render_template("_draft_moves.html", draft=found.draft, again=again, **shown)
    return finish_page(found, Wish(), progress=progress)


@blueprint.post("/<id>/finish")
@allows("programme.put")
def finish(id: str) -> Page:
    """Puts the draft in force now or later, or asks a second person where the shop wants two."""
    found, now = draft_or_404(id), services().now()
    wish = Wish.of(request.form)
    if request.form.get("do") == "rebase":
        return _rebase(found, now)
    at = local_moment(wish.moment, shop().zone, now) if wish.later else now
    trial = trial_of(found, found.draft.scenarios)
    refusal = refusal_of(found, wish, at, trial)
    if refusal:
        return finish_page(found, wish, refusal, trial), 422
    try:
        made = _put_or_ask(found.draft, wish, at if wish.later else None, now)
    except (Conflict, Invalid) as error:
        return finish_page(found, wish, str(error) if isinstance(error, Invalid) else refused(found.draft), trial), 422
    if made is None:
        say(_("Your version waits for a second person."))
        return redirect(url_for("programme_finish.page", id=id), code=303)
    _say_put(made, now)
    return redirect(url_for("programme.page"), code=303)


def _put_or_ask(draft: Draft, wish: Wish, at: datetime | None, now: datetime) -> ProgrammeVersion | None:
    me = current_user.email
    with write(services().engine) as session:
        if approval.second_person_needed(session):
            approval.ask(session, draft, me, wish.why, at, now)
            tell(session, "programme.ask", f"draft:{draft.id}", after={"in force from": at}, why=wish.why)
            return None
        made = approval.put_draft(session, draft, me, now, at)
        settle(session, draft.id, "put", now, why=wish.why)
        tell(session, "programme.put", f"programme:{made.number}", after={"in force from": made.at}, why=wish.why)
        return made


def _rebase(found: Opened, now: datetime) -> Response:
    """The person has seen the version that was put meanwhile: the draft goes on from there."""
    latest = SqlFacts(reading()).latest()
    if found.may_change and latest:
        with write(services().engine) as session:
            settle(session, found.draft.id, "open", now, after=latest.number)
    return redirect(url_for("programme_finish.page", id=found.draft.id), code=303)


@blueprint.post("/<id>/decide")
@allows("programme.put")
def decide(id: str) -> Page:
    """A second person agrees or sends it back; whoever asked may take it back."""
    now, me, do = services().now(), current_user.email, request.form.get("do", "")
    answer = request.form.get("answer", "").strip()[:2000]
    try:
        with write(services().engine) as session:
            draft = draft_of(session, id)
            if do == "agree":
                made = approval.agree(session, id, me, request.form.get("step", -1, type=int), now)
                after = {"asked by": draft.staff, "in force from": made.at}
                tell(session, "programme.agree", f"programme:{made.number}", after=after, why=draft.why)
            elif do == "send_back":
                approval.send_back(session, id, me, answer, now)
                tell(session, "programme.send_back", f"draft:{id}", after={"asked by": draft.staff}, why=answer)
            else:
                approval.take_back(session, draft, me, now)
                tell(session, "programme.take_back", f"draft:{id}")
    except (Conflict, Invalid) as error:
        return finish_page(draft_or_404(id), Wish(), _decision_refused(error)), 422
    if do == "agree":
        _say_put(made, now)
        return redirect(url_for("programme.page"), code=303)
    say(
        _("The draft went back to %(person)s.", person=draft.staff)
        if do == "send_back"
        else _("The draft is open again.")
    )
    return redirect(url_for("programme_finish.page", id=id), code=303)


def _decision_refused(error: Conflict | Invalid) -> str:
    if error.code == "own_request":
        return _("Nobody agrees to their own programme. Somebody else has to.")
    if isinstance(error, Invalid) and error.pointer == "answer":
        return _("Say what should be different: whoever asked has to know.")
    return _("That could not be done: the draft or the programme was changed meanwhile. Here is how it stands now.")


def _say_put(made: ProgrammeVersion, now: datetime) -> None:
    if made.at <= now:
        say(_("Version %(number)s is in force.", number=made.number))
        return
    words = _("Version %(number)s is in force from %(moment)s.", number=made.number, moment=moment_words(made.at))
    say(words, undo=url_for("programme.take_back", number=made.number) if made.number > 1 else "")
