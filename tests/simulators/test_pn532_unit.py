"""The simulated PN532 as strangers meet it: waking, repeating, waiting, cards with memory, and libnfc itself."""

import os
import shutil
import subprocess

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.devices.wire import pn532 as pn
from simulators.__main__ import start
from simulators.card import CardInvalid, SimCard
from simulators.chipcards.field import card_in_field
from simulators.contactless import crc_a
from simulators.pn532.device import build
from simulators.unit import FaultUnknown

WAKE = b"\x55\x55\x00\x00\x00"
NTAG = SimCard("ntag213", "04A1B2C3D4E5F6")


class Bench:
    """The unit, and what it said."""

    def __init__(self):
        self.unit, self.said = build(read_profile("pn532"), "fast"), bytearray()
        self.unit.send = self.said.extend

    def ask(self, *messages, before=b""):
        self.said.clear()
        for message in messages:
            self.unit.receive(before + pn.encode(message))
        return pn.Decoder(pn.FROM_CHIP).feed(bytes(self.said))

    def exchange(self, command: str, thru=False):
        data = bytes.fromhex(command)
        answer = self.ask(pn.InCommunicateThru(data) if thru else pn.InDataExchange(data))[-1]
        return answer.status, answer.data.hex()


@pytest.fixture
def asleep():
    return Bench()


@pytest.fixture
def bench():
    bench = Bench()
    bench.ask(pn.SamConfiguration(), before=WAKE)
    bench.ask(pn.RfConfiguration(5, b"\xff\x01\x02"))
    return bench


def lay(bench, kind, uid, memory=None):
    bench.unit.put_card(SimCard(kind, uid, memory=memory or {}))
    return bench.ask(pn.InListPassiveTarget())[-1].type_a()[0]


@pytest.mark.parametrize("wake", [WAKE, bytes(10)])  # as libnfc and as nfcpy wake it
def test_it_sleeps_until_the_line_moves(asleep, wake):
    assert asleep.ask(pn.GetFirmwareVersion()) == []  # lost: its edges only wake the chip
    asleep = Bench()
    assert asleep.ask(pn.GetFirmwareVersion(), before=wake) == [pn.Ack(), pn.FirmwareVersion(0x32, 1, 6, 7)]


def test_power_down_sleeps_again(bench):
    assert bench.ask(pn.PowerDown(0x10))[-1] == pn.StatusAnswer(0x17, 0)
    assert bench.ask(pn.GetFirmwareVersion()) == []
    assert bench.ask(pn.GetFirmwareVersion(), before=WAKE)[0] == pn.Ack()


def test_a_nack_brings_the_last_answer_again(bench):
    first = bench.ask(pn.GetFirmwareVersion())[-1]
    assert bench.ask(pn.Nack()) == [first]


def test_a_damaged_command_is_not_heard_and_a_senseless_one_refused(bench):
    assert bench.ask(before=b"") == []
    bench.unit.receive(bytes.fromhex("0000ff02fed4022b00"))
    assert not bench.said
    bench.unit.receive(bytes.fromhex("0000ff03fdd410091300"))
    assert pn.Decoder(pn.FROM_CHIP).feed(bytes(bench.said)) == [pn.Ack(), pn.SyntaxErrorFrame()]
    assert bench.ask(pn.Other(0x58, b""))[-1] == pn.SyntaxErrorFrame()


def test_a_search_for_ever_ends_with_a_card_or_with_an_ack(bench):
    bench.ask(pn.RfConfiguration(5, b"\xff\x01\xff"))
    assert bench.ask(pn.InListPassiveTarget()) == [pn.Ack()]
    bench.unit.put_card(NTAG)
    assert pn.Decoder(pn.FROM_CHIP).feed(bytes(bench.said))[-1].type_a()[0].uid.hex().upper() == NTAG.uid
    bench.unit.take_card()
    assert bench.ask(pn.InListPassiveTarget(), pn.Ack()) == [pn.Ack()]
    bench.unit.put_card(NTAG)
    assert pn.Decoder(pn.FROM_CHIP).feed(bytes(bench.said)) == [pn.Ack()]
    bench.unit.take_card()
    assert bench.ask(pn.InAutoPoll(0xFF, 1, b"\x10")) == [pn.Ack()]
    bench.unit.put_card(NTAG)
    assert pn.Decoder(pn.FROM_CHIP).feed(bytes(bench.said))[-1].found[0][0] == 0x10


@pytest.mark.parametrize(
    ("kind", "uid", "atqa", "sak", "ats"),
    [
        ("classic1k", "DEADBEEF", 0x0004, 0x08, ""), ("classic4k", "04A1B2C3D4E5F6", 0x0042, 0x18, ""),
        ("ultralight", "04A1B2C3D4E5F6", 0x0044, 0x00, ""), ("ntag216", "04112233445566778899", 0x0084, 0x00, ""),
        ("desfire", "04A1B2C3D4E5F6", 0x0344, 0x20, "7577810280"), ("rewritable", "DEADBEEF", 0x0004, 0x08, ""),
    ],
)  # fmt: skip
def test_cards_introduce_themselves(bench, kind, uid, atqa, sak, ats):
    card = lay(bench, kind, uid)
    assert (card.atqa, card.sak, card.uid.hex().upper(), card.ats.hex()) == (atqa, sak, uid, ats)


def test_an_active_card_takes_a_request_for_noise(bench):
    bench.ask(pn.RfConfiguration(5, b"\xff\x01\x00"))  # one attempt only
    bench.unit.put_card(NTAG)
    found = [bench.ask(pn.InListPassiveTarget())[-1].count for _ in range(4)]
    assert found == [1, 0, 1, 0]  # ISO 14443-3: ACTIVE, request, IDLE


def test_a_card_in_its_protocol_is_let_go_before_the_next_search(bench):
    lay(bench, "desfire", "04A1B2C3D4E5F6")
    assert bench.ask(pn.InListPassiveTarget())[-1].count == 1  # libfreefare searches so, and goes on with the card
    assert bench.exchange("00a4040000") == (0, "6d00")
    bench.ask(pn.InRelease())
    assert bench.exchange("00a4040000")[0] == 0x27


@pytest.mark.parametrize(
    ("select", "count"), [("04A1B2C3D4E5F6", 1), ("8804A1B2C3D4E5F6", 1), ("DEADBEEF", 0), ("04", 0)]
)
def test_a_certain_card_may_be_asked_for(bench, select, count):
    bench.unit.put_card(NTAG)
    assert bench.ask(pn.InListPassiveTarget(select=bytes.fromhex(select)))[-1].count == count


def test_pages_of_an_ntag(bench):
    lay(bench, "ntag213", "04A1B2C3D4E5F6", {"pages": {"4": "0103A00C"}})
    assert bench.exchange("60") == (0, "0004040201000f03")
    assert bench.exchange("3004")[1].startswith("0103a00c")
    assert bench.exchange("A20601020304") == (0, "")
    assert bench.exchange("3A0607") == (0, "0102030400000000")
    assert bench.exchange("302C") == (0, "00000000" + "04a1b29fc3d4e5f604480000")  # PACK hides, then it wraps
    assert bench.unit.card.memory["pages"]["6"] == "01020304"
    assert bench.exchange("302D") == (2, "")  # refused, and the card falls back to idle
    assert bench.exchange("3000") == (1, "")


def test_a_long_answer_does_not_fit_the_chip(bench):
    lay(bench, "ntag216", "04A1B2C3D4E5F6")
    assert bench.exchange("3A00E6") == (7, "")


def test_the_host_may_do_the_checksums_itself(bench):
    assert crc_a(b"\x00\x00").hex() == "a01e"  # ISO/IEC 14443-3 annex B
    assert crc_a(b"\x60").hex() == "f832"  # libnfc 1.8.0 on the wire
    lay(bench, "ntag213", "04A1B2C3D4E5F6")
    bench.ask(pn.WriteRegister(((0x6302, 0x00), (0x6303, 0x00))))
    version = bytes.fromhex("0004040201000f03")
    assert bench.exchange("60f832", thru=True) == (0, (version + crc_a(version)).hex())
    assert bench.exchange("A20701020304" + "0000", thru=True) == (0, "0a")


def test_blocks_of_a_classic_open_with_its_key(bench):
    lay(bench, "classic1k", "DEADBEEF", {"blocks": {"4": "00" * 15 + "58"}})
    assert bench.exchange("3004")[0] != 0
    assert bench.ask(pn.InListPassiveTarget())[-1].count == 1
    assert bench.exchange("6004FFFFFFFFFFFFDEADBEEF") == (0, "")
    assert bench.exchange("3004") == (0, "00" * 15 + "58")
    assert bench.exchange("A005" + "11" * 16) == (0, "")
    assert bench.exchange("3005") == (0, "11" * 16)
    assert bench.exchange("3007") == (0, "00" * 6 + "ff078069" + "ff" * 6)
    assert bench.exchange("3008")[0] != 0  # another sector
    bench.ask(pn.InListPassiveTarget())
    assert bench.exchange("6104" + "A0" * 6 + "DEADBEEF") == (0x14, "")


@pytest.mark.parametrize(
    "memory", [{"pages": {"99": "00000000"}}, {"pages": {"4": "00"}}, {"pages": {"4": "xx"}}, {"pages": [4]}]
)
def test_memory_that_no_card_has_is_refused(bench, memory):
    with pytest.raises(CardInvalid):
        bench.unit.put_card(SimCard("ntag213", "04A1B2C3D4E5F6", memory=memory))
    assert bench.unit.card is None


def test_faults_take_whole_numbers(bench):
    for settings in ({"times": "x"}, {"times": -1}, {"often": 3}):
        with pytest.raises(FaultUnknown):
            bench.unit.set_fault("no_ack", settings)
    with pytest.raises(FaultUnknown):
        bench.unit.set_fault("card_jam", {})
    assert bench.unit.faults == {}


def test_the_wire_log_says_what_was_meant(bench):
    bench.ask(pn.GetFirmwareVersion())
    rows = bench.unit.log.after(0)[-3:]
    assert [(row["direction"], row["meaning"]) for row in rows] == [
        (">", "GetFirmwareVersion()"), ("<", "ack"), ("<", "FirmwareVersion(ic=50, version=1, revision=6, support=7)"),
    ]  # fmt: skip


def test_a_card_without_uid_is_not_in_the_field():
    assert card_in_field(SimCard("magnetic")) is None


@pytest.mark.skipif(shutil.which("nfc-list") is None, reason="nfc-list is not installed (Debian: libnfc-bin)")
@pytest.mark.parametrize("uid", ["DEADBEEF", "04A1B2C3D4E5F6", "04112233445566778899"])
def test_libnfc_finds_the_card(uid):
    unit, ready, _ = start("pn532")
    unit.put_card(SimCard("rewritable", uid))
    for _ in range(2):  # the second finds a chip that the first has put to sleep
        done = subprocess.run(
            ["nfc-list", "-t", "1"], capture_output=True, text=True, timeout=20,
            env={**os.environ, "LIBNFC_DEVICE": f"pn532_uart:{ready['port']}:115200"},
        )  # fmt: skip
        assert "  ".join(uid[at : at + 2].lower() for at in range(0, len(uid), 2)) in done.stdout
