"""Surveys: what is asked, the score with its range, links to answer, and the public page behind such a link."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.campaigns.segments import all_segments
from loyalty.care.scores import SCALES
from loyalty.care.surveys import (
    ANYBODY,
    LANGUAGES,
    Answer,
    all_surveys,
    answer,
    get_survey,
    link,
    make_survey,
    read_link,
    results,
    set_open,
)
from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.ids import new_id
from loyalty.members.tables import Member
from loyalty.messages.templates import all_templates
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.care_words import care_words
from loyalty.web.backoffice.members_saved import known_stores
from loyalty.web.backoffice.survey_mailing import usable
from loyalty.web.database import reading
from loyalty.web.i18n import select_language, tag
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("surveys", __name__)


@blueprint.get("/care/surveys")
@allows("survey.view")
def index() -> str:
    return _index({}, {})


@blueprint.post("/care/surveys")
@allows("survey.edit")
def make() -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "").strip() for name in ("name", "kind", *LANGUAGES)}
    questions = {each: typed[each] for each in LANGUAGES}
    try:
        with write(services().engine) as session:
            id = make_survey(session, typed["name"], typed["kind"], questions, current_user.email, services().now())
            tell(session, "survey.make", f"survey:{id}", after={"kind": typed["kind"]})
    except Invalid as fault:
        name = (fault.pointer or "/name").strip("/")
        return _index(typed, {name: _fault(name)}), 422
    return redirect(url_for("surveys.page", id=id), code=303)


@blueprint.get("/care/surveys/<id>")
@allows("survey.view")
def page(id: str) -> str:
    """The score, how it came about, what was said, and links for kiosks and for a member."""
    survey = get_survey(reading(), id)
    made = request.args.get("link", "")
    return render_template(
        "survey.html", survey=survey, question=asked(survey), results=results(reading(), survey),
        stores=known_stores(reading()), scale=SCALES[survey.kind], kiosk=_address(id, ANYBODY),
        made=url_for("surveys.answer_page", token=made, _external=True) if read_link(made, _key()) else "", shop=shop(),
        templates=[each for each in all_templates(reading()) if usable(each)], segments=all_segments(reading()),
        **care_words(),
    )  # fmt: skip


@blueprint.post("/care/surveys/<id>/state")
@allows("survey.edit")
def state(id: str) -> Response:
    is_open = request.values.get("open") == "yes"
    with write(services().engine) as session:
        set_open(session, id, is_open)
        tell(session, "survey.state", f"survey:{id}", after={"open": is_open})
    undo = url_for("surveys.state", id=id, open="no" if is_open else "yes")
    say(_("The survey takes answers.") if is_open else _("The survey is closed; its results stay."), undo=undo)
    return redirect(url_for("surveys.page", id=id), code=303)


@blueprint.post("/care/surveys/<id>/link")
@allows("survey.answer")
def make_link(id: str) -> Response:
    """A link that can be answered once: for the member of that number or card, else for nobody in particular."""
    survey, text = get_survey(reading(), id), request.form.get("member", "").strip()
    at = Member.number == text, Member.status == "active"
    found = reading().scalar(sa.select(Member.id).where(*at)) if text else None
    if text and found is None:
        say(_("No member has this number."))
        return redirect(url_for("surveys.page", id=id), code=303)
    invitation = found if found else new_id("inv", services().now())
    with write(services().engine) as session:
        tell(session, "survey.link", f"survey:{survey.id}", after={"invitation": invitation})
    return redirect(url_for("surveys.page", id=id, link=link(id, invitation, _key())), code=303)


@blueprint.post("/care/surveys/<id>/answer")
@allows("survey.answer")
def answer_here(id: str) -> Response:
    """What somebody said at the counter or on the telephone, written down by the staff."""
    typed = request.form
    channel = typed.get("channel") if typed.get("channel") in ("counter", "phone") else "counter"
    try:
        with write(services().engine) as session:
            given = Answer(id, _mark(typed.get("score", "")), str(channel), typed.get("words", ""),
                           store=typed.get("store", ""))  # fmt: skip
            key = answer(session, given, services().now())
            tell(session, "survey.answer", f"survey:{id}", after={"answer": key})
        say(_("The answer is kept."))
    except LoyaltyError:
        say(_("No answer was kept: choose a mark; the survey must be open."))
    return redirect(url_for("surveys.page", id=id), code=303)


@blueprint.get("/answer/<token>")
def answer_page(token: str) -> tuple[str, int] | str:
    """Open to whoever holds the link; it shows the question and nothing about members."""
    known = read_link(token, _key())
    if known is None:
        return render_template("survey_answer.html", survey=None, said="", wrong=""), 404
    survey = get_survey(reading(), known[0])
    return _answer_form(token, survey, "")


@blueprint.post("/answer/<token>")
def give_answer(token: str) -> tuple[str, int] | str:
    known = read_link(token, _key())
    if known is None:
        return render_template("survey_answer.html", survey=None, said="", wrong=""), 404
    survey_id, invitation, store = known
    anybody = invitation == ANYBODY
    given = Answer(
        survey_id, _mark(request.form.get("score", "")), "kiosk" if anybody else "link", request.form.get("words", ""),
        "" if anybody else invitation, "" if anybody else invitation, store,
    )  # fmt: skip
    survey = get_survey(reading(), survey_id)
    try:
        with write(services().engine) as session:
            answer(session, given, services().now())
    except Invalid:
        return _answer_form(token, survey, _("Choose one of the marks.")), 422
    except Conflict:
        closed = survey.state != "open"
        said = _("This survey is closed.") if closed else _("This survey was answered already. Thank you.")
        return render_template("survey_answer.html", survey=survey, said=said, wrong="", again=""), 409
    again = url_for("surveys.answer_page", token=token) if anybody else ""
    return render_template("survey_answer.html", survey=survey, said=_("Thank you. Your answer helps us."), wrong="",
                           again=again)  # fmt: skip


def asked(survey: Any) -> str:
    """The question in the page's language, else in English."""
    return str(survey.questions.get(tag(select_language())) or survey.questions["en"])


def _answer_form(token: str, survey: Any, wrong: str) -> str:
    return render_template("survey_answer.html", survey=survey, said="", wrong=wrong, token=token,
                           question=asked(survey), scale=SCALES[survey.kind])  # fmt: skip


def _mark(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else -1


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _address(survey: str, invitation: str) -> str:
    store = request.args.get("store", "").replace("\x00", "")[:60]
    return url_for("surveys.answer_page", token=link(survey, invitation, _key(), store), _external=True)


def _fault(name: str) -> str:
    return {
        "name": _("Give the survey a name of its own, in at most 60 characters."),
        "kind": _("Choose what is measured."),
    }.get(name, _("Write the question, in at most 300 characters."))


def _index(typed: dict[str, str], wrong: dict[str, str]) -> str:
    rows = [(survey, results(reading(), survey, 0).score) for survey in all_surveys(reading())]
    form = dict.fromkeys(("name", "kind", *LANGUAGES), "") | typed
    return render_template("surveys.html", rows=rows, form=form, wrong=wrong, kinds=tuple(SCALES), shop=shop(),
                           words=_words())  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "name": _("Name"), "kind": _("What is measured"), "en": _("Question in English"),
        "zh-Hant": _("Question in traditional Chinese"), "zh-Hans": _("Question in simplified Chinese"),
    }  # fmt: skip
