"""Longer work that the server does: what it is, how far it is, what came of it, the file to fetch, and its end."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, send_file, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import NotFound
from loyalty.ops.jobs import Job, folder_of, job_of, latest, wish_stop
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.jobs_words import job_name, state_word
from loyalty.web.database import reading
from loyalty.web.services import services

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


def me() -> str:
    """The person of this request as the audit log and the jobs name people."""
    return f"staff:{current_user.email}"


def mine_or_404(id: str) -> Job:
    """A job of this person; administrators see everybody's."""
    job = job_of(reading(), id)
    if job.staff != me() and not permitted("settings.manage"):
        raise NotFound("There is no such job.")
    return job


@blueprint.get("")
@allows("job.view")
def index() -> str:
    found = latest(reading(), staff="" if permitted("settings.manage") else me())
    return render_template("jobs.html", jobs=found, job_name=job_name, state_word=state_word)


@blueprint.get("/<id>")
@allows("job.view")
def page(id: str) -> str | Response:
    """Asked for a part: only the progress, and the whole page when that has ended."""
    job = mine_or_404(id)
    if request.headers.get("HX-Request"):
        if job.open:
            return render_template("_job_progress.html", job=job)
        over = make_response("")
        over.headers["HX-Refresh"] = "true"
        return over
    return render_template("job.html", job=job, job_name=job_name, state_word=state_word)


@blueprint.post("/<id>/stop")
@allows("job.view")
def stop(id: str) -> Response:
    job = mine_or_404(id)
    with write(services().engine) as session:
        wish_stop(session, job, services().now())
        tell(session, "job.stop", f"job:{id}", after={"kind": job.kind})
    return redirect(url_for("jobs.page", id=id), code=303)


@blueprint.get("/<id>/file")
@allows("job.view")
def file(id: str) -> Response:
    """The file that the job wrote."""
    job = mine_or_404(id)
    path = folder_of(services().config.data_dir, job.id) / (job.file or "none")
    if not job.file or not path.is_file():
        abort(404)
    return send_file(path, as_attachment=True, download_name=_named(job), max_age=0)


def _named(job: Job) -> str:
    """Distinct names for files that will lie side by side in somebody's downloads."""
    stem, _dot, ending = job.file.rpartition(".")
    return f"{stem}-{job.made_at:%Y-%m-%d-%H%M}.{ending}"
