"""The frame under every simulator: its wire, the faults of cables, and the control interface."""

import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest
import serial

from loyalty.devices.profiles import Fact, Profile
from simulators.control import serve_control
from simulators.line import PtyLine, TcpLine
from simulators.unit import Unit

PROFILE = Profile(
    "echo", "nobody", "Echo", "1", ("scanner",), "echo", "manual", False, {"line": Fact({}, "here", "manual")}
)


class Echo(Unit):
    faults_known = ("deaf",)

    def receive(self, data: bytes) -> None:
        if "deaf" not in self.faults:
            self.say(data.upper(), "echo")


@pytest.fixture
def unit():
    return Echo(PROFILE)


@pytest.fixture
def host(unit):
    line = TcpLine(unit, "127.0.0.1", 0)
    name, port = line.port.removeprefix("socket://").split(":")
    with socket.create_connection((name, int(port)), 3) as client:
        client.settimeout(2)
        yield client


def ask(host: socket.socket, data: bytes, size: int) -> bytes:
    host.sendall(data)
    answer = b""
    while len(answer) < size:
        piece = host.recv(100)
        if not piece:
            break
        answer += piece
    return answer


def test_bytes_go_there_and_back(host):
    assert ask(host, b"hello", 5) == b"HELLO"


def test_a_pty_is_a_port_that_pyserial_opens(unit):
    line = PtyLine(unit)
    with serial.Serial(line.port, timeout=2) as port:
        port.write(b"abc")
        assert port.read(3) == b"ABC"


@pytest.mark.parametrize(
    ("name", "settings", "answer"),
    [
        ("drop", {"after": 1, "bytes": 2}, b"HLO"),
        ("garble", {"after": 0, "bit": 5}, b"hELLO"),
        ("duplicate", {"after": 4}, b"HELLOO"),
    ],
)
def test_a_fault_befalls_the_line_once(unit, host, name, settings, answer):
    unit.set_fault(name, settings)
    assert ask(host, b"hello", len(answer)) == answer
    assert ask(host, b"hello", 5) == b"HELLO"


def test_a_fault_may_wait_for_a_later_byte(unit, host):
    unit.set_fault("drop", {"after": 7})
    assert ask(host, b"hello", 5) == b"HELLO"
    assert ask(host, b"hello", 4) == b"HELO"


def test_a_cut_cable_closes_the_connection_and_refuses_new_ones(unit, host):
    unit.set_fault("cut", {})
    assert host.recv(10) == b""


def test_a_mended_cable_carries_again(unit):
    line = TcpLine(unit, "127.0.0.1", 0)
    address = ("127.0.0.1", int(line.port.rsplit(":", 1)[1]))
    unit.set_fault("cut", {})
    with socket.create_connection(address, 2) as client:
        assert client.recv(1) == b""
    unit.clear_faults("cut")
    with socket.create_connection(address, 2) as client:
        assert ask(client, b"ok", 2) == b"OK"


def test_the_wire_is_logged(unit, host):
    ask(host, b"x", 1)
    assert [(row["direction"], row["hex"], row["meaning"]) for row in unit.log.after(0)] == [("<", "58", "echo")]


def call(base: str, method: str, path: str, body: object = None) -> tuple[int, object]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(base + path, data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture
def control(unit):
    server = serve_control(unit, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.close()


def test_cards_and_faults_over_http(control, unit):
    card = {"kind": "rewritable", "uid": "04a1b2c3d4e5f6", "tracks": {"2": "123"}}
    status, state = call(control, "POST", "/card", {"card": card})
    assert (status, state["card"]["uid"]) == (200, "04A1B2C3D4E5F6")
    assert call(control, "DELETE", "/card")[1]["card"]["tracks"] == {"2": "123"}
    assert call(control, "POST", "/fault", {"name": "deaf"})[1]["faults"] == {"deaf": {}}
    assert call(control, "DELETE", "/fault")[1]["faults"] == {}


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("/card", {"card": {"kind": "paper"}}, "paper"),
        ("/card", {"card": {"kind": "plain", "colour": 1}}, "colour"),
        ("/card", {"card": {"kind": "plain", "uid": "04ZZ"}}, "04ZZ"),
        ("/fault", {"name": "earthquake"}, "earthquake"),
        ("/scan", {"data": "1"}, "scanner"),
    ],
)
def test_bad_input_is_answered_in_one_sentence(control, path, body, word):
    status, answer = call(control, "POST", path, body)
    assert status == 400
    assert word in answer["error"]


def test_pictures_that_are_not_there_answer_404(control):
    assert call(control, "GET", "/paper.png")[0] == 404


def test_a_delayed_answer_comes_late(unit, host):
    unit.set_fault("delay", {"seconds": 0.2})
    begin = time.monotonic()
    assert ask(host, b"a", 1) == b"A"
    assert time.monotonic() - begin >= 0.2


def test_a_host_that_leaves_and_comes_back_at_once_is_heard(unit):
    line = TcpLine(unit, "127.0.0.1", 0)
    address = ("127.0.0.1", int(line.port.rsplit(":", 1)[1]))
    for _ in range(300):
        with socket.create_connection(address, 20) as client:
            assert ask(client, b"a", 1) == b"A"
    line.close()


def test_a_second_cut_strikes_as_the_first_did(unit):
    line = TcpLine(unit, "127.0.0.1", 0)
    address = ("127.0.0.1", int(line.port.rsplit(":", 1)[1]))
    for _ in range(50):
        with socket.create_connection(address, 20) as client:
            assert ask(client, b"a", 1) == b"A"
            unit.set_fault("cut", {})
            assert client.recv(1) == b""
            unit.clear_faults("cut")
    line.close()


@pytest.mark.parametrize("kind", ["tcp", "pty"])
def test_a_line_that_was_closed_leaves_nothing_open(unit, kind):
    def files():
        return len(os.listdir("/proc/self/fd"))

    before = files()
    line = TcpLine(unit, "127.0.0.1", 0) if kind == "tcp" else PtyLine(unit)
    with serial.serial_for_url(line.port, timeout=5) as port:
        port.write(b"abc")
        assert port.read(3) == b"ABC"
    line.close()
    end = time.monotonic() + 20
    while files() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert files() <= before


def test_what_lay_on_a_cable_when_it_was_cut_never_arrives(unit):
    heard, mended = [], threading.Event()

    def receive(data: bytes) -> None:
        heard.append(data)
        mended.wait(20)

    unit.receive = receive
    line = TcpLine(unit, "127.0.0.1", 0)
    address = ("127.0.0.1", int(line.port.rsplit(":", 1)[1]))
    with socket.create_connection(address, 20) as client:
        client.sendall(b"first")
        while not heard:
            time.sleep(0.001)
        client.sendall(b"second")
        unit.set_fault("cut", {})
        unit.clear_faults("cut")
        mended.set()
    with socket.create_connection(address, 20) as client:
        client.sendall(b"third")
        while len(heard) < 2:
            time.sleep(0.001)
    assert heard == [b"first", b"third"]
    line.close()
