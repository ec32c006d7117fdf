"""The whole real way: a simulated card behind Debian's vpcd, a real pcscd, unmodified clients, and our own driver."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulators.__main__ import start
from simulators.card import SimCard
from tests.waits import limited

pytestmark = pytest.mark.pcsc
READER = """FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x{port:X}
LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID    0x{port:X}
"""
DRIVER = """
import time
from loyalty.devices.drivers.pcsc import open_driver
from loyalty.devices.drivers.pcsc.classic_card import Key
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from loyalty.devices.transports.ports import list_ports

print([name for name, _ in list_ports() if name.startswith("pcsc:")])
profile = read_profile("acr122u")
reader = open_driver(open_transport("pcsc:Virtual PCD 00 00", profile), profile)
print(reader.poll(0.1))
print("ready", flush=True)
print(reader.poll(5))
card = reader.classic()
card.write_block(4, b"0123456789abcdef", Key("A"))
print(card.read_block(4, Key("A")))
started = time.monotonic()
for _ in range(100):
    reader.exchange(bytes.fromhex("FFB0000410"))
print("quick" if time.monotonic() - started < 1 else time.monotonic() - started)
print("take", flush=True)
print(reader.poll(5))
reader.close()
"""


def is_free(port: int) -> bool:
    with socket.socket() as line, contextlib.suppress(OSError):
        line.bind(("0.0.0.0", port))
        return True
    return False


def free_port() -> int:
    """Two in a row, one for each slot; below those that the system hands out, where vpcd's usual 35963 may be taken."""
    return next(port for port in range(27000, 28000, 2) if is_free(port) and is_free(port + 1))


def is_served() -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex("/run/pcscd/pcscd.comm") == 0


@pytest.fixture(scope="module")
def pcscd(tmp_path_factory):
    """A pcscd of our own with one virtual reader, and its port; one that runs already is somebody else's."""
    if is_served():
        pytest.skip("a pcscd is running already")
    folder, port = tmp_path_factory.mktemp("reader.conf.d"), free_port()
    (folder / "vpcd").write_text(READER.format(port=port))
    Path("/run/pcscd").mkdir(exist_ok=True)
    process = subprocess.Popen(["pcscd", "--foreground", "--config", str(folder)])
    for _ in range(200):
        if is_served() and not is_free(port):
            break
        time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(10)
    with contextlib.suppress(OSError):
        Path("/run/pcscd/pcscd.comm").unlink()


@pytest.fixture(scope="module")
def unit(pcscd):
    unit, ready, _ = start("acr122u", vpcd=f"127.0.0.1:{pcscd}")
    assert ready["port"] == "pcsc:Virtual PCD 00 00" and "socket" not in ready
    return unit


def environment():
    return {name: value for name, value in os.environ.items() if name != "PCSCLITE_CSOCK_NAME"}


def run(*command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed (Debian: pcsc-tools, opensc)")
    return subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment()).stdout


def test_the_driver_behind_a_real_pcscd(unit):
    command = [sys.executable, "-c", DRIVER]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    with started as driver, limited(driver, "what the driver saw of the card"):
        assert driver.stdout.readline() == "['pcsc:Virtual PCD 00 00', 'pcsc:Virtual PCD 00 01']\n"
        assert driver.stdout.readline() == "None\n"
        assert driver.stdout.readline() == "ready\n"
        unit.put_card(SimCard("classic1k", "DEADBEEF"))
        assert driver.stdout.readline().startswith("Seen(token=Token(kind='card_uid', value='DEADBEEF'")
        assert driver.stdout.readline() == "b'0123456789abcdef'\n"
        assert driver.stdout.readline() == "quick\n"
        assert driver.stdout.readline() == "take\n"
        unit.take_card()
        assert driver.stdout.readline().startswith("Gone(")
    assert driver.returncode == 0


@pytest.mark.parametrize(
    ("kind", "uid", "atr"),
    [
        ("ntag213", "04A1B2C3D4E5F6", "3b:8f:80:01:80:4f:0c:a0:00:00:03:06:03:00:03:00:00:00:00:68"),
        ("desfire", "04A1B2C3D4E5F6", "3b:81:80:01:80:80"),
    ],
)
def test_opensc_tool_reads_the_card(unit, kind, uid, atr):
    unit.put_card(SimCard(kind, uid))
    for _ in range(20):  # pcscd looks two or three times a second
        said = run("opensc-tool", "-r", "0", "-a", "-s", "FFCA000000")
        if atr in said:
            break
        time.sleep(0.1)
    assert atr in said and " ".join(uid[at : at + 2] for at in range(0, 14, 2)) in said
    assert "Virtual PCD 00 00" in run("pcsc_scan", "-c")
