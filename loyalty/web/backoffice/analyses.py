"""The seven analyses: a question each, a chart with its table, filters in the address, the numbers as a file."""

from decimal import Decimal

from flask import Blueprint, Response, abort, render_template, request

from loyalty.campaigns.segments import all_segments
from loyalty.errors import Invalid, NotFound
from loyalty.insight.analyses import ANALYSES
from loyalty.insight.analysis import Analysis, Scope, View
from loyalty.insight.report import plain
from loyalty.ops.exports.table import csv_lines, xlsx_bytes
from loyalty.printing.bars import bar_chart
from loyalty.web.access import allows
from loyalty.web.backoffice.analyses_next import next_step
from loyalty.web.backoffice.analyses_view import PRESETS, Wish, any_sale, chart_of, neighbours, scope_of, wish_of
from loyalty.web.backoffice.analyses_words import cell_text, is_number
from loyalty.web.backoffice.members_saved import known_stores
from loyalty.web.backoffice.values_view import model_row
from loyalty.web.database import reading
from loyalty.web.shop import shop

blueprint = Blueprint("analyses", __name__, url_prefix="/analyses")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
@allows("figures.view")
def index() -> str:
    """All questions, each with its first figures of the last 365 days."""
    scope = scope_of(reading(), shop(), Wish()) if shop().programme else None
    figures = {
        name: [(each, each.read(scope)) for each in analysis.headlines[:2]] for name, analysis in ANALYSES.items()
    } if scope else {}  # fmt: skip
    return render_template("analyses.html", analyses=ANALYSES, figures=figures, cell_text=cell_text, shop=shop())


@blueprint.get("/<key>")
@allows("figures.view")
def page(key: str) -> str | tuple[str, int]:
    """One analysis. A faulty filter is told above the default."""
    if key not in ANALYSES:
        abort(404)
    analysis, wish, scope, fault = ANALYSES[key], Wish(), None, ""
    try:
        wish = wish_of(request.args)
        scope = scope_of(reading(), shop(), wish) if shop().programme else None
    except (ValueError, Invalid, NotFound) as error:
        fault = str(error) if isinstance(error, Invalid | NotFound) else "filter"
        wish = Wish(view=request.args.get("view", ""))
        scope = scope_of(reading(), shop(), wish) if shop().programme else None
    view = analysis.view(wish.view) or abort(404)
    answer = _rendered(analysis, view, wish, scope, fault)
    return (answer, 422) if fault else answer


def _rendered(analysis: Analysis, view: View, wish: Wish, scope: Scope | None, fault: str) -> str:
    rows = view.read(scope) if scope else []
    return render_template(
        "analysis.html",
        analysis=analysis, analyses=ANALYSES, view=view, wish=wish, scope=scope, fault=fault, rows=rows,
        headlines=[(each, each.read(scope)) for each in analysis.headlines] if scope else [],
        chart=chart_of(view, rows), views=neighbours(analysis, wish), presets=_presets(wish),
        stores=known_stores(reading()), segments=all_segments(reading()), model=model_row(reading()),
        cell_text=cell_text, is_number=is_number, shop=shop(), step=next_step(analysis.name),
        sold=bool(rows) or any_sale(reading()),
    )  # fmt: skip


def _presets(wish: Wish) -> list[tuple[int, dict[str, str]]]:
    last = wish.last or shop().today
    return [(days, wish.other(first=last.fromordinal(last.toordinal() - days + 1), last=last)) for days in PRESETS]


@blueprint.get("/<key>/file")
@allows("figures.view")
def file(key: str) -> Response:
    """The table as CSV or XLSX with English keys and exact numbers, or its chart as PNG. 404 for what there is not."""
    if key not in ANALYSES or shop().programme is None:
        abort(404)
    try:
        wish = wish_of(request.args)
        scope = scope_of(reading(), shop(), wish)
    except (ValueError, Invalid, NotFound):
        abort(404)
    view = ANALYSES[key].view(wish.view) or abort(404)
    return _file(key, view, scope, request.args.get("form", "csv"))


def _file(key: str, view: View, scope: Scope, form: str) -> Response:
    rows, headings = view.read(scope), [column.key for column in view.columns]
    name = f"{key}-{view.name}-{scope.span.first}-{scope.span.last}.{form}"
    if form == "csv":
        answer = Response("".join(csv_lines(headings, rows)), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        answer = Response(xlsx_bytes(headings, rows), content_type=XLSX)
    elif form == "png":
        place = headings.index(view.chart)
        drawn = [(str(plain(row[0])), Decimal(str(row[place] or 0))) for row in rows[: view.few]]
        answer = Response(bar_chart(f"{ANALYSES[key].question} {view.columns[place].heading}", drawn),
                          content_type="image/png")  # fmt: skip
    else:
        abort(404)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer

