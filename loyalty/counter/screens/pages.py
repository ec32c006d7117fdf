"""The cashier's page, the words of its languages and the picture of the card at the counter."""

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, render_template

from loyalty.contract.outcomes import FaceData, MemberView
from loyalty.counter.face import face_of
from loyalty.counter.screens.this_counter import parts
from loyalty.counter.settings import LANGUAGES
from loyalty.printing.face import LEAST, render_face
from loyalty.printing.picture import face_png

WORDS = Path(__file__).parent.parent / "words"
SAID_IN = ("zh-Hant", "zh-Hans")
"""Languages of said.json, in its order."""
PICTURE_SCALE = 2


blue = Blueprint("pages", __name__)


@blue.get("/")
def cashier() -> str:
    return render_template("cashier.html", settings=parts().settings, languages=LANGUAGES)


@blue.get("/words/<language>.json")
def words(language: str) -> Response:
    if language not in LANGUAGES:
        abort(404)
    return Response(read_words(language), mimetype="application/json")


@blue.get("/card.png")
def card() -> Response:
    """The face of today of the member at the counter; what waits for the printer where that is newer."""
    counter = parts()
    present = counter.desk.till.present
    if present is None or present.member is None:
        abort(404)
    drawn = face_of(present.member, counter.settings, counter.clock(), masked=False)
    waiting = counter.jobs.newest_face(present.member.id)
    return picture(waiting if waiting and _not_older(waiting, present.member) else drawn)


@cache
def read_words(language: str) -> str:
    """The catalogue as JSON text; `said` has the English sentences of drivers in this language."""
    catalogue = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    if language in SAID_IN:
        said = json.loads((WORDS / "said.json").read_text("utf-8"))
        catalogue["said"] = {sentence: texts[SAID_IN.index(language)] for sentence, texts in said.items()}
    return json.dumps(catalogue, ensure_ascii=False)


def picture(face: FaceData) -> Response:
    """The face as the printer would put it on a card, as a PNG."""
    raster = render_face(face, LEAST, zone=parts().settings.zone)
    return Response(face_png(raster, PICTURE_SCALE), mimetype="image/png")


def _not_older(face: FaceData, member: MemberView) -> bool:
    return member.as_of is None or face.as_of >= member.as_of
