"""Many cards at once: a job for one counter's printer is started, watched, paused, resumed, cancelled."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout import issue_many
from loyalty.db.session import write
from loyalty.errors import Invalid, LoyaltyError
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice import card_jobs_view as view
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("card_jobs", __name__, url_prefix="/cards/jobs")
_EMPTY = {"name": "", "preset": "chip", "counter": "", "whose": "numbers", "numbers": ""}
_WORDS = {"status_words": view.status_words, "step_words": view.step_words, "preset_words": view.preset_words}


@blueprint.get("")
@allows("card.view")
def index() -> str:
    return render_template("card_jobs.html", jobs=view.read_jobs(reading()), **_WORDS)


@blueprint.get("/new")
@allows("card.stock")
def new() -> str:
    return _form(_EMPTY)


@blueprint.post("/new")
@allows("card.stock")
def start() -> Response | tuple[str, int]:
    """A card for each of the members named, at one counter."""
    form = {name: request.form.get(name, standard).strip() for name, standard in _EMPTY.items()}
    try:
        id = _started(form)
    except LoyaltyError as fault:
        return _form(form, fault), 422
    say(_("The counter asks for the first card."))
    return redirect(url_for("card_jobs.page", id=id), code=303)


@blueprint.get("/<id>")
@allows("card.view")
def page(id: str) -> str:
    """How far the job is. Asked for a part: only the progress."""
    job = view.read_job(reading(), id)
    part = bool(request.headers.get("HX-Request"))
    return render_template("_card_job.html" if part else "card_job.html", job=job, **_WORDS)


@blueprint.post("/<id>/<verb>")
@allows("card.stock")
def steer(id: str, verb: str) -> Response:
    """pause, resume, cancel, or retry for the cards that were spoilt."""
    if verb not in ("pause", "resume", "cancel", "retry"):
        abort(404)
    with write(services().engine) as session:
        before = issue_many.progress(session, id)
        if verb == "retry":
            issue_many.try_again(session, id, services().now())
        else:
            issue_many.steer(session, id, verb, services().now())
        after = {"status": issue_many.progress(session, id).status}
        tell(session, f"card_job.{verb}", f"card_job:{id}", before={"status": before.status}, after=after)
    return redirect(url_for("card_jobs.page", id=id), code=303)


def _started(form: dict[str, str]) -> str:
    if form["preset"] not in view.PRESETS:
        raise Invalid("Choose what is made.", pointer="/preset")
    if not form["name"]:
        raise Invalid("A job needs a name, so that it is found again.", pointer="/name")
    kind, steps = view.PRESETS[form["preset"]]
    with write(services().engine) as session:
        if form["counter"] not in view.known_counters(session):
            raise Invalid("Choose the counter whose printer makes the cards.", pointer="/counter")
        cardless = form["whose"] == "cardless"
        members = (
            view.members_without_card(session) if cardless else view.members_by_number(session, form["numbers"].split())
        )
        if not members:
            raise Invalid("Everybody has a card already; name the members instead.", pointer="/whose")
        now, by = services().now(), current_user.email
        id = issue_many.start_job(session, form["name"], members, kind, form["counter"], steps, now, by)
        after = {"job": form["name"][:120], "counter": form["counter"], "cards": len(members)}
        tell(session, "card_job.start", f"card_job:{id}", after=after)
    return id


def _form(form: dict[str, str], fault: LoyaltyError | None = None) -> str:
    field = (fault.pointer or "/numbers").split("/")[1] if fault else ""
    field = "numbers" if field == "members" else field
    counters, lacking = view.known_counters(reading()), len(view.members_without_card(reading()))
    return render_template(
        "card_job_new.html", form=form, fault=fault, field=field, counters=counters, lacking=lacking, **_WORDS
    )
