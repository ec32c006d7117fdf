"""The kiosk's page and the little it may know: a masked name, balances, the way to the next level."""

from dataclasses import replace

from flask import Blueprint, Response, abort, jsonify, render_template

from loyalty.counter import kiosk as kiosk_mind
from loyalty.counter.face import face_of
from loyalty.counter.kiosk import Kiosk
from loyalty.counter.parts import Parts
from loyalty.counter.screens.api import stream
from loyalty.counter.screens.pages import picture
from loyalty.counter.settings import LANGUAGES
from loyalty.counter.views import kiosk_view

EVENTS = frozenset({"kiosk"})


def kiosk(parts: Parts) -> Blueprint:
    blue = Blueprint("kiosk", __name__, url_prefix="/kiosk")
    desk = parts.desk

    @blue.get("")
    def page() -> str:
        return render_template("kiosk.html", settings=parts.settings, languages=LANGUAGES)

    @blue.get("/state")
    def state() -> Response:
        return jsonify(kiosk_view(desk.kiosk))

    @blue.get("/events")
    def events() -> Response:
        return stream(parts, EVENTS)

    @blue.post("/touch")
    def touch() -> Response:
        """Somebody is still there."""
        desk.act_on_kiosk(lambda now_showing: kiosk_mind.touched(now_showing, parts.clock()))
        return jsonify(kiosk_view(desk.kiosk))

    @blue.delete("/member")
    def done() -> Response:
        desk.act_on_kiosk(lambda _: Kiosk())
        return jsonify(kiosk_view(desk.kiosk))

    @blue.get("/card.png")
    def card() -> Response:
        """The card as it would be printed now, with the masked name: others can see this screen."""
        member = desk.kiosk.member
        if member is None:
            abort(404)
        face = face_of(member, parts.settings.shop, parts.settings.currency, parts.clock(), masked=True)
        return picture(replace(face, number=f"…{member.number[-4:]}"), parts)

    return blue
