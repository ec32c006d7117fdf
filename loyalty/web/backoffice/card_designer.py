"""The card designer: elements in millimetres, a preview by the code that prints, versions to take up again."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Invalid
from loyalty.members import face_designs
from loyalty.printing.design import HEIGHT_MM, MOST, STANDARD, WIDTH_MM, read_design
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice import card_designer_view as view
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("card_designer", __name__, url_prefix="/card-design")

_NEW = {"kind": "text", "text": "", "x": "3", "y": "3", "w": "20", "h": "4", "size": "3", "bold": "no",
        "align": "left", "zone": "static"}  # fmt: skip
_USUAL = "star-tcp300ii"
"""Its face has the very shape of a design."""
_SIZES = {"barcode": ("40", "5"), "qr": ("15", "15"), "badge": ("22", "4.25"), "line": ("54", "0.25")}


@blueprint.get("")
@allows("card.design")
def page() -> str:
    """The design in force, or the one in `from`, ready to be changed."""
    version, document = face_designs.current(reading())
    wish = request.args.get("from", type=int)
    if wish is not None:
        document = face_designs.design(reading(), wish)
    return _page(view.rows_of(read_design(document) if document else STANDARD), version)


@blueprint.post("")
@allows("card.design")
def change() -> str | Response | tuple[str, int]:
    """Adds or takes out an element, shows the preview, or puts the design in force."""
    rows, version = view.rows_typed(request.form), face_designs.current(reading())[0]
    if "remove" in request.form:
        gone = request.form.get("remove", type=int)
        return _page([row for place, row in enumerate(rows) if place != gone], version)
    kind = request.form.get("add", "")
    if kind in view.kind_words() and len(rows) < MOST:
        wide, high = _SIZES.get(kind, ("20", "4"))
        return _page([*rows, _NEW | {"kind": kind, "w": wide, "h": high}], version)
    try:
        design = view.design_of(rows)
        if request.form.get("do") != "put":
            return _page(rows, version)
        if request.form.get("version", type=int) != version:
            raise Invalid(_("Somebody else put another design in force meanwhile. Look at it below, then put yours."))
    except Invalid as fault:
        return _page(rows, version, fault), 422
    return _put(design.document(), version, request.form.get("note", "").strip()[:200])


@blueprint.post("/preview")
@allows("card.design")
def look() -> str:
    """The picture and its remarks; a part of the page."""
    return render_template("_card_preview.html", **_shown(view.rows_typed(request.form)))


@blueprint.post("/versions/<int:number>")
@allows("card.design")
def take_up(number: int) -> Response:
    """An earlier design in force again; 0 is the face that comes with the product."""
    version = face_designs.current(reading())[0]
    return _put(face_designs.design(reading(), number), version, _("as version %(number)s", number=number))


def _put(document: Any, before: int, note: str) -> Response:
    with write(services().engine) as session:
        version = face_designs.put(session, document, services().now(), current_user.email, note)
        after = {"version": version}
        tell(session, "card.design", f"face:{version}", before={"version": before}, after=after, why=note)
    say(
        _("Cards are printed by this design from now on; older faces are renewed at the next visit."),
        undo=url_for("card_designer.take_up", number=before),
    )
    return redirect(url_for("card_designer.page"), code=303)


def _page(rows: list[dict[str, str]], version: int, fault: Invalid | None = None) -> str:
    parts = (fault.pointer or "").split("/") if fault else []
    return render_template(
        "card_designer.html",
        rows=rows,
        version=version,
        fault=fault,
        wrong=(int(parts[2]), parts[3] if len(parts) > 3 else "") if len(parts) > 2 else (-1, ""),
        versions=face_designs.versions(reading()),
        kinds=view.kind_words(),
        fields=view.field_words(),
        aligns={"left": _("left"), "center": _("centred"), "right": _("right")},
        zones={"static": _("stays"), "erase": _("rewritten at visits")},
        samples={"latin": _("A long Latin name"), "chinese": _("A long Chinese name"), "new": _("A new member")},
        printers=view.printers(),
        size=(WIDTH_MM, HEIGHT_MM),
        note=request.form.get("note", ""),
        **{key: value for key, value in _shown(rows).items() if key != "rows"},
    )


def _shown(rows: list[dict[str, str]]) -> dict[str, Any]:
    printer = request.form.get("printer") or _USUAL
    who = request.values.get("who") or "latin"
    chosen = {"printer": printer, "who": who, "remark_words": view.remark_words, "kind_words": view.kind_words()}
    try:
        design = view.design_of(rows)
    except Invalid as fault:
        return chosen | {"preview": view.Preview(fault=str(fault)), "rows": rows}
    shown = view.preview(design, view.face_of(reading(), shop(), who), printer, shop())
    return chosen | {"preview": shown, "rows": rows}
