"""The simulated Sanwa unit by raw bytes, as the recorded conversations have them, without our driver."""

import io
import json
import socket
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest
from PIL import Image

from simulators.__main__ import start
from simulators.card import SimCard

LIVE = json.loads((Path(__file__).parents[1] / "wire" / "golden" / "sanwa_live.json").read_text("utf-8"))["logs"]
ANNA = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {"1": "A" * 69, "2": "B" * 69, "3": "C" * 69}}
UNITS = {"sanwa-crp1231lr": "C1231LR", "sanwa-crp1231br": "C1231BR", "sanwa-crs31r": "S31R"}
STATUS, CANCEL, READ_ALL = "0206200000000325", "0206400000000345", "020933000000303136030e"
ERASE, EJECT, ENQ, ACK, NAK = "02067d0000000378", "0206800000000385", "05", "06", "15"

TEXT = "02277c0000003030015649502089ef88f5834a815b83680d504f494e545320313233340d1b67010393"


class Wire:
    """A bare socket to a simulated unit."""

    def __init__(self, profile: str = "sanwa-crp1231lr", speed: str = "fast") -> None:
        self.unit, ready, self._server = start(profile, tcp="127.0.0.1:0", speed=speed)
        self.control = ready["control"]
        host, _, port = ready["port"].removeprefix("socket://").partition(":")
        self._socket = socket.create_connection((host, int(port)), 10)

    def send(self, hexes: str) -> None:
        self._socket.sendall(bytes.fromhex(hexes))

    def byte(self) -> str:
        self._socket.settimeout(10)
        return self._socket.recv(1).hex()

    def silent(self) -> bool:
        self._socket.settimeout(0.15)
        try:
            return self._socket.recv(1) == b""
        except TimeoutError:
            return True

    def frame(self) -> str:
        """What one ENQ gets."""
        self.send(ENQ)
        self._socket.settimeout(10)
        got = b""
        while len(got) < 2 or len(got) < got[1] + 2:
            got += self._socket.recv(1)
        return got.hex()

    def ask(self, hexes: str) -> str:
        """A command, acknowledged; its last answer, once it is neither running nor waiting for a card."""
        self.send(hexes)
        assert self.byte() == ACK
        while (answer := self.frame())[10:12] == "33":
            time.sleep(0.005)
        return answer

    def put(self, card: dict = ANNA) -> None:
        self.unit.put_card(SimCard.from_json(card))

    def http(self, method: str, path: str, body: object = None) -> bytes:
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.control + path, data, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read()

    def close(self) -> None:
        self._socket.close()
        self._server.close()


@pytest.fixture
def wire():
    wire = Wire()
    yield wire
    wire.close()


def finals(log: list[str]) -> list[tuple[str, str]]:
    """Each recorded command with its last answer."""
    found = []
    for row in log:
        if row[0] == ">" and row[1:] != ENQ:
            found.append([row[1:], ""])
        elif row[0] == "<" and len(row) > 3:
            found[-1][1] = row[1:]
    return [(command, answer) for command, answer in found if answer]


BEFORE_THE_CARD = ("10", "20", "f0", "f5")
WITH_THE_CARD = ("78", "7a", "7d", "7c", "7e", "c0", "c1", "99")


@pytest.mark.parametrize("profile", ["sanwa-crp1231lr", "sanwa-crs31r"])
def test_a_recorded_conversation_has_the_same_answers_here(profile):
    """Byte by byte, as the other program answered: before a card came, and what was done with the card inside."""
    wire, tried = Wire(profile), set()
    steps = finals(LIVE[UNITS[profile]])
    for command, answer in steps[:6]:
        if command[4:6] in BEFORE_THE_CARD:
            assert wire.ask(command) == answer
            tried.add(command[4:6])
    wire.put()
    for command, answer in steps:
        if command[4:6] in WITH_THE_CARD:
            assert wire.ask(command) == answer
            tried.add(command[4:6])
    assert tried == {*BEFORE_THE_CARD, *WITH_THE_CARD}
    wire.close()


def test_the_stripe_is_written_and_read_as_in_the_recorded_conversation(wire):
    wire.put()
    steps = finals(LIVE["C1231LR"])
    written = next((command, answer) for command, answer in steps if command[4:6] == "53")
    read = next(answer for _, answer in steps if answer[4:6] == "33" and answer[12:16] == "4141")
    assert wire.ask(written[0]) == written[1]
    assert wire.ask(READ_ALL) == read


def test_a_wait_for_a_card_is_told_and_ended(wire):
    wire.send(READ_ALL)
    assert wire.byte() == ACK
    while (answer := wire.frame()) != "0206333030340302":
        assert answer == "0206333030330305"
    assert wire.ask(CANCEL) == "0206403030300375"
    assert not wire.unit.state()["waiting_for_card"]


def test_a_card_ends_the_wait(wire):
    wire.send(READ_ALL)
    assert wire.byte() == ACK
    wire.put()
    while (answer := wire.frame())[10:12] in ("33", "34"):
        time.sleep(0.005)
    assert bytes.fromhex(answer)[6:-2] == b"A" * 69 + b"B" * 69 + b"C" * 69


def test_damaged_and_unfinished_frames(wire):
    wire.send("02062000000003da")
    assert wire.byte() == NAK
    wire.send("0206200000")
    assert wire.silent()
    wire.send("000325")
    assert wire.byte() == ACK
    assert wire.frame() == "0206203030300315"


def test_before_the_first_command_an_enquiry_finds_nobody(wire):
    wire.send(ENQ)
    assert wire.silent()


def test_a_shutter_keeps_the_card_in_the_slot_and_lets_it_out():
    wire = Wire("sanwa-crp1231br")
    wire.put()
    assert wire.ask(STATUS)[6:8] == "41"  # closed, in the slot
    assert wire.ask("0207d00000003103e5")[6:8] == "81"
    assert wire.ask("020933000000323136030c")[6:8] == "98"  # pulled in
    assert wire.ask("0207d00000003003e4")[6:8] == "58"
    assert wire.ask(EJECT)[6:10] == "5860"  # the shutter is in the way
    assert wire.ask("0207d00000003103e5")[6:8] == "98"
    assert wire.ask(EJECT)[6:8] == "81"
    wire.close()


def test_text_is_drawn_where_it_is_told(wire):
    wire.put()
    assert wire.ask(ERASE)[6:12] == "313030"
    wire.ask(TEXT)
    left, _, right, bottom = wire.unit.shown.printed.getbbox()
    assert left >= 24 and right <= 24 * 4  # lines 1 to 3 of the upright card are columns of the lying one
    assert bottom == 336 - 1  # it begins where the upright card's left edge is


def test_the_control_interface(wire):
    state = json.loads(wire.http("POST", "/card", {"card": ANNA}))
    assert (state["position"], state["card"]["uid"], state["simulated"]) == ("head", ANNA["uid"], True)
    assert Image.open(io.BytesIO(wire.http("GET", "/face.png"))).size == (684 * 2, 432 * 2)
    slow = json.loads(wire.http("POST", "/fault", {"name": "slow", "seconds": 0.1}))
    assert slow["faults"] == {"slow": {"seconds": 0.1}}
    wire.http("DELETE", "/fault")
    wire.ask(STATUS)
    rows = json.loads(wire.http("GET", "/wire?after=0"))
    assert [(row["direction"], row["meaning"]) for row in rows] == [
        (">", "AskStatus"), ("<", "ACK"), (">", "ENQ"), ("<", "20h place 31h trouble 30h state 30h"),
    ]  # fmt: skip
    for wrong in ({"name": "no_such"}, {"name": "nak", "times": "many"}, {"name": "card_jam", "when": "sometime"}):
        with pytest.raises(HTTPError) as caught:
            wire.http("POST", "/fault", wrong)
        assert json.loads(caught.value.read())["error"].endswith(".")


def test_faces_age_with_every_erasure(wire):
    wire.put({**ANNA, "face": {"cycles": 300}})
    for _ in range(2):
        wire.ask(TEXT)
        wire.ask(ERASE)
    assert wire.unit.state()["cycles"] == 302
    assert wire.unit.shown.ghost.getbbox() is not None
    assert wire.unit.shown.blank


def test_at_real_speed_line_and_works_take_their_time():
    wire = Wire(speed="real")
    wire.put()
    started = time.monotonic()
    wire.send(ERASE)
    assert wire.byte() == ACK
    assert wire.frame()[10:12] == "33"
    assert time.monotonic() - started > (8 + 1 + 1 + 8) * 10 / 9600
    while wire.frame()[10:12] == "33":
        time.sleep(0.1)
    assert time.monotonic() - started > 3
    wire.close()
