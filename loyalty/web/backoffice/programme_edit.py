"""The programme editor: check the text, run scenarios on it, see what differs, and put it in force."""

from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict
from loyalty.members.names import masked_name
from loyalty.ops.programme_approval import second_person_needed
from loyalty.ops.put_programme import put_programme, source_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.editor.asking import ask_for
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.programme_edit_view import Result, Typed, check, local_moment, moment_words, typed
from loyalty.web.backoffice.programme_lines import typed_lines
from loyalty.web.backoffice.programme_view import text_of, version_of
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("programme_edit", __name__, url_prefix="/programme/edit")

Page = str | tuple[str, int] | Response

FIRST = """name: Our shop
currency: HKD
timezone: Asia/Hong_Kong
wallets:
  points: {expiry: {after: {months: 12}, round_up: month}}
earn:
  - {name: base, per_amount: {points: 1, per: 10}}
"""
"""Where a shop without a programme starts."""


@blueprint.get("")
@allows("programme.edit")
def page() -> Page:
    """The text of the latest version, or of the one in `from`, ready to be changed."""
    latest = SqlFacts(reading()).latest()
    wish = request.args.get("from", type=int)
    start = version_of(reading(), wish) if wish is not None else latest
    if start is None:
        return _page(Typed(FIRST))
    source = source_of(reading(), start.number)
    scenarios = source.scenarios if source else ""
    return _page(Typed(text_of(reading(), start), scenarios, latest=latest.number if latest else 0), start=start.number)


@blueprint.post("")
@allows("programme.edit")
def look() -> Page:
    """Checks what was typed, and runs the scenarios when they were asked for. Nothing is stored."""
    form, strange = typed(request.form, request.files.getlist("files"))
    result = check(reading(), form, shop().now, request.form.get("do") == "run")
    refusal = _no_text(strange) if strange else ""
    return _page(form, result, refusal), 200 if result.draft.document is not None and not strange else 422


@blueprint.post("/live")
@allows("programme.put")
def live() -> Page:
    """Puts the text in force if it is what was checked, the moment is a good one, and its scenarios hold."""
    form, strange = typed(request.form, request.files.getlist("files"))
    now = services().now()
    result = check(reading(), form, now, run=True)
    at = local_moment(form.moment, shop().zone, now) if form.when == "later" else now
    refusal = _no_text(strange) if strange else _refusal(form, result, at)
    if refusal or result.draft.document is None or at is None:
        return _page(form, result, refusal), 422
    if second_person_needed(reading()):
        return ask_for(form.text, form.scenarios, form.latest, at if form.when == "later" else None)
    try:
        with write(services().engine) as session:
            made = put_programme(
                session, result.draft.document, form.text, form.scenarios, current_user.email, now, at, form.latest
            )
            tell(session, "programme.put", f"programme:{made.number}", after={"in force from": at})
    except Conflict:
        return _page(form, result, _meanwhile()), 422
    _tell(made, now)
    return redirect(url_for("programme.page"), code=303)


def _refusal(form: Typed, result: Result, at: datetime | None) -> str:
    """Why the text is not put in force; empty when it may be."""
    latest = SqlFacts(reading()).latest()
    if result.draft.document is None:
        return _("Nothing was put in force: the text has faults.")
    if form.latest != (latest.number if latest else 0):
        return _meanwhile()
    if form.checked != form.digest:
        return _("The text was changed after the check. Look at the result, then put it in force.")
    if at is None:
        return _("This moment cannot be: give a time from now on, as the shop's clock shows it.")
    if latest is not None and at < latest.at:
        return _(
            "Version %(number)s is planned for %(moment)s. Take a moment after that, or withdraw it first.",
            number=latest.number, moment=moment_words(latest.at),
        )  # fmt: skip
    if not result.holds and not form.all_the_same:
        return _("Nothing was put in force: not all scenarios hold. Mend the text, or tick that it is meant.")
    return ""


def _meanwhile() -> str:
    return _("Somebody else has put a version meanwhile. Your text is kept here: compare it, then check again.")


def _no_text(names: list[str]) -> str:
    return _("These files are no text: %(names)s. Save them as UTF-8 and choose them again.", names=", ".join(names))


def _tell(made: ProgrammeVersion, now: datetime) -> None:
    """What happened; a planned version can be taken back from the notice."""
    if made.at <= now:
        say(_("Version %(number)s is in force.", number=made.number))
        return
    words = _("Version %(number)s is in force from %(moment)s.", number=made.number, moment=moment_words(made.at))
    undo = url_for("programme.take_back", number=made.number) if made.number > 1 else ""
    say(words, undo=undo)


def _page(form: Typed, result: Result | None = None, refusal: str = "", start: int | None = None) -> str:
    latest = SqlFacts(reading()).latest()
    midnight = shop().today + timedelta(days=1)
    return render_template(
        "programme_edit.html",
        form=form,
        result=result,
        refusal=refusal,
        start=start,
        latest=latest,
        latest_number=form.latest if result else (latest.number if latest else 0),
        lines=typed_lines(form.text),
        marked=result.draft.marked if result else frozenset(),
        midnight=f"{midnight.isoformat()}T00:00",
        zone=shop().zone.key,
        level_style=level_style,
        shown_name=(lambda name: name) if permitted("member.contact") else masked_name,
        shop=shop(),
    )
