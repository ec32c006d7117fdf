"""Everything that can go wrong between a card and the counter: the chip, its power, the line, any byte of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from loyalty.devices.interfaces import Gone, Health, Seen
from loyalty.errors import DeviceError, Garbled, LinkLost, NoAnswer, NoCard, Rejected
from tests.devices.pn532_desk import HASTY, PATIENT, UID, Desk, with_facts


@pytest.fixture
def desk():
    """On a pseudo terminal, as on a serial line."""
    desk = Desk(tcp=False)
    yield desk
    desk.unplug()


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
    assert reader.poll(20) == Seen(any_desk.token())
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
    reader = desk.plug(HASTY if fault == "no_ack" else PATIENT)
    assert reader.poll(0) is None
    desk.unit.set_fault(fault, dict(settings))
    desk.tap()
    assert reader.poll(20) == Seen(desk.token())
    assert reader.poll(0.5) is None


def test_a_card_at_the_edge_of_the_field_cannot_be_read(desk):
    desk.unit.set_fault("antenna_weak", {})
    desk.tap(kind="ntag213")
    assert desk.reader.poll(20) == Seen(desk.token())
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
    assert reader.poll(20) == Seen(desk.token())
    assert reader.poll(0.1) is None
    assert desk.unit.state()["awake"]


def test_a_reader_that_is_another_chip_is_refused(desk):
    reader = desk.plug(with_facts(ic=0x33))
    with pytest.raises(Rejected, match="PN532"):
        reader.poll(0)


# The line.


def test_a_pulled_network_cable_is_told_and_a_new_port_works(network_desk):
    network_desk.tap()
    assert network_desk.reader.poll(20) == Seen(network_desk.token())
    network_desk.unit.set_fault("cut", {})
    with pytest.raises(LinkLost) as told:
        network_desk.reader.poll(2)
    assert "cable" in told.value.advice
    with pytest.raises(LinkLost):
        network_desk.reader.status()
    network_desk.reader.close()
    network_desk.unit.clear_faults()
    assert network_desk.plug().poll(1) == Seen(network_desk.token())


def test_a_pulled_serial_cable_is_silence_and_the_same_port_works_again(desk):
    reader = desk.plug(with_facts(forget_after_s=60))
    desk.tap()
    assert reader.poll(20) == Seen(desk.token())
    desk.unit.set_fault("cut", {})
    for _ in range(2):
        with pytest.raises(NoAnswer):
            reader.poll(1)
    desk.unit.clear_faults()
    assert reader.poll(0.3) is None  # it lay there all the time
    desk.unit.take_card()
    assert reader.poll(20) == Gone(desk.token())


def test_after_a_long_break_a_card_counts_as_laid_down_anew(any_desk):
    reader = any_desk.plug(with_facts(forget_after_s=0))
    any_desk.tap()
    assert reader.poll(20) == Seen(any_desk.token())
    any_desk.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer):
        reader.poll(0)
    any_desk.unit.clear_faults()
    assert reader.poll(20) == Gone(any_desk.token())
    assert reader.poll(20) == Seen(any_desk.token())


SEARCH = 11 + 2  # the host's bytes of one search, and some of the next
FOUND = 2 * (6 + 22)  # the chip's, of the two searches that must agree
DESKS = 8
ZEROS = "0400000000A100"  # a zero lost from the UID leaves the sum of the frame right


@pytest.mark.parametrize(
    ("uid", "name", "number", "direction", "count"),
    [
        (ZEROS, "drop", 1, "<", FOUND), (ZEROS, "duplicate", 1, "<", FOUND), ("00FF00FF", "drop", 1, "<", FOUND),
        ("00FF00FF", "duplicate", 1, "<", FOUND), (UID, "garble", 7, "<", FOUND), (UID, "drop", 2, "<", FOUND),
        (UID, "drop", 1, ">", SEARCH), (UID, "drop", 2, ">", SEARCH), (UID, "duplicate", 1, ">", SEARCH),
        (UID, "garble", 0, ">", SEARCH),
    ],
)  # fmt: skip
def test_damage_at_any_byte_never_gives_a_wrong_uid(uid, name, number, direction, count):
    """Several desks share the bytes, since most of the time is spent waiting."""

    def share(first):
        desk = Desk(tcp=False)
        reader = desk.plug(HASTY)
        assert reading_of(reader, 0) is None
        for after in range(first, count, DESKS):
            desk.unit.set_fault(name, {"after": after, "direction": direction, "bytes": number, "bit": number})
            desk.tap(uid)
            assert reading_of(reader) == Seen(desk.token(uid)), f"damage after {after} bytes"
            desk.unit.clear_faults()
            desk.unit.take_card()
            assert reading_of(reader) == Gone(desk.token(uid))
        desk.unplug()

    with ThreadPoolExecutor(DESKS) as pool:
        list(pool.map(share, range(DESKS)))


def reading_of(reader, timeout_s=20):
    """What some more tries bring when the first ends in an error."""
    for _ in range(6):
        try:
            return reader.poll(timeout_s)
        except DeviceError:
            continue
    return None
