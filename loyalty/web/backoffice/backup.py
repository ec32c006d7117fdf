"""Backups: how old the last one is, one more, fetching it, trying whether it can be restored, and the nightly one."""

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.db.shop_settings import all_set, put
from loyalty.errors import Conflict, Invalid
from loyalty.ops import jobs_backup
from loyalty.ops.jobs import latest, make, unfinished
from loyalty.ops.last_done import when
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.jobs import me
from loyalty.web.backoffice.jobs_words import job_name, state_word
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("backup", __name__, url_prefix="/backup")

OLD_AFTER_DAYS = 2


@blueprint.get("")
@allows("backup.manage", fresh=True)
def page() -> str:
    return _page()


@blueprint.post("")
@allows("backup.manage", fresh=True)
def make_now() -> Response:
    with write(services().engine) as session:
        if unfinished(session, "backup.make"):
            raise Conflict("A backup is being made already; wait for its end.")
        id = make(session, "backup.make", {}, me(), services().now())
        tell(session, "backup.make", f"job:{id}")
    return redirect(url_for("jobs.page", id=id), code=303)


@blueprint.get("/file/<name>")
@allows("backup.manage", fresh=True)
def file(name: str) -> Response:
    """The whole database, to be kept outside the shop."""
    path = jobs_backup.file_of(services().config.data_dir, name)
    with write(services().engine) as session:
        tell(session, "backup.fetch", f"backup:{name}")
    return send_file(path, as_attachment=True, download_name=name, max_age=0)


@blueprint.post("/drill/<name>")
@allows("backup.manage", fresh=True)
def drill(name: str) -> Response:
    """Restores this backup into a throw-away place and adds everything up there."""
    jobs_backup.file_of(services().config.data_dir, name)
    with write(services().engine) as session:
        id = make(session, "backup.drill", {"backup": name}, me(), services().now())
        tell(session, "backup.drill", f"backup:{name}")
    return redirect(url_for("jobs.page", id=id), code=303)


@blueprint.post("/schedule")
@allows("backup.manage", fresh=True)
def schedule() -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "").strip() for name in (jobs_backup.HOUR, jobs_backup.KEEP)}
    both = crossed(request.form, _scheduled(), typed)
    if both is not None:
        show_crossing(both, {jobs_backup.HOUR: _("Hour of the day"), jobs_backup.KEEP: _("How many are kept")})
        return _page(dict(both.values)), 412
    try:
        wish = jobs_backup.set_schedule(typed[jobs_backup.HOUR], typed[jobs_backup.KEEP])
    except Invalid as error:
        of_hour = error.pointer == jobs_backup.HOUR
        said = _("The hour is a number from 0 to 23, or nothing.") if of_hour else _("Keep 1 to 365 backups.")
        wrong_at({jobs_backup.HOUR if of_hour else jobs_backup.KEEP: said})
        return _page(typed), 422
    now = services().now()
    with write(services().engine) as session:
        old = all_set(session)
        before = {name: old.get(name) for name in wish}
        for name, value in wish.items():
            put(session, name, value, now)
        if before != wish:
            tell(session, "backup.schedule", "settings:backup", before=before, after=wish)
    say(_("The nightly backup is set."))
    return redirect(url_for("backup.page"), code=303)


def _scheduled() -> dict[str, str]:
    """The form as it would be opened now."""
    values = all_set(reading())
    hour = values.get(jobs_backup.HOUR)
    return {
        jobs_backup.HOUR: "" if hour is None else str(hour),
        jobs_backup.KEEP: str(values.get(jobs_backup.KEEP) or jobs_backup.KEEP_STANDARD),
    }


def _page(typed: dict[str, str] | None = None) -> str:
    here, now = services().config.data_dir, services().now()
    last, drilled = when(here, "backup"), when(here, "drill")
    age = (now - last[0]).days if last else None
    return render_template(
        "backup.html", kept=jobs_backup.kept(here), last=last, age=age, old=age is None or age >= OLD_AFTER_DAYS,
        drilled=drilled, typed=typed or _scheduled(), was=as_seen(_scheduled()),
        postgres=services().engine.dialect.name != "sqlite",
        folder=here / jobs_backup.FOLDER, job_name=job_name, state_word=state_word,
        jobs=latest(reading(), ["backup.make", "backup.drill"], limit=5),
    )  # fmt: skip
