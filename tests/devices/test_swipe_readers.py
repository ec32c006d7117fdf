"""MagTek and ID TECH readers against their simulated units: USB reports, serial lines, and a keyboard."""

import threading

import pytest

from loyalty.devices.drivers.idtech import manner_of
from loyalty.devices.interfaces import Health, StripeReader
from loyalty.devices.profiles import all_profiles, read_profile
from loyalty.devices.wire import magtek as mt
from loyalty.errors import (
    BankCardRefused,
    Cancelled,
    ConfigError,
    Garbled,
    NoCard,
    Rejected,
    StripeUnreadable,
)
from tests.devices.msr605_desk import never, with_facts
from tests.devices.swipe_desk import LONG_S, SwipeDesk
from tests.waits import ended

NAMES = [profile.name for profile in all_profiles() if profile.driver in ("magtek", "idtech")]
SERIAL = "idtech-minimag-serial"
SILENCES = {SERIAL: 0.3, "idtech-minimag-keyboard": 1.0}
"""A keyboard sends key by key, and a busy machine stalls between two of them; a serial swipe is one write."""


@pytest.fixture
def desk_of():
    desks = []

    def opened(name, *arguments, **facts):
        if gap_s := SILENCES.get(name):
            facts = {"gap_s": gap_s, **facts}
        desks.append(SwipeDesk(name, *arguments, **facts))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


@pytest.fixture(params=NAMES)
def any_desk(request, desk_of):
    return desk_of(request.param)


@pytest.fixture
def magtek(desk_of):
    return desk_of("magtek-sureswipe")


def test_a_swipe_shows_once(any_desk):
    assert isinstance(any_desk.reader, StripeReader)
    any_desk.swipe(t1="CHAN/TAI MAN", t2=";1001=99?", t3="7")
    assert any_desk.reader.poll(LONG_S) == any_desk.seen("1001=99")
    assert any_desk.reader.poll(0.05) is None
    assert any_desk.reader.status().health is Health.READY


def test_every_track_is_read(any_desk):
    hand = threading.Timer(0.3, lambda: any_desk.swipe(t1="A B", t2="12", t3="345"))
    hand.start()
    assert any_desk.reader.read(LONG_S, never) == {1: "A B", 2: "12", 3: "345"}
    ended(hand)


def test_waiting_ends(any_desk):
    with pytest.raises(NoCard):
        any_desk.reader.read(0.05, never)
    with pytest.raises(Cancelled):
        any_desk.reader.read(LONG_S, lambda: True)


@pytest.mark.parametrize("fault", ["stripe_parity", "stripe_lrc", "half_swipe"])
def test_a_stripe_that_cannot_be_read_is_drawn_again(any_desk, fault):
    any_desk.unit.set_fault(fault, {})
    any_desk.swipe(t1="A", t2="1001")
    with pytest.raises(StripeUnreadable):
        any_desk.reader.poll(LONG_S)
    any_desk.unit.clear_faults()
    any_desk.swipe(t1="A", t2="1001")
    assert any_desk.reader.poll(LONG_S) == any_desk.seen("1001")


def test_a_bank_card_is_refused_and_leaves_no_trace(any_desk):
    any_desk.swipe(t1="B371449635398431^TEST/CARD^3012101", t2="371449635398431=30121010000012345")
    with pytest.raises(BankCardRefused) as told:
        any_desk.reader.poll(LONG_S)
    assert "5398431" not in f"{told.value} {told.value!r} {told.value.advice}"
    assert b"5398431" not in any_desk.traced
    assert b"5398431".hex() not in str(any_desk.unit.log.after(0)) and "5398431" not in str(any_desk.unit.state())
    any_desk.swipe(t2="1001")
    assert any_desk.reader.poll(LONG_S) == any_desk.seen("1001")


def test_a_bank_card_with_one_track_damaged_is_still_one(any_desk):
    any_desk.unit.set_fault("stripe_lrc", {"track": 2})
    any_desk.swipe(t1="B4012888888881881^TEST/CARD^3012101", t2="4012888888881881=3012101")
    with pytest.raises(BankCardRefused):
        any_desk.reader.poll(LONG_S)


def test_a_keyboards_keys_are_never_traced(desk_of):
    desk = desk_of("idtech-minimag-keyboard")
    desk.traced.clear()
    desk.swipe(t2="1001")
    assert desk.reader.poll(LONG_S) == desk.seen("1001")
    assert set(desk.traced) == {0x2A}


def test_a_hundred_times_unplugged(magtek):
    desk = magtek
    for cycle in range(100):
        desk.cut()
        desk.plug()
        if cycle % 50 == 49:
            desk.swipe(t2=str(cycle))
            assert desk.reader.poll(LONG_S) == desk.seen(str(cycle))


@pytest.mark.parametrize("fault", ["drop", "garble", "duplicate"])
def test_what_usb_carries_it_checks_itself(magtek, fault):
    magtek.unit.set_fault(fault, {"after": 120})
    magtek.swipe(t2="1001")
    assert magtek.reader.poll(LONG_S) == magtek.seen("1001")
    assert [row["meaning"] for row in magtek.unit.log.after(0) if row["direction"] == "!"] == [fault]


def test_magteks_questions(magtek):
    assert magtek.reader.status().detail == "software 21042812D01"
    assert magtek.reader.property(mt.GetProperty.SERIAL) == b"B0815"
    assert magtek.unit.state()["tracks_enabled"] == "95"
    with pytest.raises(Rejected, match="bad parameter"):
        magtek.reader.property(0x77)
    magtek.unit.set_fault("refuse", {"times": 1})
    with pytest.raises(Rejected, match="failed"):
        magtek.reader.property(mt.GetProperty.SERIAL)


def test_a_report_of_another_model_is_told(magtek):
    magtek.unit.set_fault("bad_report", {})
    magtek.swipe(t2="1001")
    with pytest.raises(Garbled, match="337 bytes"):
        magtek.reader.poll(LONG_S)
    magtek.swipe(t2="1001")
    assert magtek.reader.poll(LONG_S) == magtek.seen("1001")


def test_a_serial_readers_state_is_unknown_until_it_spoke(desk_of):
    desk = desk_of(SERIAL, True)
    assert desk.reader.status().health is Health.UNKNOWN
    desk.swipe(t2="1")
    desk.reader.poll(LONG_S)
    assert desk.reader.status().health is Health.READY


@pytest.mark.parametrize("fault", ["drop", "garble", "duplicate"])
def test_a_character_damaged_on_a_checked_line_is_no_other_number(desk_of, fault):
    """Zeros apart: an exclusive or cannot count them, so that a lost one goes unnoticed (docs/devices/magstripe.md)."""
    desk = desk_of(SERIAL, True, gap_s=0.1)
    for after in range(0, 9, 2):
        desk.unit.set_fault(fault, {"after": after, "bit": after % 8})
        desk.swipe(t2="12345")
        try:
            assert desk.reader.poll(LONG_S) == desk.seen("12345")
        except (Garbled, StripeUnreadable):
            pass
        finally:
            desk.unit.clear_faults()


def test_noise_and_a_swipe_that_breaks_off_are_told_and_the_next_one_read(desk_of):
    for name in (SERIAL, "idtech-minimag-keyboard"):
        desk = desk_of(name)
        desk.unit.set_fault("power_cut", {"after_bytes": 5})
        desk.swipe(t2="1001")
        with pytest.raises(Garbled):
            desk.reader.poll(LONG_S)
        desk.swipe(t2="1001")
        assert desk.reader.poll(LONG_S) == desk.seen("1001")
    desk = desk_of(SERIAL)
    desk.unit.set_fault("noise", {})
    desk.swipe(t2="1001")
    with pytest.raises(Garbled):
        desk.reader.poll(LONG_S)


def test_a_swipe_piece_by_piece_is_one_swipe(desk_of):
    desk = desk_of(SERIAL, True, gap_s=1.5)
    for byte in b"\x02;1001??\x10"[:-3]:
        desk.unit.send(bytes([byte]))
        assert desk.reader.poll(0.01) is None
    desk.unit.send(b"?:\x10")  # right is 4, for Bh ^ 1 ^ 0 ^ 0 ^ 1 ^ Fh = 4
    with pytest.raises(StripeUnreadable):
        desk.reader.poll(LONG_S)


def test_a_form_that_cannot_be_is_refused():
    with pytest.raises(ConfigError, match="morse"):
        manner_of(with_facts(read_profile(SERIAL), form="morse"))
