"""The stand-in for pcscd as strangers meet it: its protocol byte by byte, and Debian's own tools."""

import os
import shutil
import subprocess
import sys

import pytest

from loyalty.errors import ConfigError
from simulators.__main__ import start
from simulators.card import SimCard
from simulators.pcscd import messages as pm
from simulators.pcscd.messages import Result, Say
from simulators.pcscd.service import Service
from simulators.unit import FaultUnknown
from tests.simulators.pcscd_program import NAME, Program, wait_until

CARD = SimCard("classic1k", "DEADBEEF")


@pytest.fixture
def world(tmp_path):
    unit, ready, _ = start("acr122u", socket=str(tmp_path / "s"))
    yield unit, ready["socket"]
    unit.set_fault("service_stopped", {})


@pytest.fixture
def unit(world):
    return world[0]


@pytest.fixture
def program(world):
    program = Program(world[1])
    yield program
    program.line.close()


@pytest.mark.parametrize(("asked", "offered", "result"), [(4, 4, 0), (5, 5, 0), (6, 5, Result.SERVICE_STOPPED)])
def test_the_protocol_is_agreed(program, asked, offered, result):
    assert program.say(Say.VERSION, pm.VERSION.pack(4, asked, 0), pm.VERSION) == (4, offered, result)


def test_sixteen_places_of_184_bytes(unit, program):
    states = program.states()
    assert states[:32] == NAME and states[184:] == bytes(15 * 184)
    unit.put_card(CARD)
    _, events, state, sharing, atr, length, protocol = pm.READER.unpack(program.states()[:184])
    assert (events, state, sharing, length, protocol) == (1, 0x34, 0, 20, 0)
    assert atr[:length] == unit.atr
    unit.set_fault("reader_unplugged", {})
    assert program.states() == bytes(16 * 184)


def test_a_change_ends_the_wait(unit, program):
    program.line.sendall(pm.HEADER.pack(0, Say.WAIT_CHANGE))
    program.read(16 * 184)
    unit.put_card(CARD)
    assert pm.CONTEXT.unpack(program.read(8)) == (0, 0)
    assert program.say(Say.READER_EVENTS, pm.CONTEXT.pack(0, 0), pm.CONTEXT)[1] == 0
    program.line.sendall(pm.HEADER.pack(0, Say.WAIT_CHANGE))
    program.read(16 * 184)
    assert program.say(Say.STOP_WAITING, b"", pm.CONTEXT) == (0, 0)


def test_another_connection_cancels_the_wait(world, program):
    _, context, _ = program.say(Say.ESTABLISH_CONTEXT, pm.ESTABLISH.pack(2, 0, 0), pm.ESTABLISH)
    program.line.sendall(pm.HEADER.pack(0, Say.WAIT_CHANGE))
    program.read(16 * 184)
    other = Program(world[1])
    assert other.say(Say.CANCEL, pm.CONTEXT.pack(context, 0), pm.CONTEXT) == (context, 0)
    assert pm.CONTEXT.unpack(program.read(8)) == (0, Result.CANCELLED)
    other.line.close()


def test_connecting_and_what_stands_against_it(world, unit, program):
    assert program.connect()[2] == Result.NO_CARD
    assert program.connect(name=b"another")[2] == Result.UNKNOWN_READER
    unit.put_card(CARD)
    handle, protocol, result = program.connect()
    assert (protocol, result) == (pm.PROTOCOL_T0, 0)
    assert program.connect(wanted=pm.PROTOCOL_T1)[1] == pm.PROTOCOL_T1
    assert program.connect(wanted=8)[2] == Result.PROTOCOL_MISMATCH
    other = Program(world[1])
    assert other.connect(pm.SHARE_EXCLUSIVE)[2] == Result.SHARING_VIOLATION
    unit.set_fault("exclusive", {})
    assert other.connect()[2] == Result.SHARING_VIOLATION
    unit.clear_faults()
    unit.set_fault("mute_card", {})
    assert other.connect()[2] == Result.UNRESPONSIVE_CARD
    unit.clear_faults()
    assert program.transmit(handle, "FFCA000000") == ("deadbeef9000", 0)
    other.line.close()


def test_a_card_taken_away_ends_its_connections(unit, program):
    unit.put_card(CARD)
    handle, _, _ = program.connect()
    unit.take_card()
    unit.put_card(CARD)
    assert program.transmit(handle, "FFCA000000") == ("", Result.REMOVED_CARD)
    assert program.say(Say.STATUS, pm.HANDLE.pack(handle, 0), pm.HANDLE)[1] == Result.REMOVED_CARD
    body = pm.RECONNECT.pack(handle, pm.SHARE_SHARED, 3, pm.LEAVE_CARD, 0, 0)
    assert program.say(Say.RECONNECT, body, pm.RECONNECT)[-1] == 0
    assert program.transmit(handle, "FFCA000000")[1] == 0


def test_a_reset_is_told_to_the_others(world, unit, program):
    unit.put_card(CARD)
    other = Program(world[1])
    (mine, _, _), (theirs, _, _) = program.connect(), other.connect()
    assert other.say(Say.DISCONNECT, pm.HANDLE_AND.pack(theirs, pm.RESET, 0), pm.HANDLE_AND)[-1] == 0
    assert program.transmit(mine, "FFCA000000") == ("", Result.RESET_CARD)
    other.line.close()


def test_a_transaction_keeps_the_others_out(world, unit, program):
    unit.put_card(CARD)
    other = Program(world[1])
    (mine, _, _), (theirs, _, _) = program.connect(), other.connect()
    assert program.say(Say.BEGIN_TRANSACTION, pm.HANDLE.pack(mine, 0), pm.HANDLE) == (mine, 0)
    assert other.transmit(theirs, "FFCA000000") == ("", Result.SHARING_VIOLATION)
    assert program.transmit(mine, "FFCA000000")[1] == 0
    assert program.say(Say.END_TRANSACTION, pm.HANDLE_AND.pack(mine, 0, 0), pm.HANDLE_AND)[-1] == 0
    assert other.transmit(theirs, "FFCA000000")[1] == 0
    other.say(Say.BEGIN_TRANSACTION, pm.HANDLE.pack(theirs, 0), pm.HANDLE)
    other.line.close()  # whoever leaves gives way
    assert wait_until(lambda: program.transmit(mine, "FFCA000000")[1] == 0)


def test_attributes_and_commands_to_the_reader(unit, program):
    handle, _, result = program.connect(pm.SHARE_DIRECT, 0)
    assert result == 0
    body = pm.ATTRIBUTE.pack(handle, pm.ATTRIBUTE_VENDOR, b"", 264, 0)
    _, _, value, length, result = program.say(Say.GET_ATTRIBUTE, body, pm.ATTRIBUTE)
    assert (value[:length], result) == (b"ACS\0", 0)
    command = bytes.fromhex("FF00480000")
    body = pm.CONTROL.pack(handle, pm.CONTROL_ESCAPE, len(command), 264, 0, 0)
    program.line.sendall(pm.HEADER.pack(len(body), Say.CONTROL) + body + command)
    *_, size, result = pm.CONTROL.unpack(program.read(pm.CONTROL.size))
    assert (program.read(size), result) == (b"ACR122U203", 0)


@pytest.mark.parametrize("noise", [b"\xff" * 8, pm.HEADER.pack(0, 0x99), pm.HEADER.pack(1, Say.VERSION) + b"\0"])
def test_a_program_that_talks_nonsense_is_hung_up_on(world, program, noise):
    program.line.sendall(noise)
    assert program.line.recv(1) == b""
    assert Program(world[1]).states()[:32] == NAME


def test_the_service_stops_and_starts(world, unit, program):
    unit.set_fault("service_stopped", {})
    assert program.line.recv(1) == b""
    assert wait_until(lambda: not os.path.exists(world[1]))
    unit.clear_faults()
    assert wait_until(lambda: os.path.exists(world[1]))
    assert Program(world[1]).states()[:32] == NAME


def test_without_a_path_it_takes_a_folder_that_goes_with_its_process():
    program = "from simulators.__main__ import start; print(start('acr122u')[1]['socket'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.stdout.endswith("/pcscd.comm\n") and not os.path.exists(os.path.dirname(done.stdout))


def test_a_socket_in_use_is_left_alone(world, unit):
    with pytest.raises(ConfigError, match="Another smart-card service"):
        Service(unit, world[1])


@pytest.mark.parametrize(
    ("profile", "options", "why"),
    [("acr122u", {"tcp": "127.0.0.1:0"}, "leave --tcp out"), ("pn532", {"vpcd": "127.0.0.1:1"}, "no PC/SC reader")],
)
def test_lines_that_a_device_does_not_have_are_refused(profile, options, why):
    with pytest.raises(ConfigError, match=why):
        start(profile, **options)


@pytest.mark.parametrize("name", ["reader_unplugged", "service_stopped", "exclusive", "cut"])
def test_what_only_a_real_pcscd_could_do_is_not_promised(name):
    unit, _, _ = start("acr122u", vpcd="127.0.0.1:1")
    with pytest.raises(FaultUnknown, match="pcscd itself"):
        unit.set_fault(name, {})


# Debian's own tools, unmodified.


def run(world, *command):
    """What a program of its own prints when it asks this service."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed (Debian: pcsc-tools, opensc)")
    environment = {**os.environ, "PCSCLITE_CSOCK_NAME": world[1]}
    return subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment).stdout


def test_pcsc_scan_sees_reader_and_card(world, unit):
    assert "Reader 0: ACS ACR122U PICC Interface 00 00" in run(world, "pcsc_scan", "-r") + run(world, "pcsc_scan", "-c")
    unit.put_card(CARD)
    seen = run(world, "pcsc_scan", "-c")
    assert "Card inserted" in seen and "3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A" in seen


def test_opensc_tool_reads_a_block(world, unit):
    unit.put_card(CARD)
    assert "ACS ACR122U" in run(world, "opensc-tool", "-l")
    load, authenticate, read = "FF82000006FFFFFFFFFFFF", "FF860000050100046000", "FFB0000410"
    said = run(world, "opensc-tool", "-r", "0", "-s", "FFCA000000", "-s", load, "-s", authenticate, "-s", read)
    assert "DE AD BE EF" in said
    assert said.count("Received (SW1=0x90, SW2=0x00)") == 4
