"""Opening a `pcsc:` port: found by name, or refused in one sentence; without pyscard too."""

import subprocess
import sys

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.transports.pcsc_results import error_of, is_lost
from loyalty.errors import Garbled, InUse, LinkLost, NoAnswer, NoCard, WrongCard

PORT = "pcsc:ACS ACR122U PICC Interface 00 00"
WITHOUT = """
import sys
sys.modules["smartcard"] = None  # as where it is not installed
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from loyalty.devices.transports.ports import list_ports
from loyalty.errors import ConfigError
assert not [name for name, _ in list_ports() if name.startswith("pcsc:")]
try:
    open_transport("pcsc:any", read_profile("pcsc-generic"))
except ConfigError as error:
    print(error)
"""


def test_without_pyscard_one_sentence_names_the_extra():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert "needs the extra [pcsc]" in done.stdout and "pip install 'loyalty[pcsc]'" in done.stdout
    assert done.stdout.count("\n") == 1


def test_the_library_is_not_touched_for_other_ports():
    script = "import sys, loyalty.devices.transports, loyalty.devices.drivers.pcsc; print('smartcard' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("name", ["pcsc-generic", "acr122u", "acr1252u", "acr39-sle4442"])
def test_every_profile_has_its_driver(name):
    profile = read_profile(name)
    assert driver_for(profile).__module__ == "loyalty.devices.drivers.pcsc"
    assert not profile.abstract and profile.roles == ("card_reader",)
    assert profile["token_reads"] >= 2


# What PC/SC's numbers mean. Measured with pcsc-lite 1.9.9 and pyscard 2.3.1; names in winscard.h.
@pytest.mark.parametrize(
    ("result", "error", "words"),
    [
        (0x8010001D, LinkLost, "service"), (0x8010001E, LinkLost, "service"), (0x80100003, LinkLost, "service"),
        (0x80100009, LinkLost, "USB"), (0x80100017, LinkLost, "USB"), (0x8010002E, LinkLost, "USB"),
        (0x8010000C, NoCard, "card"), (0x80100069, NoCard, "card"), (0x80100016, NoCard, "card"),
        (0x00000000, NoCard, "card"), (0x80100066, WrongCard, "other way round"), (0x8010000F, WrongCard, "other"),
        (0x8010000B, InUse, "program"), (0x80100068, NoAnswer, "card"), (0x8010000A, NoAnswer, "USB"),
        (0x80100008, Garbled, "USB"),
    ],
)  # fmt: skip
def test_results_are_errors_with_advice(result, error, words):
    found = error_of(result, PORT)
    assert type(found) is error and words in found.advice
    assert PORT in str(found) and f"{result:08X}" in str(found)
    assert is_lost(result) == (error is LinkLost)
