"""The standard reports: a question each, a chart with its table, days in the address, files, and kept views."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask_security import current_user
from sqlalchemy import Row
from werkzeug.wrappers import Response as Answer

from loyalty.db.session import write
from loyalty.errors import Invalid, LoyaltyError
from loyalty.insight import kept
from loyalty.insight.report import Report
from loyalty.insight.standard import REPORTS, read_report
from loyalty.ops.exports.table import csv_lines, xlsx_bytes
from loyalty.printing.bars import bar_chart
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.analyses_words import is_number
from loyalty.web.backoffice.reports_view import Days, chart_of, days_of, presets
from loyalty.web.backoffice.reports_words import heading, shown, title
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.report_files import file_of, files_of
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}


@blueprint.get("")
@allows("figures.view")
def index() -> str:
    """All reports, and the person's own views with their files."""
    views = kept.kept_of(reading(), current_user.email)
    files = {view.id: files_of(services().config.data_dir, view.id)[:5] for view in views}
    return render_template("reports.html", reports=REPORTS, views=views, files=files, shop=shop(), **_words())


@blueprint.get("/<key>")
@allows("figures.view")
def page(key: str) -> str | tuple[str, int]:
    """One report. Faulty days are told above the default."""
    if key not in REPORTS:
        abort(404)
    days, found, fault = Days(), None, False
    if shop().programme:
        try:
            days = days_of(request.args)
            found = _read(key, days)
        except (ValueError, Invalid):
            days, fault = Days(), True
            found = _read(key, days)
    answer = render_template(
        "report.html", key=key, report=found, definition=REPORTS[key], days=days, fault=fault, reports=REPORTS,
        chart=chart_of(found, shop().main_wallet) if found else None, presets=presets(days.last or shop().today),
        every=kept.EVERY, shop=shop(), **_words(),
    )  # fmt: skip
    return (answer, 422) if fault else answer


@blueprint.get("/<key>/file")
@allows("figures.view")
def file(key: str) -> Response:
    """The table as CSV or XLSX with English keys and exact numbers, or its chart as PNG. 404 for what there is not."""
    form = request.args.get("form", "csv")
    if key not in REPORTS or shop().programme is None or form not in _TYPES:
        abort(404)
    try:
        found = _read(key, days_of(request.args))
    except (ValueError, Invalid):
        abort(404)
    answer = Response(_content(found, form), content_type=_TYPES[form])
    name = f"{key}-{found.span.first}-{found.span.last}.{form}"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@blueprint.post("/<key>/keep")
@allows("figures.view")
def keep(key: str) -> Answer:
    """Keeps the report with its days under a name, and has it written as a file again and again where asked to."""
    typed, now = request.values, services().now()
    try:
        days = days_of(typed)
        with write(services().engine) as session:
            id = kept.keep(session, current_user.email, typed.get("name", ""), key, (days.first, days.last),
                           typed.get("every", ""), now, shop().today, mail="mail" in typed)  # fmt: skip
            tell(session, "report.keep", f"report:{id}", after={"report": key, "every": typed.get("every", "")})
    except (ValueError, LoyaltyError):
        say(_("The view was not kept: give it a name, and days that follow each other."))
        return redirect(url_for("reports.page", key=key if key in REPORTS else "sales"), code=303)
    say(_("The view “%(name)s” is kept.", name=typed["name"].strip()))
    return redirect(url_for("reports.index"), code=303)


@blueprint.post("/kept/<id>/drop")
@allows("figures.view")
def drop(id: str) -> Answer:
    """Takes one of one's own views away."""
    with write(services().engine) as session:
        gone = kept.drop(session, current_user.email, id)
        tell(session, "report.drop", f"report:{id}")
    say(_("The view is gone."), undo=_again(gone) if gone else "")
    return redirect(url_for("reports.index"), code=303)


@blueprint.get("/files/<name>")
@allows("figures.view")
def written(name: str) -> Answer:
    """A file that was written for one of the person's own views."""
    path, mine = file_of(services().config.data_dir, name), kept.kept_of(reading(), current_user.email)
    if path is None or not any(name.startswith(f"{view.id}-") for view in mine):
        abort(404)
    return send_file(path.resolve(), mimetype="text/csv", as_attachment=True, download_name=name)


def _read(key: str, days: Days) -> Report:
    return read_report(reading(), key, shop().now, days.first, days.last)


def _content(found: Report, form: str) -> str | bytes:
    headings = [column.key for column in found.definition.columns]
    if form == "csv":
        return "".join(csv_lines(headings, found.rows))
    return xlsx_bytes(headings, found.rows) if form == "xlsx" else bar_chart(found.definition.question, found.drawn())


def every_word(every: str) -> str:
    return {"": _("never"), "day": _("every day"), "week": _("every week"), "month": _("every month")}.get(every, every)


def _words() -> dict[str, Any]:
    return {"title": title, "heading": heading, "shown": shown, "is_number": is_number, "every_word": every_word}


def _again(gone: Row[Any]) -> str:
    """The address that keeps a view once more, as it was."""
    asked = {"name": gone.name, "every": gone.every, "from": gone.first, "to": gone.last, "mail": "on" * gone.mail}
    return url_for("reports.keep", key=gone.report, **{name: value for name, value in asked.items() if value})
