"""What is wrong with single fields of a form: said once on top with links, and again at each field.

A view says `wrong_at({"name": …})` and shows its form again; the frame lists what is wrong above the page, and in the
form `marks(name)` and `said_at(name)` mark the field. A field without them is still named and linked on top.
"""

from collections.abc import Mapping

from flask import Flask, g
from markupsafe import Markup, escape

from loyalty.errors import LoyaltyError
from loyalty.web.assets import svg_icon
from loyalty.web.refusal_words import refusal_words


def wrong_at(wrong: Mapping[str, str]) -> None:
    """Sentences by the id of their field, for the page that answers this request."""
    g.wrong_fields = {**wrong_fields(), **wrong}


def refused_at(fault: LoyaltyError, fields: Mapping[str, str], otherwise: str) -> None:
    """A refusal at the field that its pointer means: by `fields`, else of the same name, else `otherwise`."""
    pointer = (fault.pointer or "").strip("/").split("/")[0]
    wrong_at({fields.get(pointer, pointer) or otherwise: refusal_words(str(fault))})


def wrong_fields() -> dict[str, str]:
    found: dict[str, str] = g.get("wrong_fields", {})
    return found


def marks(name: str) -> Markup:
    """Attributes of the field's input."""
    if name not in wrong_fields():
        return Markup("")
    return Markup(' aria-invalid="true" aria-errormessage="{}-said"').format(name)


def said_at(name: str) -> Markup:
    """The sentence under the field."""
    if name not in wrong_fields():
        return Markup("")
    words = escape(wrong_fields()[name])
    sign = svg_icon("alert-triangle", "small")
    return Markup('<p class="wrong" id="{}-said" aria-live="polite">{}{}</p>').format(name, sign, words)


def install_wrong_fields(app: Flask) -> None:
    app.jinja_env.globals.update(wrong_fields=wrong_fields, marks=marks, said_at=said_at)
