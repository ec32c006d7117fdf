"""The programme to read: levels, rewards and rules in plain words beside the document, and all its versions."""

from dataclasses import replace

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.ops.programme_approval import second_person_needed
from loyalty.ops.put_programme import put_programme, source_of, withdraw
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice import programme_words
from loyalty.web.backoffice.document_view import document_lines
from loyalty.web.backoffice.editor.asking import ask_for
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.programme_difference import difference
from loyalty.web.backoffice.programme_lines import typed_lines
from loyalty.web.backoffice.programme_view import members_by_level, text_of, version_list, version_of
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("programme", __name__, url_prefix="/programme")


@blueprint.get("")
@allows("programme.view")
def page() -> str:
    """The version in force."""
    return _page(SqlFacts(reading()).version(shop().now), None)


@blueprint.get("/versions/<int:number>")
@allows("programme.view")
def version(number: int) -> str:
    """Any version, with its own money and wallets."""
    found = version_of(reading(), number)
    now = shop()
    g.shop = replace(now, currency=found.programme.currency, digits=found.programme.digits, programme=found.programme)
    return _page(found, number)


@blueprint.get("/difference")
@allows("programme.view")
def compare() -> str:
    """Two versions side by side; without a choice the two latest."""
    versions = version_list(reading(), shop().now)
    if not versions:
        abort(404)
    newest = versions[0].number
    new = request.args.get("to", newest, type=int)
    old = request.args.get("from", max(1, new - 1), type=int)
    whole = request.args.get("lines") == "all"
    found = difference(version_of(reading(), old).document, version_of(reading(), new).document, whole)
    return render_template(
        "programme_difference.html", versions=versions, old=old, new=new, whole=whole, found=found, shop=shop()
    )


@blueprint.post("/versions/<int:number>/again")
@allows("programme.put")
def again(number: int) -> Response:
    """The way back: an old version's document as a new version, in force at once."""
    old = version_of(reading(), number)
    source = source_of(reading(), number)
    scenarios = source.scenarios if source else ""
    text = text_of(reading(), old)
    if second_person_needed(reading()):
        latest = SqlFacts(reading()).latest()
        return ask_for(text, scenarios, latest.number if latest else 0, None, number)
    with write(services().engine) as session:
        made = put_programme(session, old.document, text, scenarios, current_user.email, services().now())
        tell(session, "programme.put", f"programme:{made.number}", after={"again": number})
    say(_("Version %(new)s is in force. It says the same as version %(old)s.", new=made.number, old=number))
    return redirect(url_for("programme.page"), code=303)


@blueprint.post("/versions/<int:number>/withdraw")
@allows("programme.put")
def take_back(number: int) -> Response:
    """A planned version does not start: the one before it stays in force."""
    with write(services().engine) as session:
        withdraw(session, number, current_user.email, services().now())
        tell(session, "programme.withdraw", f"programme:{number}")
    say(_("Version %(number)s is withdrawn: what was in force before stays in force.", number=number))
    return redirect(url_for("programme.page"), code=303)


def _page(found: ProgrammeVersion | None, number: int | None) -> str:
    """`number` is None on the page of the version in force."""
    source = source_of(reading(), found.number) if found else None
    return render_template(
        "programme.html",
        shop=shop(),
        version=found,
        number=number,
        lines=typed_lines(source.text) if source else document_lines(found.document) if found else [],
        source=source,
        versions=version_list(reading(), shop().now),
        by_level=members_by_level(reading()),
        words=programme_words,
        level_style=level_style,
    )
