"""The list of members, and the search that stands on top of every page."""

from flask import Blueprint, abort, render_template, request, url_for
from flask_security import current_user

from loyalty.checkout.adjust_points import waiting
from loyalty.members.described import tags_known
from loyalty.web.access import allows, permitted
from loyalty.web.backoffice.finding import LONGEST, find, ids_found
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.member_consents import PURPOSES, purpose_word
from loyalty.web.backoffice.members_columns import column_words
from loyalty.web.backoffice.members_counts import counted, is_large
from loyalty.web.backoffice.members_filter import COLUMNS, Wish, wish_of
from loyalty.web.backoffice.members_rows import rows_of
from loyalty.web.backoffice.members_saved import known_stores, views_of
from loyalty.web.backoffice.members_view import PAGE, Listing, read_members
from loyalty.web.database import reading
from loyalty.web.shop import shop

blueprint = Blueprint("members", __name__, url_prefix="/members")


@blueprint.get("")
@allows("member.view")
def index() -> str:
    """All members, or those that fit the filters, or those that fit `q`."""
    text = request.args.get("q", "").replace("\x00", " ").strip()[:LONGEST]
    wish = wished()
    listing = _found(text) if text else _listed(wish)
    first = not wish.after and not request.args.get("after") and not text
    counts = counted(reading(), shop(), wish) if first and not is_large(reading()) else None
    more = listing.next and url_for("members.index", q=text or None, **wish.address, sort=wish.sort, after=listing.next)
    part = "_member_rows.html" if request.headers.get("HX-Request") == "true" else "members.html"
    return render_template(
        part, listing=listing, wish=wish, text=text, more=more, shop=shop(), level_style=level_style, page=PAGE,
        counts=counts, later=first and counts is None, columns=COLUMNS, column_words=column_words(),
        waiting=len(waiting(reading())) if permitted("points.adjust") else 0,
        views=views_of(reading(), current_user.email), stores=_stores, tags=tags_known(reading()),
        purpose_word=purpose_word, purposes=PURPOSES,
    )  # fmt: skip


@blueprint.get("/counts")
@allows("member.view")
def counts() -> str:
    """The filters with how many members each holds; a part of a large shop's page, after its list."""
    wish = wished()
    found = counted(reading(), shop(), wish)
    return render_template("_member_filters.html", counts=found, wish=wish, text="", later=False)


@blueprint.get("/found")
@allows("member.view")
def found() -> str:
    """A few members while somebody types; a part of a page."""
    text = request.args.get("q", "")
    rows = find(reading(), shop(), text, permitted("member.contact"))
    return render_template("_found.html", rows=rows, text=text.strip(), shop=shop(), level_style=level_style)


def wished() -> Wish:
    """The filters of this request's address; 404 for those that cannot be."""
    try:
        wish = wish_of(request.values, request.values.getlist("column"))
    except ValueError:
        abort(404)
    if wish.level and shop().level(wish.level) is None:
        abort(404)
    return wish


def _stores() -> list[str]:
    """Where members bought, in order of their letters."""
    return known_stores(reading())


def _listed(wish: Wish) -> Listing:
    try:
        return read_members(reading(), shop(), wish, permitted("member.contact"))
    except (ValueError, TypeError):  # `after` was typed by hand
        abort(404)


def _found(text: str) -> Listing:
    ids, after = ids_found(reading(), text, PAGE, request.args.get("after"))
    rows = rows_of(reading(), shop(), ids, permitted("member.contact"))
    return Listing(rows, after)
