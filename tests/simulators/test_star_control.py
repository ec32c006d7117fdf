"""The simulated Star unit from outside: its control interface, its cards and how their faces age."""

import base64
import io
import json
import time
from urllib.error import HTTPError

import pytest
from PIL import Image

from loyalty.devices.wire.star_tcp.block import frame
from simulators.face import CardFace, card_png
from tests.simulators.star_socket import ANNA, DOT, Wire


@pytest.fixture
def wire():
    wire = Wire()
    yield wire
    wire.close()


def test_a_face_before_any_card_is_a_blank_card(wire):
    picture = Image.open(io.BytesIO(wire.http("GET", "/face.png")))
    assert picture.size == (684 * 2, 432 * 2)
    assert len(picture.convert("RGB").crop((40, 40, 1200, 800)).getcolors()) == 1
    assert picture.getpixel((0, 0))[3] == 0  # beyond the rounded corner


def test_the_control_interface(wire):
    state = json.loads(wire.http("POST", "/card", {"card": ANNA}))
    assert (state["position"], state["sensors"], state["card"]["uid"]) == ("inlet", "100000", ANNA["uid"])
    slow = json.loads(wire.http("POST", "/fault", {"name": "slow", "seconds": 0.1}))
    assert slow["faults"] == {"slow": {"seconds": 0.1}}
    wire.http("DELETE", "/fault")
    wire.ask(b"\x59")
    rows = json.loads(wire.http("GET", "/wire?after=0"))
    assert [(row["direction"], row["meaning"]) for row in rows][:3] == [
        (">", "SensorStatus"), ("<", "ACK"), ("<", "59h status 20h 100000"),
    ]  # fmt: skip
    assert json.loads(wire.http("DELETE", "/card"))["card"]["uid"] == ANNA["uid"]
    assert json.loads(wire.http("GET", "/state"))["position"] == "none"


@pytest.mark.parametrize("body", [
    {"name": "no_such"}, {"name": "nak", "times": "many"}, {"name": "card_jam", "when": "sometime"},
    {"name": "power_cut", "after_bytes": -1},
])  # fmt: skip
def test_a_wrong_fault_gets_one_sentence(wire, body):
    with pytest.raises(HTTPError) as caught:
        wire.http("POST", "/fault", body)
    assert caught.value.code == 400
    assert json.loads(caught.value.read())["error"].endswith(".")
    assert wire.unit.faults == {}


def test_ghosts_rise_with_the_cycles_and_contrast_falls():
    def after(cycles):
        face = CardFace((480, 320), cycles)
        dots = Image.new("L", (480, 320))
        dots.putpixel((1, 1), 255)
        face.print(dots)
        strong = face.seen().getpixel((1, 1))
        face.erase()
        assert face.blank
        assert face.cycles == cycles + 1
        return strong, face.seen().getpixel((1, 1))

    (young, trace), (old, ghost) = after(0), after(500)
    assert young == 255 and young > old
    assert 0 < trace < ghost < 128


def test_a_worn_card_can_be_described():
    png = base64.b64encode(card_png(CardFace((480, 320)), 8)).decode()
    face = CardFace.from_json((480, 320), {"cycles": 250, "png": png})
    assert face.cycles == 250
    for wrong in ("x", {"cycle": 1}):
        with pytest.raises(ValueError):
            CardFace.from_json((480, 320), wrong)


def test_a_card_without_a_thermal_layer_stays_as_it_is(wire):
    wire.put({"kind": "plain"})
    wire.ask(DOT)
    assert wire.ask(b"\x46") == b"\x20"
    assert wire.unit.shown.blank


def test_a_hand_waits_while_the_unit_is_at_work(wire):
    wire.put()
    wire.unit.set_fault("slow", {"seconds": 0.3})
    wire.send(frame(b"\x46"))
    time.sleep(0.1)
    wire.put({"kind": "rewritable", "uid": "04000001"})
    assert wire.unit.state()["position"] == "inlet"
    assert wire.unit.counters["prints"] == 1
