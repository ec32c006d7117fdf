"""The list of members kept: filters under a name, and the list as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

import sqlalchemy as sa
from flask import Blueprint, Response, abort, redirect, request, stream_with_context, url_for
from flask_security import current_user
from sqlalchemy import Row as Found
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from loyalty.db.session import write
from loyalty.ids import new_id
from loyalty.members.record_tables import saved_views
from loyalty.points.tables_sale import purchases
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.members_filter import Wish, wish_of
from loyalty.web.backoffice.members_rows import Row
from loyalty.web.backoffice.members_view import read_members
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import local_date
from loyalty.web.services import services
from loyalty.web.shop import Shop, shop
from loyalty.web.texts import _

blueprint = Blueprint("members_saved", __name__, url_prefix="/members")

AT_ONCE = 1_000
MOST_VIEWS = 30
_STORES_SHOWN = 100
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = ("number", "name", "language", "level", "points", "expire_soon", "last_visit", "member_since", "status")


def views_of(session: Session, staff: str) -> list[Found[tuple[str, str, str]]]:
    """A person's own views, by name: id, name and the address' query."""
    at = saved_views.c
    return list(session.execute(sa.select(at.id, at.name, at.query).where(at.staff == staff).order_by(at.name)))


def known_stores(session: Session) -> list[str]:
    """Stores where somebody bought lately, in order of their letters: of the last 1,000 days' sales a sample."""
    lately = sa.select(purchases.c.store).order_by(purchases.c.day.desc()).limit(2_000).subquery()
    found = session.scalars(sa.select(lately.c.store).where(lately.c.store.is_not(None)).distinct())
    return sorted(found)[:_STORES_SHOWN]


@blueprint.post("/views")
@allows("member.view")
def keep() -> Answer:
    """Keeps the filters of the page under a name; the same name again replaces it. Also the way back from `drop`."""
    name = request.values.get("name", "").replace("\x00", "").strip()[:60]
    wish = _wish()
    if not name:
        say(_("Give the view a name."))
        return redirect(url_for("members.index", **wish.address, sort=wish.sort), code=303)
    query = url_for("members.index", **wish.address, sort=wish.sort).partition("?")[2]
    at, now = saved_views.c, services().now()
    with write(services().engine) as session:
        mine = (at.staff == current_user.email, at.name == name)
        session.execute(sa.delete(saved_views).where(*mine))
        if len(views_of(session, current_user.email)) >= MOST_VIEWS:
            abort(409)
        row = {"id": new_id("view", now), "staff": current_user.email, "name": name, "query": query, "made_at": now}
        session.execute(sa.insert(saved_views), [row])
    say(_("The view “%(name)s” is kept.", name=name))
    return redirect(f"{url_for('members.index')}?{query}", code=303)


@blueprint.post("/views/<id>/drop")
@allows("member.view")
def drop(id: str) -> Answer:
    """Takes one of one's own views away."""
    at = saved_views.c
    with write(services().engine) as session:
        mine = (at.id == id, at.staff == current_user.email)
        gone = session.execute(sa.select(at.name, at.query).where(*mine)).first()
        session.execute(sa.delete(saved_views).where(*mine))
    undo = f"{url_for('members_saved.keep', name=gone.name)}&{gone.query}" if gone else ""
    say(_("The view is gone."), undo=undo)
    return redirect(url_for("members.index"), code=303)


@blueprint.post("/export")
@allows("member.export")
def export() -> Response:
    """The filtered list as CSV. Cells that a spreadsheet would run as a formula get an apostrophe in front."""
    wish, full = _wish(), permitted("member.contact")
    with write(services().engine) as session:
        tell(session, "member.export", "members:list", after={"filters": wish.filters})
    session, here = reading(), shop()
    lines = stream_with_context(_lines(session, here, wish, full))
    answer = Response(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename=members-{here.today.isoformat()}.csv"
    return answer


def _lines(session: Session, here: Shop, wish: Wish, full: bool) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)  # the mark tells spreadsheets that it is UTF-8
    wish = replace(wish, sort="joined", after="")
    while True:
        page = read_members(session, here, wish, full, AT_ONCE)
        yield "".join(_line(_cells(row, here)) for row in page.rows)
        if page.next is None:
            return
        wish = replace(wish, after=page.next)


def _cells(row: Row, here: Shop) -> tuple[str, ...]:
    decimals = here.wallet(here.main_wallet).decimals
    points, expiring = (str(Decimal(units).scaleb(-decimals)) for units in (row.available, row.expiring))
    visited = row.visited_on.isoformat() if row.visited_on else ""
    status = "closed" if row.closed else "active"
    since = local_date(row.joined_at).isoformat()
    return (row.number, row.name, row.language, row.level or "", points, expiring, visited, since, status)


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def harmless(cell: str) -> str:
    """A cell that begins like a formula, with an apostrophe in front; numbers below zero stay numbers."""
    if cell.startswith(_FORMULA) and not cell.removeprefix("-").replace(".", "", 1).isdecimal():
        return f"'{cell}"
    return cell


def _wish() -> Wish:
    try:
        return wish_of(request.values, request.values.getlist("column"))
    except ValueError:
        abort(404)
