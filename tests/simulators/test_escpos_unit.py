"""The simulated receipt printer as a machine: answers on the wire, roll, knife, drawer, power."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.escpos import answers
from simulators import escpos
from simulators.__main__ import start

SLIP = b"\x1b@Thank you\n\x1bd\x06\x1dV\x00"


class Wire:
    """The printer with its answers in a list; no line between."""

    def __init__(self, profile: str = "escpos-80mm") -> None:
        self.unit = escpos.build(read_profile(profile), "fast")
        self.answers: list[bytes] = []
        self.came = threading.Condition()
        self.unit.send = self._came

    def _came(self, data: bytes) -> None:
        with self.came:
            self.answers.append(data)
            self.came.notify_all()

    def ask(self, data: bytes) -> bytes:
        """What it answers to `data` next; b"" when nothing comes."""
        with self.came:
            before = len(self.answers)
        self.unit.receive(data)
        with self.came:
            self.came.wait_for(lambda: len(self.answers) > before, 0.5)
            return b"".join(self.answers[before:])

    def settle(self) -> dict:
        return self.until(lambda state: not state["waiting"] and not state["busy"])

    def until(self, held: Callable[[dict], bool]) -> dict:
        """The state, once it is like that."""
        for _ in range(300):
            if held(state := self.unit.state()):
                return state
            time.sleep(0.01)
        raise AssertionError(f"it did not come to that: {state}")


@pytest.fixture
def wire():
    return Wire()


@pytest.mark.parametrize(
    ("fault", "one", "two", "three", "four"),
    [
        (None, 0x12, 0x12, 0x12, 0x12),
        ("cover_open", 0x1A, 0x16, 0x12, 0x12),
        ("paper_end", 0x1A, 0x32, 0x12, 0x7E),
        ("paper_near_end", 0x12, 0x12, 0x12, 0x1E),
        ("offline", 0x1A, 0x12, 0x12, 0x12),
    ],
)
def test_real_time_status_says_how_it_is(wire, fault, one, two, three, four):
    if fault:
        wire.unit.set_fault(fault, {})
    assert [wire.ask(answers.ask_now(kind))[0] for kind in (1, 2, 3, 4)] == [one, two, three, four]


def test_it_answers_at_once_even_inside_a_picture(wire):
    assert wire.ask(b"\x1dv0\x00\x02\x00\x02\x00\x10\x04\x01") == b"\x12"
    assert wire.unit.state()["waiting"] == 11  # the question is dots as well


def test_a_picture_can_open_the_drawer(wire):
    wire.unit.receive(b"\x1dv0\x00\x05\x00\x01\x00\x10\x14\x01\x00\x05")
    assert wire.settle()["drawer"] == {"open": True, "pulses": 1}


def test_answers_in_order_come_after_the_paper_has_moved(wire):
    assert wire.ask(SLIP + b"\x1dr\x01") == b"\x00"
    assert wire.unit.state()["counters"]["cuts"] == 1


def test_changes_are_pushed_once_they_are_asked_for(wire):
    assert wire.ask(b"\x1da\x0f") == b"\x10\x00\x00\x00"
    wire.unit.set_fault("cover_open", {})
    wire.unit.clear_faults()
    assert wire.answers[1:] == [b"\x38\x00\x00\x00", b"\x10\x00\x00\x00"]
    assert wire.ask(b"\x1da\x00") == b""
    wire.unit.set_fault("cover_open", {})
    assert len(wire.answers) == 3


def test_it_says_who_it_is(wire):
    assert wire.ask(b"\x1dIB") == b"_Generic\0"
    assert wire.ask(b"\x1dI\x01") == b"\x20"
    assert wire.ask(b"\x1d(H\x06\x0000abcd") == b"\x37\x22abcd\0"


def test_while_stopped_nothing_is_printed_and_nothing_is_lost(wire):
    wire.unit.set_fault("cover_open", {})
    wire.unit.receive(SLIP)
    time.sleep(0.05)
    state = wire.unit.state()
    assert state["waiting"] > 0 and state["counters"]["cuts"] == 0 and not state["online"]
    wire.unit.clear_faults("cover_open")
    assert wire.settle()["counters"]["cuts"] == 1


def test_cleared_buffers_are_empty_in_the_middle_of_a_picture(wire):
    wire.unit.set_fault("cover_open", {})
    cleared = wire.ask(SLIP + b"\x1dv0\x00\x48\x00\xff\x00" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08" + b"after")
    assert cleared == b"\x37\x25\x00"
    assert wire.unit.state()["waiting"] == 1  # the text that came after
    wire.unit.clear_faults()
    assert wire.settle()["counters"]["cuts"] == 0


def test_the_roll_ends_where_it_ends(wire):
    wire.unit.set_fault("paper_end", {"after_rows": 100})
    wire.unit.receive(b"line\n" * 10)
    state = wire.until(lambda state: not state["online"])
    assert state["paper"] == {"left_mm": 0, "near_end": True, "end": True}
    assert state["waiting"] > 0
    wire.unit.clear_faults("paper_end")
    assert wire.settle()["paper"]["left_mm"] > 79_000


def test_paper_is_used_up(wire):
    before = wire.unit.state()["paper"]["left_mm"]
    wire.unit.receive(b"\x1bJ\x50" * 10)
    assert before - wire.settle()["paper"]["left_mm"] == 100


def test_a_jammed_knife_stops_it_until_it_is_freed(wire):
    wire.unit.set_fault("cutter_jam", {})
    wire.unit.receive(SLIP + b"more\n")
    wire.until(lambda state: not state["online"])
    assert wire.ask(answers.ask_now(3)) == b"\x1a"
    wire.unit.receive(b"\x10\x05\x01")
    assert wire.ask(answers.ask_now(3)) == b"\x1a"
    wire.unit.clear_faults()
    wire.settle()
    assert wire.ask(answers.ask_now(3)) == b"\x12"


def test_silent_prints_but_says_nothing(wire):
    wire.unit.set_fault("silent", {})
    assert wire.ask(SLIP + b"\x1dr\x01" + answers.ask_now(1)) == b""
    assert wire.settle()["counters"]["cuts"] == 1


def test_a_power_cut_loses_what_was_not_printed(wire):
    wire.unit.set_fault("power_cut", {"after_bytes": 12})
    wire.unit.receive(b"\x1b@\x1d!\x11Thank you\n")
    state = wire.settle()
    assert state["counters"]["power_cuts"] == 1
    wire.unit.receive(b"into the dark\n")
    wire.unit.clear_faults("power_cut")
    wire.unit.receive(b"M\n")
    wire.settle()
    assert wire.unit.mechanism.paper.height == 30  # normal size again, one line


def test_the_drawer_is_pushed_shut_after_a_while(wire, monkeypatch):
    monkeypatch.setattr("simulators.paper.mechanism.DRAWER_OPEN_S", 0.05)
    wire.unit.receive(b"\x1bp\x00\x19\x19")
    assert wire.settle()["drawer"]["pulses"] == 1
    time.sleep(0.06)
    assert wire.unit.state()["drawer"]["open"] is False


def test_unknown_codes_are_counted_not_fatal(wire):
    wire.unit.receive(b"\x1b\xff\x1d\xfe\x01ok\n")
    state = wire.settle()
    assert state["unknown_commands"] == ["1bff", "1dfe", "01"]
    assert state["counters"]["unknown_commands"] == 3


def test_without_a_knife_the_last_receipt_has_been_torn_off():
    wire = Wire("escpos-58mm")
    wire.unit.receive(b"\x1b@first\n")
    wire.settle()
    wire.unit.receive(b"\x1b@second\n")
    wire.settle()
    assert wire.unit.mechanism.paper.height == 30


def test_at_real_speed_paper_takes_its_time():
    unit = escpos.build(read_profile("escpos-80mm"), "real")
    start_at = time.monotonic()
    unit.receive(b"\x1bJ\xf0" * 2)  # 60 mm at 150 mm/s
    while unit.state()["waiting"] or unit.state()["busy"]:
        time.sleep(0.01)
    assert time.monotonic() - start_at >= 0.2


def test_the_control_interface_shows_paper_state_and_wire():
    _, ready, server = start("escpos-80mm", tcp="127.0.0.1:0")

    def call(method: str, path: str, body: object = None) -> bytes:
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(urllib.request.Request(ready["control"] + path, data, method=method)) as answer:
            return answer.read()

    assert call("GET", "/paper.png").startswith(b"\x89PNG")
    state = json.loads(call("POST", "/fault", {"name": "cover_open"}))
    assert state["cover_open"] is True and "power_cut" in state["faults_known"]
    assert json.loads(call("DELETE", "/fault"))["online"] is True
    with pytest.raises(urllib.error.HTTPError) as refused:
        call("POST", "/fault", {"name": "card_jam"})
    assert "knows" in json.loads(refused.value.read())["error"]
    with pytest.raises(urllib.error.HTTPError) as no_face:
        call("GET", "/face.png")
    assert no_face.value.code == 404
    server.close()
