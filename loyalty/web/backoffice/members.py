"""The list of members, and the search that stands on top of every page."""

from flask import Blueprint, abort, render_template, request, url_for

from loyalty.checkout.adjust_points import waiting
from loyalty.web.access import allows, permitted
from loyalty.web.backoffice.finding import LONGEST, find, ids_found
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.members_view import PAGE, SHOWS, SORTS, Listing, Wish, read_members, rows_of
from loyalty.web.database import reading
from loyalty.web.shop import shop

blueprint = Blueprint("members", __name__, url_prefix="/members")


@blueprint.get("")
@allows("member.view")
def index() -> str:
    """All members, or those that fit the filters, or those that fit `q`."""
    text = request.args.get("q", "").replace("\x00", " ").strip()[:LONGEST]
    wish = _wish()
    listing = _found(text) if text else _listed(wish)
    more = listing.next and url_for(
        "members.index", q=text or None, show=wish.show or None, level=wish.level or None, sort=wish.sort,
        after=listing.next,
    )  # fmt: skip
    part = "_member_rows.html" if request.headers.get("HX-Request") == "true" else "members.html"
    return render_template(
        part, listing=listing, wish=wish, text=text, more=more, shop=shop(), level_style=level_style, page=PAGE,
        waiting=len(waiting(reading())) if permitted("points.adjust") else 0,
    )


@blueprint.get("/found")
@allows("member.view")
def found() -> str:
    """A few members while somebody types; a part of a page."""
    text = request.args.get("q", "")
    rows = find(reading(), shop(), text, permitted("member.contact"))
    return render_template("_found.html", rows=rows, text=text.strip(), shop=shop(), level_style=level_style)


def _wish() -> Wish:
    show, level = request.args.get("show", ""), request.args.get("level", "")
    sort = request.args.get("sort", "visit")
    if show not in ("", *SHOWS) or sort not in SORTS or (level and shop().level(level) is None):
        abort(404)
    return Wish(show, level, sort, request.args.get("after", ""))


def _listed(wish: Wish) -> Listing:
    try:
        return read_members(reading(), shop(), wish, permitted("member.contact"))
    except (ValueError, TypeError):  # `after` was typed by hand
        abort(404)


def _found(text: str) -> Listing:
    ids, after = ids_found(reading(), text, PAGE, request.args.get("after"))
    rows = rows_of(reading(), shop(), ids, permitted("member.contact"))
    return Listing(rows, after, len(rows))
