"""Style sheets, scripts and icons: one address prefix that changes with their content, kept by browsers for a year."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for
from markupsafe import Markup

FOLDER = Path(__file__).parent / "static"
_YEAR_S = 365 * 24 * 3600
_ICON = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)

blueprint = Blueprint("assets", __name__)


@cache
def version() -> str:
    """Twelve hex digits over the names and bytes of every file in the folder."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@blueprint.get("/static/<content>/<path:path>")
def file(content: str, path: str) -> Response:
    """A file of the folder. An address with an old hash is answered too, but not kept."""
    response = send_from_directory(FOLDER, path)
    if content == version():
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """Browsers ask for it by this name without being told."""
    return send_from_directory(FOLDER, "mark.svg", mimetype="image/svg+xml", max_age=24 * 3600)


def asset(path: str) -> str:
    """Address of a file of the folder."""
    return url_for("assets.file", content=version(), path=path)


@cache
def mark() -> Markup:
    """The product's mark, standing in the page itself: it is there with the first paint."""
    text = (FOLDER / "mark.svg").read_text(encoding="utf-8").strip()
    return Markup(text.replace("<svg ", '<svg class="mark" aria-hidden="true" focusable="false" ', 1))


@cache
def _strokes(name: str) -> str:
    text = (FOLDER / "vendor" / "tabler-icons" / f"{name}.svg").read_text(encoding="utf-8")
    found = _ICON.search(text)
    assert found, f"{name}.svg is not an icon"
    return " ".join(found.group(1).split())


def svg_icon(name: str, css: str = "") -> Markup:
    """An outline icon 24 by 24 in the text's colour, hidden from screen readers: text stands beside it."""
    return Markup(
        '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>'
    ).format(css, Markup(_strokes(name)))
