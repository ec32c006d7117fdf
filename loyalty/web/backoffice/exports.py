"""Members, cards, points and sales as files to fetch: chosen here, written by a job."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.ops.exports.table import FORMS
from loyalty.ops.exports.tables import EXPORTS
from loyalty.ops.jobs import latest, make
from loyalty.web.access import allows, permitted
from loyalty.web.backoffice.jobs import me
from loyalty.web.backoffice.jobs_words import job_name, kind_word, state_word
from loyalty.web.database import reading
from loyalty.web.services import services
from loyalty.web.texts import _
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("exports", __name__, url_prefix="/exports")


def open_kinds() -> list[str]:
    """What this person may export: names and phones are not for everybody."""
    return [kind for kind, export in EXPORTS.items() if not export.personal or permitted("member.export")]


@blueprint.get("")
@allows("export.run")
def index() -> str:
    return _page()


@blueprint.post("")
@allows("export.run")
def start() -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in ("kind", "form", "first", "last")}
    try:
        first, last = (date.fromisoformat(typed[name]) if typed[name] else None for name in ("first", "last"))
    except ValueError:
        wrong_at(
            {name: _("This is no day; write it as 2026-12-31.") for name in ("first", "last") if _no_day(typed[name])}
        )
        return _page(typed), 422
    if typed["kind"] not in open_kinds() or typed["form"] not in FORMS:
        wrong_at({"kind": _("Choose what to export.")})
        return _page(typed), 422
    if first and last and last < first:
        wrong_at({"last": _("The last day lies before the first.")})
        return _page(typed), 422
    details = {"kind": typed["kind"], "form": typed["form"], "first": typed["first"], "last": typed["last"]}
    with write(services().engine) as session:
        id = make(session, "export", details, me(), services().now())
    return redirect(url_for("jobs.page", id=id), code=303)


def _no_day(text: str) -> bool:
    try:
        return bool(text) and date.fromisoformat(text) is None
    except ValueError:
        return True


def _page(typed: dict[str, str] | None = None) -> str:
    return render_template(
        "exports.html", kinds=open_kinds(), forms=FORMS, typed=typed or {}, kind_word=kind_word,
        jobs=latest(reading(), ["export"], staff=me(), limit=10), job_name=job_name, state_word=state_word,
    )  # fmt: skip
