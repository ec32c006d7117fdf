"""The simulated EasyPrinter S3 by raw bytes and from outside, without our driver: as its free client talks to it."""

import io
import json
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from simulators.__main__ import start
from simulators.card import SimCard

GOLDEN = json.loads((Path(__file__).parents[1] / "wire" / "golden" / "easyprinter.json").read_text("utf-8"))
ANNA = {"kind": "rewritable", "uid": "04A1B2C3"}


class Client:
    """One request at a time; a reply is whatever arrives first, as the free client has it."""

    def __init__(self, profile="easyprinter-s3"):
        self.unit, ready, self._server = start(profile, tcp="127.0.0.1:0")
        self.control = ready["control"]
        host, _, port = ready["port"].removeprefix("socket://").partition(":")
        self._socket = socket.create_connection((host, int(port)), 5)

    def send(self, data):
        self._socket.sendall(data)

    def ask(self, data):
        self._socket.settimeout(5)
        self.send(data)
        return self._socket.recv(4096)

    def state(self):
        return self.ask(b"\x1a")[0]

    def until(self, state):
        end = time.monotonic() + 20
        while self.state() != state:
            assert time.monotonic() < end, f"{self.state():02X}"
            time.sleep(0.005)

    def holds(self, condition):
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.005)

    def card_in(self):
        self.unit.put_card(SimCard.from_json(ANNA))
        self.send(b"\x1b1")
        self.until(0x0B)

    def http(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.control + path, data, method=method), timeout=5) as got:
            return got.read()

    def close(self):
        self._socket.close()
        self._server.close()


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()


def test_questions_have_the_answers_of_the_sources(client):
    assert client.state() == 0x00
    assert client.ask(b"\x1ba") == b"EP000226\n"
    assert client.ask(b"\x1b$$U") == b"E"  # no card
    client.card_in()
    assert client.ask(b"\x1b$$U") == b"S 04A1B2C3\r"


def test_the_state_from_slot_to_slot(client):
    client.unit.put_card(SimCard.from_json(ANNA))
    assert client.state() == 0x02
    client.send(b"\x1b1")
    client.until(0x0B)
    client.unit.set_fault("slow", {"seconds": 0.2})
    client.send(bytes.fromhex(GOLDEN["documents"][0]["hex"]))
    client.until(0x19)
    client.unit.clear_faults()
    client.until(0x29)
    client.send(b"\x1b3")
    client.until(0x02)
    client.unit.take_card()
    assert client.state() == 0x00


def test_the_clients_own_trial_prints_its_text_where_it_belongs(client):
    client.card_in()
    client.send(bytes.fromhex(GOLDEN["documents"][0]["hex"]))
    client.until(0x29)
    left, top, _, bottom = client.unit.shown.printed.getbbox()
    assert 25 <= left < 40 and top < 40 and bottom < 60  # X 25, Y at the top edge


def test_a_picture_lands_on_its_dots(client):
    client.card_in()
    for row in GOLDEN["pictures"]:
        client.send(b"\x1bU" + bytes.fromhex(row["hex"]))
    client.send(b"\x0c")
    client.until(0x29)
    printed = client.unit.shown.printed
    assert printed.getpixel((0, 0)) == printed.getpixel((11, 559)) == 255
    assert sum(printed.histogram()[1:]) == 2


def test_a_start_without_a_card_throws_the_document_away(client):
    client.send(b"\x1bU\x1b%y0500\x1bQ\x0e" + bytes(13) + b"\xff")
    client.state()
    assert not client.unit.state()["buffers_empty"]
    client.send(b"\x0c")
    client.state()
    assert client.unit.state()["buffers_empty"]
    client.card_in()
    client.send(b"\x0c")
    client.until(0x29)
    assert client.unit.shown.blank


def test_an_area_and_a_window_keep_to_themselves(client):
    client.card_in()
    black = b"".join(b"\x1bQ\x53" + bytes(13) + b"\xff" * 70 for _ in range(960))
    client.send(b"\x1bU\x1b%y0130" + black + b"\x0c")
    client.until(0x29)
    assert client.unit.shown.printed.getextrema() == (255, 255)
    client.send(b"\x1b3")
    client.until(0x02)
    client.send(b"\x1b1")
    client.until(0x0B)
    client.send(b"\x1bU\x1b%d01300230\x1bL1230130250230\x0c")  # units 23 to 25, dots 130 to 230
    client.until(0x29)
    hole = client.unit.shown.printed.point(lambda dark: 255 - dark).getbbox()
    assert hole == (860, 80, 960, 96)
    assert client.unit.shown.ghost.getbbox() == hole


def test_every_print_wears_the_card_and_the_face_shows_it(client):
    client.card_in()
    for _ in range(3):
        client.send(bytes.fromhex(GOLDEN["documents"][2]["hex"]))
        client.until(0x29)
        client.send(b"\x1b3")
        client.until(0x02)
        client.send(b"\x1b1")
        client.until(0x0B)
    state = json.loads(client.http("GET", "/state"))
    assert state["cycles"] == 3 and state["simulated"] is True and state["state_byte"] == "0B"
    assert Image.open(io.BytesIO(client.http("GET", "/face.png"))).width > 960


def test_trace_display_and_faults_over_the_control_interface(client):
    client.send(bytes.fromhex(next(row["hex"] for row in GOLDEN["messages"] if row["kind"] == "DisplayText")))
    client.send(b"\x1bQ\x02ab\x1bQ\x02cd")
    client.send(b"\x1bz")
    client.state()
    assert json.loads(client.http("GET", "/state"))["display"][0] == "Display Test Line1"
    words = [row["meaning"] for row in json.loads(client.http("GET", "/wire?after=0"))]
    assert words[-2:] == ["STATE", "state 00h: nothing"]
    assert any(each.startswith("Column,") for each in words) and any("not understood" in each for each in words)
    for bad in ({"name": "no_such"}, {"name": "card_jam", "when": "sometime"}, {"name": "slow", "seconds": "long"}):
        with pytest.raises(urllib.error.HTTPError) as caught:
            client.http("POST", "/fault", bad)
        assert json.loads(caught.value.read())["error"].endswith(".")
    json.loads(client.http("POST", "/fault", {"name": "cover_open"}))
    assert client.state() == 0x80


def test_everything_volatile_is_lost_with_the_power(client):
    client.card_in()
    client.send(b"\x1bU\x1b%y0500\x1bQ\x53abc")
    client.holds(lambda: not client.unit.memory.empty and not client.unit._decoder.idle)
    client.unit.set_fault("power_cut", {})
    client.send(b"\x1a")
    client.holds(lambda: client.unit._dead)
    client.unit.clear_faults()
    assert client.state() == 0x0B and client.unit.memory.empty
