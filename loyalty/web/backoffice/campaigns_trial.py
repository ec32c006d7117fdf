"""Trying a programme on the recorded sales: what is typed, the trial while it runs, and what it found."""

from datetime import date
from typing import cast

from flask import Blueprint, Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_security import current_user
from werkzeug.wrappers import Response as Answer

from loyalty.campaigns.trial_desk import TrialDesk
from loyalty.errors import Conflict, LoyaltyError
from loyalty.members.names import masked_name
from loyalty.points.read_programme import read_text
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.access import allows, permitted
from loyalty.web.backoffice.campaigns_trial_view import lines_of, names_of, rows_of
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.programme_view import text_of
from loyalty.web.database import reading
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.wrong_fields import refused_at, wrong_at

blueprint = Blueprint("campaigns_trial", __name__, url_prefix="/programme/trial")

Page = str | tuple[str, int] | Answer
_DESK = "loyalty.trials"


@blueprint.record
def _open_desk(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    config = services(app).config
    app.extensions[_DESK] = TrialDesk(config.data_dir / "trials", config.database_url)


def desk() -> TrialDesk:
    """This server's trials."""
    found: TrialDesk = current_app.extensions[_DESK]
    return found


@blueprint.get("")
@allows("programme.edit")
def page() -> str:
    """The text in force, ready to be changed and tried; and the latest trials."""
    again = request.args.get("again")
    if again is not None:
        seen = desk().look(again)
        return _form(seen.text, seen.first or "", seen.last or "")
    latest = SqlFacts(reading()).latest()
    return _form(text_of(reading(), latest) if latest else "")


@blueprint.post("")
@allows("programme.edit")
def start() -> Page:
    """Starts the trial of what was typed; a faulty text comes back with its fault."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    first, last = request.form.get("first", ""), request.form.get("last", "")
    try:
        _programme, document = read_text(text)
        begin, end = _day(first), _day(last)
        id = desk().start(document, text, begin, end, current_user.email, services().now())
    except Conflict:
        return _form(text, first, last, _("Another trial is running. Wait for it or stop it.")), 422
    except ValueError:
        wrong_at({"first": _("This is no day; write it as 2026-12-31.")})
        return _form(text, first, last), 422
    except LoyaltyError as error:
        refused_at(error, {"from": "first", "to": "last"}, "text")
        return _form(text, first, last), 422
    return redirect(url_for("campaigns_trial.shown", id=id), code=303)


@blueprint.get("/<id>")
@allows("programme.edit")
def shown(id: str) -> Page:
    """How far it is, or what it found. Asked for a part: only the progress, and the whole page when that has ended."""
    seen = desk().look(id)
    if request.headers.get("HX-Request"):
        if seen.state != "running":
            over: Response = make_response("")
            over.headers["HX-Refresh"] = "true"
            return over
        return render_template("_trial_progress.html", trial=seen)
    result = seen.result
    return render_template(
        "trial.html",
        trial=seen,
        result=result,
        days=[date.fromisoformat(result[name]) for name in ("from", "to")] if result else (),
        rows=rows_of(result, shop().digits) if result else (),
        chart=lines_of(result) if result else None,
        names=names_of(reading(), result, _shown_name) if result else {},
        level_style=level_style,
        shop=shop(),
    )


@blueprint.post("/<id>/stop")
@allows("programme.edit")
def stop(id: str) -> Answer:
    desk().stop(id)
    return redirect(url_for("campaigns_trial.shown", id=id), code=303)


def _form(text: str, first: str = "", last: str = "", refusal: str = "") -> str:
    return render_template(
        "trial_new.html", text=text, first=first, last=last, refusal=refusal, trials=desk().latest(), shop=shop()
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _shown_name(name: str) -> str:
    return name if permitted("member.contact") else masked_name(name)
