"""What a driver's package should try: its bytes, and the conformance run. Needs pytest and the package installed."""

from datetime import UTC, datetime

from acme_display.wire import Command, CommandDecoder, encode

from loyalty.devices.check import SimulatorHands, run_check
from loyalty.devices.profiles import read_profile
from simulators.__main__ import start


def test_golden_bytes():
    assert encode(Command("L", "1HELLO")) == bytes.fromhex("02 4C 31 48 45 4C 4C 4F 03")


def test_any_split_decodes_the_same():
    data = encode(Command("C")) + encode(Command("L", "2BYE"))
    for at in range(len(data)):
        ear = CommandDecoder()
        assert ear.feed(data[:at]) + ear.feed(data[at:]) == [Command("C"), Command("L", "2BYE")]


def test_the_check_holds():
    _, ready, server = start("acme-vfd220", tcp="127.0.0.1:0")
    try:
        hands = SimulatorHands(ready["control"])
        report = run_check(read_profile("acme-vfd220"), ready["port"], hands, datetime.now(UTC))
    finally:
        server.close()
    assert report.held, report.to_text()
