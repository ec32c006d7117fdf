"""A recorded trace answers as the device did, and says where a client leaves it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.devices.drivers.star_tcp import StarVisualCardPrinter, open_driver
from loyalty.devices.profiles import read_profile
from loyalty.devices.trace import Header, Trace, write_trace
from loyalty.devices.transports import open_transport
from loyalty.errors import ConfigError
from simulators.__main__ import start as simulate
from simulators.card import SimCard
from simulators.replay.__main__ import start as replay
from simulators.replay.script import TraceUnreadable, read_script
from tests.devices.star_bench import ANNA, with_facts

PROFILE = with_facts(read_profile("star-tcp300ii"), link_reply_s=3.0)


def opened(port: str, trace: Trace | None = None) -> StarVisualCardPrinter:
    return open_driver(open_transport(port, PROFILE, trace.note if trace else None), PROFILE)  # type: ignore[arg-type]


def until(held: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not held():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A field trace: a card taken in, its stripe read, pushed out."""
    unit, ready, server = simulate("star-tcp300ii", tcp="127.0.0.1:0")
    trace = Trace(PROFILE)
    printer = opened(ready["port"], trace)
    try:
        unit.put_card(SimCard.from_json(ANNA))
        printer.take_in(30, lambda: False)
        assert printer.read_stripe(2) == "M-0412"
        printer.eject()
    finally:
        printer.close()
        server.close()
    file = tmp_path / "field.jsonl"
    write_trace(file, Header("star-tcp300ii", ready["port"], "2026-11-21T20:00:00Z", False), trace.after(0))
    return file


@pytest.mark.parametrize("tcp", ["127.0.0.1:0", None], ids=["tcp", "pty"])
def test_a_trace_answers_as_the_device_did(recorded: Path, tcp: str | None) -> None:
    told: list[str] = []
    player, ready, server = replay(recorded, tcp=tcp, speed="fast", told=told.append)
    printer = opened(ready["port"])
    try:
        printer.take_in(30, lambda: False)
        assert printer.read_stripe(2) == "M-0412"
        printer.eject()
        until(lambda: player.state()["turn"] == player.state()["turns"])  # the last word is an ACK of ours
    finally:
        printer.close()
        server.close()
    assert told == []


def test_a_client_that_leaves_the_trace_is_told_where_and_finds_back(recorded: Path) -> None:
    told: list[str] = []
    _, ready, server = replay(recorded, tcp="127.0.0.1:0", speed="fast", told=told.append)
    printer = opened(ready["port"])
    try:
        printer.position()  # the recorded client asked other things here
        assert printer.read_stripe(2) == "M-0412"
    finally:
        printer.close()
        server.close()
    assert told and all("leaves the trace at row" in sentence and "going on at row" in sentence for sentence in told)


def test_hidden_bytes_fit_whatever_the_client_says(tmp_path: Path) -> None:
    trace = Trace(PROFILE)
    trace.note("host", bytes.fromhex("0202034d2d3034313203") + b"\x11")
    trace.note("device", b"\x06")
    file = tmp_path / "hidden.jsonl"
    write_trace(file, Header("star-tcp300ii", "x", "2026-11-21T20:00:00Z", True), trace.shown())
    (turn,) = read_script(file).turns
    assert None in turn.host
    assert turn.fits(bytes.fromhex("020203") + b"another one!"[: len(turn.host) - 3])
    assert not turn.fits(b"\x03")


def test_what_cannot_be_replayed_is_refused(tmp_path: Path, recorded: Path) -> None:
    (tmp_path / "a").write_text("nothing")
    with pytest.raises(TraceUnreadable, match="no trace that can be replayed"):
        replay(tmp_path / "a", tcp=None, speed="fast")
    pcsc = tmp_path / "b.jsonl"
    pcsc.write_text(recorded.read_text().replace('"star-tcp300ii"', '"acr122u"', 1))
    with pytest.raises(ConfigError, match="PC/SC"):
        replay(pcsc, tcp=None, speed="fast")


def test_the_trace_of_a_device_that_ran_for_long_still_leads_a_client_in(tmp_path: Path) -> None:
    """A bundle from the bench has the last rows only, and how the conversation began."""
    _, ready, server = simulate("star-tcp300ii", tcp="127.0.0.1:0")
    trace, file = Trace(PROFILE, size=8), tmp_path / "bundle.jsonl"
    printer = opened(ready["port"], trace)
    for _ in range(90):
        printer.position()
    printer.close()
    server.close()
    rows = trace.shown()
    assert rows[0].n == 1 and len(rows) < rows[-1].n, "there is a gap"
    write_trace(file, Header("star-tcp300ii", ready["port"], "2026-11-21T20:00:00Z", True), rows)
    _, ready, server = replay(file, tcp="127.0.0.1:0", speed="fast", told=lambda sentence: None)
    printer = opened(ready["port"])
    try:
        assert printer.position().value == "none"
    finally:
        printer.close()
        server.close()
    trace.opened()
    trace.note("host", b"\x05")
    assert rows[0] not in trace.shown(), "only the last opening is kept"
