"""A PC/SC reader at the counter: taps, removals, and everything that can go wrong on the way."""

import time

import pytest

from loyalty.devices.interfaces import CardReader, Gone, Health, Seen
from loyalty.devices.transports import open_transport
from loyalty.errors import Garbled, InUse, LinkLost, NoAnswer
from tests.devices.pcsc_bench import UID, Desk, with_facts

pytestmark = pytest.mark.pcsc


@pytest.fixture(scope="module")
def simulated():
    desk = Desk("acr122u")
    yield desk
    desk.end()


@pytest.fixture
def desk(simulated):
    yield simulated
    simulated.tidy()


@pytest.fixture(autouse=True)
def plugged(desk):
    desk.plug()


def test_a_tap_and_a_removal_show_at_once(desk):
    assert isinstance(desk.reader, CardReader)
    assert desk.reader.poll(0.1) is None
    desk.tap()
    tapped_at = time.monotonic()
    assert desk.reader.poll(1) == Seen(desk.token())
    assert time.monotonic() - tapped_at < 0.5
    assert desk.reader.poll(0.2) is None  # once, however long it lies there
    desk.take()
    assert desk.reader.poll(1) == Gone(desk.token())
    assert desk.reader.poll(0.1) is None


def test_the_same_card_again_is_a_new_tap(desk):
    for _ in range(3):
        desk.tap()
        assert desk.reader.poll(1) == Seen(desk.token())
        desk.take()
        assert desk.reader.poll(1) == Gone(desk.token())


@pytest.mark.parametrize("uid", [UID, "DEADBEEF"])
def test_a_card_changed_between_two_looks_is_seen_anew(desk, uid):
    desk.tap()
    assert desk.reader.poll(1) == Seen(desk.token())
    desk.take()
    desk.tap(uid)
    assert desk.reader.poll(1) == Gone(desk.token())
    assert desk.reader.poll(1) == Seen(desk.token(uid))


def test_a_single_glance_finds_a_card_that_lies_there(desk):
    desk.tap()
    assert desk.reader.poll(0) == Seen(desk.token())


@pytest.mark.parametrize(
    ("kind", "uid"),
    [
        ("classic1k", "DEADBEEF"), ("classic4k", UID), ("ultralight", UID), ("ntag213", UID), ("ntag216", UID),
        ("desfire", UID), ("ntag424", UID), ("iso7816", "08AABBCC"), ("rewritable", "04112233445566778899"),
    ],
)  # fmt: skip
def test_every_kind_of_card_and_length_of_uid(desk, kind, uid):
    desk.tap(uid, kind)
    assert desk.reader.poll(1) == Seen(desk.token(uid))
    assert desk.reader.poll(0.05) is None


def test_a_card_without_a_chip_is_not_seen(desk):
    desk.tap("")
    assert desk.reader.poll(0.1) is None


def test_status_names_the_firmware(desk):
    status = desk.reader.status()
    assert (status.health, status.detail) == (Health.READY, "ACS ACR122U203")


# Faults. After each the reader is usable again without anybody's help.


@pytest.mark.parametrize(
    ("fault", "settings", "error"),
    [
        ("reader_unplugged", {}, LinkLost), ("cut", {}, LinkLost), ("service_stopped", {}, LinkLost),
        ("exclusive", {}, InUse), ("slow_card", {"seconds": 0.4}, NoAnswer), ("delay", {"seconds": 0.4}, NoAnswer),
        ("drop", {"bytes": 2}, Garbled),
    ],
)  # fmt: skip
def test_a_fault_is_told_and_then_forgotten(desk, fault, settings, error):
    reader = desk.plug(with_facts(desk.profile, answer_timeout_s=0.2))
    assert reader.poll(0) is None
    desk.fault(fault, **settings)
    desk.tap()
    with pytest.raises(error) as told:
        reader.poll(0.5)
        reader.poll(0.5)
    assert told.value.advice and desk.ready["port"].removeprefix("pcsc:") in str(told.value)
    desk.clear()
    assert seen_by(reader) == Seen(desk.token())
    assert reader.status().health is Health.READY


def seen_by(reader):
    """What a few more tries bring while the end of the trouble makes itself felt."""
    for _ in range(5):
        try:
            if reading := reader.poll(1):
                return reading
        except (NoAnswer, LinkLost):
            continue
    return None


@pytest.mark.parametrize(
    ("fault", "settings"),
    [
        ("card_reset", {}), ("garble", {"bit": 3, "after": 2}), ("duplicate", {"after": 1}), ("drop", {"bytes": 9}),
        ("delay", {"seconds": 0.02}), ("bad_atr", {}),
    ],
)  # fmt: skip
def test_a_small_fault_costs_no_tap(desk, fault, settings):
    assert desk.reader.poll(0) is None
    desk.fault(fault, **settings)
    desk.tap()
    for _ in range(2):
        try:
            reading = desk.reader.poll(1)
            break
        except (NoAnswer, Garbled):
            continue
    assert reading == Seen(desk.token())
    assert desk.reader.poll(0.1) is None


@pytest.mark.parametrize("after", range(0, 18, 3))
@pytest.mark.parametrize(("name", "settings"), [("garble", {"bit": 7}), ("drop", {"bytes": 1}), ("duplicate", {})])
def test_damage_at_any_byte_never_gives_a_wrong_uid(desk, name, settings, after):
    desk.fault(name, after=after, **settings)
    desk.tap()
    for _ in range(3):
        try:
            reading = desk.reader.poll(1)
            break
        except Garbled:
            continue
    assert reading == Seen(desk.token())


@pytest.mark.parametrize("answer", ["not_transacted", "empty", "removed"])
def test_a_card_pulled_in_the_middle_of_its_number_is_no_tap(desk, answer):
    desk.fault("card_pulled", answer=answer)
    desk.tap()
    assert desk.reader.poll(0.2) is None
    desk.tap()
    assert desk.reader.poll(1) == Seen(desk.token())


def test_a_mute_card_is_shown_with_advice(desk):
    desk.fault("mute_card")
    desk.tap()
    assert desk.reader.poll(0.1) is None
    status = desk.reader.status()
    assert (status.health, status.cause) == (Health.NEEDS_PERSON, "wrong_card")
    assert "the other way round" in status.advice
    desk.take()
    assert desk.reader.poll(0.1) is None
    assert desk.reader.status().health is Health.READY


def test_another_program_at_the_reader_shows(desk):
    desk.fault("exclusive")
    assert (desk.reader.status().cause, desk.reader.status().health) == ("in_use", Health.NEEDS_PERSON)
    desk.tap()
    with pytest.raises(InUse) as told:
        desk.reader.poll(0.2)
    assert "other program" in told.value.advice
    desk.clear()
    assert desk.reader.poll(1) == Seen(desk.token())


def test_a_card_that_was_there_counts_as_gone_once_the_reader_is(desk):
    desk.tap()
    assert desk.reader.poll(1) == Seen(desk.token())
    desk.fault("reader_unplugged")
    with pytest.raises(LinkLost, match="no longer connected") as told:
        desk.reader.poll(1)
    assert "USB" in told.value.advice
    assert desk.reader.poll(1) == Gone(desk.token())
    with pytest.raises(LinkLost):
        desk.reader.status()
    desk.clear()
    assert desk.reader.poll(1) == Seen(desk.token())


def test_a_service_that_does_not_run_is_named_with_the_cure(desk):
    desk.fault("service_stopped")
    with pytest.raises(LinkLost) as told:
        open_transport(desk.ready["port"], desk.profile)
    assert "pcscd" in told.value.advice


def test_a_closed_reader_says_so(desk):
    desk.reader.close()
    desk.reader.close()
    with pytest.raises(LinkLost, match="closed"):
        desk.reader.poll(0)
