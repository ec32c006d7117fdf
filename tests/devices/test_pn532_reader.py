"""A reader with a PN532 at the counter: taps, removals, and everything that can go wrong on the way."""

import time
from dataclasses import replace

import pytest

from loyalty.contract.token import Token
from loyalty.devices.drivers.pn532 import Pn532Reader, open_driver
from loyalty.devices.drivers.pn532.presence import Presence
from loyalty.devices.interfaces import CardReader, Gone, Health, Seen
from loyalty.devices.profiles import Fact, read_profile
from loyalty.devices.transports import open_transport
from loyalty.errors import DeviceError, Garbled, LinkLost, NoAnswer, NoCard, Rejected, WrongCard
from simulators.__main__ import start
from simulators.card import SimCard

PROFILE = read_profile("pn532")
UID = "04A1B2C3D4E5F6"


def with_facts(**values):
    """The profile with other numbers, so that a test need not wait as long as a counter would."""
    facts = {name: Fact(value, "this test", "unverified") for name, value in values.items()}
    return replace(PROFILE, facts=PROFILE.facts | facts)


HASTY = with_facts(answer_timeout_s=0.3, byte_gap_s=0.02, poll_gap_s=0.01)


class Desk:
    """A counter: the simulated unit, and the reader's driver on its port."""

    def __init__(self, tcp: bool) -> None:
        self.unit, self.ready, self.control = start("pn532", tcp="127.0.0.1:0" if tcp else None)
        self.plugged: list[Pn532Reader] = []
        self.plug()

    def unplug(self) -> None:
        """Closes what was opened; a socket left to the garbage collector closes slowly, in anybody's thread."""
        for reader in self.plugged:
            reader.close()

    def plug(self, profile=PROFILE) -> Pn532Reader:
        self.reader = open_driver(open_transport(self.ready["port"], profile), profile)
        self.plugged.append(self.reader)
        return self.reader

    def tap(self, uid=UID, kind="rewritable", memory=None) -> None:
        self.unit.put_card(SimCard(kind, uid, memory=memory or {}))

    def token(self, uid=UID) -> Token:
        return Token("card_uid", uid, self.ready["port"])


@pytest.fixture
def desk():
    """On a pseudo terminal, as on a serial line."""
    return Desk(tcp=False)


@pytest.fixture
def network_desk():
    desk = Desk(tcp=True)
    yield desk
    desk.unplug()


@pytest.fixture(params=["tcp", "pty"])
def any_desk(request):
    desk = Desk(request.param == "tcp")
    yield desk
    desk.unplug()


def test_a_tap_and_a_removal_show_at_once(any_desk):
    assert isinstance(any_desk.reader, CardReader)
    assert any_desk.reader.poll(0.2) is None
    any_desk.tap()
    tapped_at = time.monotonic()
    assert any_desk.reader.poll(1) == Seen(any_desk.token())
    assert time.monotonic() - tapped_at < 0.3
    assert any_desk.reader.poll(0.4) is None  # once, however long it lies there
    any_desk.unit.take_card()
    assert any_desk.reader.poll(1) == Gone(any_desk.token())
    assert any_desk.reader.poll(0.2) is None


def test_the_same_card_again_is_a_new_tap(desk):
    for _ in range(3):
        desk.tap()
        assert desk.reader.poll(1) == Seen(desk.token())
        desk.unit.take_card()
        assert desk.reader.poll(1) == Gone(desk.token())


def test_one_card_after_the_other_without_a_gap(desk):
    desk.tap()
    assert desk.reader.poll(1) == Seen(desk.token())
    desk.tap("DEADBEEF")
    assert desk.reader.poll(1) == Gone(desk.token())
    assert desk.reader.poll(1) == Seen(desk.token("DEADBEEF"))


def test_a_single_glance_finds_a_card_that_lies_there(desk):
    desk.tap()
    assert desk.reader.poll(0) == Seen(desk.token())


@pytest.mark.parametrize(
    ("kind", "uid"),
    [
        ("classic1k", "DEADBEEF"), ("classic4k", "00000000"), ("classic1k", "04000000000000"), ("ultralight", UID),
        ("ntag213", UID), ("ntag215", UID), ("ntag216", "04112233445566778899"), ("desfire", "04112233445577"),
        ("ntag424", UID), ("iso7816", "08AABBCC"), ("rewritable", "DEADBEEF"), ("magnetic", UID),
    ],
)  # fmt: skip
def test_every_kind_of_card_and_length_of_uid(desk, kind, uid):
    desk.tap(uid, kind)
    assert desk.reader.poll(1) == Seen(desk.token(uid))
    assert desk.reader.poll(0.2) is None


def test_a_card_without_a_chip_is_not_seen(desk):
    desk.tap("")
    assert desk.reader.poll(0.2) is None


def test_pages_are_read(desk):
    desk.tap(kind="ntag213", memory={"pages": {"4": "0103A00C", "5": "340300FE"}})
    assert desk.reader.read_pages(0).hex() == "04a1b29fc3d4e5f604480000e1101200"
    assert desk.reader.poll(1) == Seen(desk.token())
    assert desk.reader.read_pages(4)[:8].hex() == "0103a00c340300fe"
    assert desk.reader.poll(0.2) is None  # reading did not lose it


def test_reading_says_why_it_cannot(desk):
    with pytest.raises(NoCard) as no_card:
        desk.reader.read_pages(0)
    assert "flat on the middle" in no_card.value.advice
    desk.tap(kind="ntag213")
    with pytest.raises(NoCard):
        desk.reader.read_pages(45)  # there are pages 0 to 44
    assert desk.reader.read_pages(0)
    desk.reader.poll(1)
    desk.tap("04FFFFFFFFFFFF", "ntag213")
    with pytest.raises(WrongCard):
        desk.reader.read_pages(0)


def test_status_names_the_firmware(any_desk):
    status = any_desk.reader.status()
    assert (status.health, status.detail) == (Health.READY, "PN532 firmware 1.6")


def test_a_closed_reader_leaves_the_field_off(any_desk):
    any_desk.tap()
    assert any_desk.reader.poll(1)
    any_desk.reader.close()
    assert not any_desk.unit.state()["card_selected"]
    assert any_desk.plug().poll(1) == Seen(any_desk.token())


# Faults of the unit. After each the reader is usable again without anybody's help.


@pytest.mark.parametrize(
    ("fault", "settings", "error"),
    [
        ("silent", {}, NoAnswer),
        ("no_ack", {"times": 99}, NoAnswer),
        ("bad_checksum", {"times": 99}, Garbled),
        ("error_frame", {}, Rejected),
        ("error_frame", {"times": 3}, Rejected),
        ("mute", {"direction": "<"}, NoAnswer),
        ("mute", {"direction": ">"}, NoAnswer),
    ],
)
def test_a_lasting_fault_is_told_and_then_forgotten(any_desk, fault, settings, error):
    reader = any_desk.plug(HASTY)
    assert reader.poll(0) is None
    any_desk.unit.set_fault(fault, dict(settings))
    any_desk.tap()
    with pytest.raises(error) as told:
        reader.poll(0.1)
    assert told.value.advice and any_desk.ready["port"] in str(told.value)
    any_desk.unit.clear_faults()
    assert reader.poll(1) == Seen(any_desk.token())
    assert reader.status().health is Health.READY


@pytest.mark.parametrize(
    ("fault", "settings"),
    [
        ("no_ack", {"times": 2}),
        ("bad_checksum", {"times": 1}),
        ("bad_checksum", {"times": 3}),
        ("card_flaky", {}),
        ("antenna_weak", {}),
        ("delay", {"seconds": 0.02}),
    ],
)
def test_a_small_fault_goes_unnoticed(desk, fault, settings):
    assert desk.reader.poll(0) is None
    desk.unit.set_fault(fault, dict(settings))
    desk.tap()
    assert desk.reader.poll(2) == Seen(desk.token())
    assert desk.reader.poll(0.5) is None


def test_a_card_at_the_edge_of_the_field_cannot_be_read(desk):
    desk.unit.set_fault("antenna_weak", {})
    desk.tap(kind="ntag213")
    assert desk.reader.poll(1) == Seen(desk.token())
    with pytest.raises(NoCard):
        desk.reader.read_pages(0)
    desk.unit.clear_faults()
    assert desk.reader.read_pages(0)


@pytest.mark.parametrize("after_bytes", range(0, 75, 5))
def test_a_power_cut_at_any_byte_is_survived(desk, after_bytes):
    reader = desk.plug(HASTY)
    assert reader.poll(0) is None
    desk.unit.set_fault("power_cut", {"after_bytes": after_bytes})
    desk.tap()
    assert reader.poll(2) == Seen(desk.token())
    assert reader.poll(0.1) is None
    assert desk.unit.state()["awake"]


def test_a_reader_that_is_another_chip_is_refused(desk):
    reader = desk.plug(with_facts(ic=0x33))
    with pytest.raises(Rejected, match="PN532"):
        reader.poll(0)


# The line.


def test_a_pulled_network_cable_is_told_and_a_new_port_works(network_desk):
    network_desk.tap()
    assert network_desk.reader.poll(1) == Seen(network_desk.token())
    network_desk.unit.set_fault("cut", {})
    with pytest.raises(LinkLost) as told:
        network_desk.reader.poll(2)
    assert "cable" in told.value.advice
    with pytest.raises(LinkLost):
        network_desk.reader.status()
    network_desk.reader.close()
    network_desk.unit.clear_faults()
    assert network_desk.plug().poll(1) == Seen(network_desk.token())


def test_a_pulled_serial_cable_is_silence_and_the_same_port_works_again():
    desk = Desk(tcp=False)
    reader = desk.plug(with_facts(forget_after_s=30))
    desk.tap()
    assert reader.poll(1) == Seen(desk.token())
    desk.unit.set_fault("cut", {})
    for _ in range(2):
        with pytest.raises(NoAnswer):
            reader.poll(1)
    desk.unit.clear_faults()
    assert reader.poll(0.3) is None  # it lay there all the time
    desk.unit.take_card()
    assert reader.poll(1) == Gone(desk.token())


def test_after_a_long_break_a_card_counts_as_laid_down_anew(any_desk):
    reader = any_desk.plug(with_facts(forget_after_s=0))
    any_desk.tap()
    assert reader.poll(1) == Seen(any_desk.token())
    any_desk.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer):
        reader.poll(0)
    any_desk.unit.clear_faults()
    assert reader.poll(1) == Gone(any_desk.token())
    assert reader.poll(1) == Seen(any_desk.token())


SEARCH = 11 + 2  # the host's bytes of one search, and some of the next
FOUND = 2 * (6 + 22)  # the chip's, of the two searches that must agree
ZEROS = "0400000000A100"  # a zero lost from the UID leaves the sum of the frame right


@pytest.mark.parametrize(
    ("uid", "name", "number", "direction", "count"),
    [
        (ZEROS, "drop", 1, "<", FOUND),
        (UID, "garble", 7, "<", FOUND),
        (UID, "drop", 1, ">", SEARCH),
        (UID, "garble", 0, ">", SEARCH),
        pytest.param(ZEROS, "duplicate", 1, "<", FOUND, marks=pytest.mark.slow),
        pytest.param("00FF00FF", "drop", 1, "<", FOUND, marks=pytest.mark.slow),
        pytest.param("00FF00FF", "duplicate", 1, "<", FOUND, marks=pytest.mark.slow),
        pytest.param(UID, "drop", 2, "<", FOUND, marks=pytest.mark.slow),
        pytest.param(UID, "duplicate", 1, ">", SEARCH, marks=pytest.mark.slow),
        pytest.param(UID, "drop", 2, ">", SEARCH, marks=pytest.mark.slow),
    ],
)
def test_damage_at_any_byte_never_gives_a_wrong_uid(desk, uid, name, number, direction, count):
    reader = desk.plug(HASTY)
    for after in range(count):
        assert quiet(reader)
        desk.unit.set_fault(name, {"after": after, "direction": direction, "bytes": number, "bit": number})
        desk.tap(uid)
        assert seen_by(reader) == Seen(desk.token(uid)), f"damage after {after} bytes"
        desk.unit.clear_faults()
        desk.unit.take_card()


def quiet(reader) -> bool:
    """The card before is gone and nothing else is there."""
    gone = reader.poll(0.1)
    return gone is None or (isinstance(gone, Gone) and reader.poll(0) is None)


def seen_by(reader):
    """What two more tries bring when the first ends in an error."""
    for _ in range(3):
        try:
            return reader.poll(1)
        except DeviceError:
            continue
    return None


# What a search found, and what that means.


def play(*found):
    presence = Presence("x", 2)
    return [type(reading).__name__[0] if (reading := presence.note(uid)) else "." for uid in found]


@pytest.mark.parametrize(
    ("found", "readings"),
    [
        (["A", "A", "A", ""], ".S.."),
        (["A", "", "A"], "..S"),
        (["A", "", "", "A"], "...."),
        (["A", "B", "A", "B"], "...."),
        (["A", "A", "B", "A"], ".S.."),
        (["A", "A", "B", "B", "B", "B"], ".S.G.S"),
        (["A", "A", "", "", "A", "A"], ".S.G.S"),
        (["", "", ""], "..."),
    ],
)
def test_presence(found, readings):
    assert "".join(play(*found)) == readings
